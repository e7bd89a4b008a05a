"""Bytes as text: encodings that mark themselves, and what is refused with its flaw."""

import gzip

import pytest

from tui.chat.text_decoding import DecodedText, NotTextError, decode_text, unit_bytes

TEXT = "El año: 漢字, 🙂\n"


@pytest.mark.parametrize(
    ("codec", "mark", "encoding", "unit"),
    [
        ("utf-8", b"", "utf-8", 1),
        ("utf-8-sig", b"", "utf-8", 1),
        ("utf-16-le", b"\xff\xfe", "utf-16", 2),
        ("utf-16-be", b"\xfe\xff", "utf-16", 2),
        ("utf-32-le", b"\xff\xfe\0\0", "utf-32", 4),
        ("utf-32-be", b"\0\0\xfe\xff", "utf-32", 4),
    ],
)
def test_a_text_is_read_by_its_mark_or_as_utf_8(codec: str, mark: bytes, encoding: str, unit: int):
    data = mark + TEXT.encode(codec)
    assert decode_text(data) == DecodedText(TEXT, encoding)
    assert unit_bytes(data[:4]) == unit


@pytest.mark.parametrize(
    ("data", "flaw"),
    [
        (gzip.compress(TEXT.encode() * 9, mtime=0), "binary"),
        (b"\x7fELF\x02\x01\x01" + bytes(64), "binary"),
        (bytes(range(1, 9)) * 9, "binary"),
        (b"\xff\xfe" + b"\x01\0\x02\0" * 9, "binary"),
        (b"\xff\xfea", "binary"),
        (bytes(512), "binary"),
        (b"\xef\xbb\xbfcaf\xe9", "binary"),
        ("El año pasado".encode("utf-16-le"), "unmarked_utf-16"),
        ("El año pasado".encode("utf-16-be"), "unmarked_utf-16"),
        ("El año pasado".encode("latin-1"), "unknown_encoding"),
        ("彼女は".encode("shift-jis"), "unknown_encoding"),
    ],
)
def test_binary_data_is_refused_with_a_reason(data: bytes, flaw: str):
    with pytest.raises(NotTextError) as caught:
        decode_text(data)
    assert caught.value.flaw == flaw


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_the_beginning_of_a_text_may_end_in_the_middle_of_a_letter(codec: str):
    data = TEXT.encode(codec)
    for end in range(5, len(data)):
        assert TEXT.startswith(decode_text(data[:end], is_beginning=True).text)


@pytest.mark.parametrize("data", [b"El a\xff\xffo", b"El\0", b"\xff\xfe\x01\0\x02\0\x03"])
def test_the_beginning_of_other_data_is_refused(data: bytes):
    with pytest.raises(NotTextError):
        decode_text(data, is_beginning=True)


def test_latin_1_is_read_on_request():
    data = "El año".encode("latin-1")
    with pytest.raises(NotTextError) as caught:
        decode_text(data)
    assert caught.value.offset == 4
    assert decode_text(data, guess_latin1=True) == DecodedText("El año", "latin-1")
    with pytest.raises(NotTextError):
        decode_text(b"\x89PNG\r\n\x1a\n" + bytes(range(1, 30)), guess_latin1=True)


def test_colours_of_a_terminal_and_an_empty_text_are_text():
    assert decode_text(b"plain \x1b[31mred\x1b[0m").text == "plain \x1b[31mred\x1b[0m"
    assert decode_text(b"").text == ""
