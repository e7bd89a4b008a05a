"""Files that are not what they claim to be: each gets an error that says what is wrong and what to do."""

import os
import struct
import threading
import tracemalloc
from pathlib import Path

import pytest

from tests.gguf_files import string
from tests.models.gguf.hostile import HUGE, Write, entry, refusal, refusal_words, start
from tui.models.gguf import reader
from tui.models.gguf.header import GgufError
from tui.services.sentences import sentence


@pytest.mark.parametrize(
    ("data", "offset", "sentence_part"),
    [
        (start(pairs=HUGE), 16, "metadata keys"),
        (start(pairs=1 << 20) + b"\x00" * (1 << 22), 16, "metadata keys"),
        (start(tensors=HUGE), 8, "tensors"),
        (start(pairs=1) + struct.pack("<Q", HUGE) + b"key" * 9, 24, "bytes long"),
        (start(pairs=1) + string("") + struct.pack("<IQ", 4, 1), 24, "0 bytes long"),
        (start(pairs=1) + string("k") + struct.pack("<IQ", 99, 1), 33, "unknown type 99"),
        (start(pairs=1) + string("k") + struct.pack("<IIQ", 9, 99, 1), 37, "unknown type 99"),
        (start(pairs=1) + string("k") + struct.pack("<IIQ", 9, 9, 1) + b"\x00" * 64, 37, "list of lists"),
        (start(pairs=1) + string("k") + struct.pack("<IIQ", 9, 8, HUGE) + b"\x00" * 64, 37, "strings"),
        (start(pairs=1) + string("k") + struct.pack("<IIQ", 9, 4, HUGE // 4), 37, "values"),
        (start(pairs=2) + (string("k") + struct.pack("<II", 4, 1)) * 2, 41, "twice"),
        (start(pairs=1) + string("general.alignment") + struct.pack("<II", 4, 0), 49, "power of two"),
        (start(pairs=1) + string("general.alignment") + struct.pack("<II", 4, 48), 49, "power of two"),
        (start(pairs=1) + string("general.alignment") + struct.pack("<IQ", 10, 32), 49, "power of two"),
        (start(pairs=1) + string("general.alignment") + struct.pack("<IQ", 8, 2) + b"32", 49, "power of two"),
        (start(tensors=1) + struct.pack("<Q", 64) + b"n" * 99, 24, "64 bytes long"),
        (start(tensors=1) + string("t") + struct.pack("<I", 5) + b"\x01" * 99, 33, "5 dimensions"),
        (start(tensors=1) + entry("t", (1 << 40, 1 << 40)) + b"\x00" * 99, 24, "can be counted"),
        (start(tensors=1) + entry("t", (HUGE, 0)) + b"\x00" * 99, 24, "can be counted"),
        (start(tensors=1) + entry("t", (33,), 2) + b"\x00" * 99, 24, "whole blocks of 32"),
        (start(tensors=1) + entry("t", (32,), 77) + b"\x00" * 99, 45, "type number 77"),
        (start(tensors=1) + entry("t", (32,), 31) + b"\x00" * 99, 45, "Q4_0_4_4"),
        (start(tensors=1) + entry("t", (4,), 0, 32) + b"\x00" * 99, 24, "starts at byte 32"),
        (start(tensors=2) + entry("t", (8,)) + entry("t", (8,), 0, 32) + b"\x00" * 99, 57, "twice"),
        (
            start(tensors=2) + entry("t", (8,)) + entry("u", (8,), 0, 33) + b"\x00" * 99,
            57,
            "starts at byte 33",
        ),
        (start(tensors=2) + entry("t", (8,)) + entry("u", (8,), 0, 0) + b"\x00" * 99, 57, "starts at byte 0"),
    ],
)
def test_names_the_offset_of_an_impossible_value(
    written: Write, data: bytes, offset: int, sentence_part: str
) -> None:
    error = refusal(written(data))

    assert sentence_part in sentence(error.reason)
    assert error.offset == offset


@pytest.mark.parametrize("claim", [1 << 20, 1 << 22, HUGE])
def test_does_not_allocate_for_an_unchecked_size(tmp_path: Path, claim: int) -> None:
    # A hole makes the claim fit the file, at no cost to whoever sends it.
    path = tmp_path / "a.gguf"
    path.write_bytes(start(tensors=claim, pairs=0))
    os.truncate(path, 8 << 30)
    tracemalloc.start()
    try:
        refusal(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 4 << 20


def test_stops_reading_an_impossibly_long_list(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(start(pairs=1) + string("k") + struct.pack("<IIQ", 9, 8, 1 << 30))
    os.truncate(path, 64 << 30)

    assert "strings" in refusal_words(path)


def test_folder_is_reported_as_a_folder(tmp_path: Path) -> None:
    assert "folder" in refusal_words(tmp_path)


def test_missing_file_and_dead_link_have_different_errors(tmp_path: Path) -> None:
    link = tmp_path / "link.gguf"
    link.symlink_to(tmp_path / "gone.gguf")

    assert "no such file" in refusal_words(tmp_path / "gone.gguf")
    assert "leads nowhere" in refusal_words(link)


def test_a_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "a.gguf"
    link.symlink_to(link)

    assert "cannot be opened" in refusal_words(link)


def test_a_name_no_file_can_have_is_refused(tmp_path: Path) -> None:
    assert "this name" in refusal_words(tmp_path / "a\x00b.gguf")


def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    # GIVEN a pipe that nobody writes to
    path = tmp_path / "a.gguf"
    os.mkfifo(path)
    caught: list[GgufError] = []

    # WHEN it is read in a thread that would wait for ever if it were opened
    thread = threading.Thread(target=lambda: caught.append(refusal(path)), daemon=True)
    thread.start()
    thread.join(30)

    # THEN it was refused
    assert "pipe or a device" in sentence(caught[0].reason)


def test_a_device_is_never_read() -> None:
    assert "pipe or a device" in refusal_words(Path("/dev/zero"))


def test_unreadable_file_is_reported(small: bytes, written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(small)

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(reader.os, "open", refuse)

    error = refusal(path)

    assert "may not read" in sentence(error.reason)
    assert "chmod" in sentence(error.reason)


def test_errors_are_whole_sentences(written: Write) -> None:
    text = refusal_words(written(start(version=1)))

    assert text == (
        "This is GGUF version 1, which no engine reads any more (byte 4). Get a newer file of the model."
    )
