"""Files as text: what is read, what is refused, and which pasted texts are paths."""

import os
import sys
from pathlib import Path

import pytest

from tests.reasons import raises_sentence
from tui.chat.attachments import (
    LIMIT_BYTES,
    AttachmentError,
    is_long_paste,
    pasted_paths,
    read_file,
    typed_path,
)
from tui.services.sentences import sentence


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("año\n".encode(), "año\n"),
        ("año".encode("utf-8-sig"), "año"),
        ("año\r\nnuevo\r".encode("utf-16"), "año\nnuevo\n"),
        ("año".encode("utf-16-be"), None),
        (b"\xfe\xff" + "año".encode("utf-16-be"), "año"),
        ("漢字".encode("utf-32"), "漢字"),
        (b"plain \x1b[31mred\x1b[0m", "plain \x1b[31mred\x1b[0m"),
    ],
)
def test_text_is_read_in_encodings_with_a_byte_order_mark(tmp_path: Path, data: bytes, text: str | None):
    file = tmp_path / "notes.md"
    file.write_bytes(data)
    if text is None:
        with raises_sentence(AttachmentError, r"notes\.md is not text\."):
            read_file(file)
    else:
        attachment = read_file(file)
        assert (attachment.attachment.name, attachment.attachment.text, attachment.note) == (
            "notes.md",
            text,
            None,
        )


def test_latin_1_is_read_with_a_note(tmp_path: Path):
    file = tmp_path / "carta.txt"
    file.write_bytes("El año pasado, señor Núñez".encode("latin-1"))
    attachment = read_file(file)
    assert attachment.attachment.text == "El año pasado, señor Núñez"
    assert attachment.note is not None
    assert sentence(attachment.note) == (
        "carta.txt is not UTF-8 and was read as Latin-1; look whether accents are right."
    )


@pytest.mark.parametrize(
    "data",
    [b"\x7fELF\x02\x01\x01\0\0", bytes(range(128, 256)) + bytes(range(1, 9)) * 9, b"\xff\xfe\x00", b"PK\0"],
)
def test_binary_files_are_refused(tmp_path: Path, data: bytes):
    file = tmp_path / "x.bin"
    file.write_bytes(data)
    with raises_sentence(AttachmentError, r"^x\.bin is not text\.$"):
        read_file(file)


def test_each_unusable_attachment_has_its_sentence(tmp_path: Path):
    def refused(path: Path) -> str:
        with pytest.raises(AttachmentError) as caught:
            read_file(path)
        return sentence(caught.value.reason)

    assert refused(tmp_path / "no") == f"There is no file {tmp_path / 'no'}."
    assert refused(tmp_path) == f"{tmp_path.name} is a folder."
    (tmp_path / "empty").write_text(" \n")
    assert refused(tmp_path / "empty") == "empty is empty."
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n\0\0" * LIMIT_BYTES)
    assert refused(tmp_path / "picture") == "picture is not text."
    (tmp_path / "large").write_bytes(b"word " * LIMIT_BYTES)
    assert refused(tmp_path / "large") == "large has 10.0 MiB; at most 2.00 MiB of text can go along."
    assert refused(tmp_path / "a\0b").startswith("ab cannot be read: ")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX has pipes and devices as files")
def test_a_pipe_and_a_device_are_refused_at_once(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with raises_sentence(AttachmentError, "is no file but a device or a pipe"):
            read_file(path)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path):
    file = tmp_path / "secret"
    file.write_text("x")
    file.chmod(0)
    with raises_sentence(AttachmentError, "secret cannot be read: permission denied"):
        read_file(file)


def test_pasted_paths_are_found_however_the_terminal_writes_them(tmp_path: Path):
    plain, spaced = tmp_path / "a.md", tmp_path / "my nötes (2).md"
    for file in (plain, spaced):
        file.write_text("x")
    escaped = str(spaced).replace(" ", "\\ ").replace("(", "\\(").replace(")", "\\)")
    for text in (str(spaced), f"'{spaced}'", f'"{spaced}"', escaped + " ", spaced.as_uri()):
        assert pasted_paths(text) == (spaced,), text
    assert pasted_paths(f"{plain} {escaped}") == (plain, spaced)
    assert pasted_paths(f"{plain.as_uri()}\n{spaced.as_uri()}\n") == (plain, spaced)


@pytest.mark.parametrize("text", ["", "hello", "a/b", "Look at /etc/hostname-that-is-not there", "it's", "/"])
def test_other_pasted_texts_are_no_paths(text: str):
    assert pasted_paths(text) == ()


def test_word_that_equals_a_file_name_is_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "summary").write_text("x")
    assert pasted_paths("summary") == ()
    assert pasted_paths("./summary") == (Path("summary"),)


def test_a_typed_path_may_have_quotes_and_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert typed_path(" '~/x y' ") == tmp_path / "x y"
    assert typed_path("file:///a%20b") == Path("/a b")


def test_large_pasted_text_becomes_an_attachment():
    assert not is_long_paste("x" * 2_000)
    assert is_long_paste("x" * 2_001)
    assert not is_long_paste("x\n" * 39 + "x")
    assert is_long_paste("x\n" * 40)
