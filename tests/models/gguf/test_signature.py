"""Files of other formats, which are refused by name."""

import struct

import pytest

from tests.models.gguf.hostile import Write, refusal_words, start

SAFETENSORS = struct.pack("<Q", 40) + b'{"weight":{"dtype":"F16"}}' + b" " * 40


@pytest.mark.parametrize(
    ("data", "sentence_part"),
    [
        (b"", "empty"),
        (SAFETENSORS, "safetensors"),
        (b"PK\x03\x04" + b"\x00" * 60, "PyTorch"),
        (b"\x80\x02}q\x00" + b"." * 60, "pickle"),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web page"),
        (b"\n<html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS"),
        (b'{"error":"Invalid username or password."}', "JSON"),
        (b"lmgg" + b"\x00" * 60, "GGML"),
        (b"tjgg\x03" + b"\x00" * 60, "GGJT"),
        (b"fmgg" + b"\x00" * 60, "GGMF"),
        (b"algg" + b"\x00" * 60, "LoRA adapter"),
        (struct.pack("<II", 210, 20) + b"blk.0.ffn_gate.weight"[:20].ljust(20), "not a GGUF file"),
        (struct.pack("<II", 210, 21) + b"blk.0.ffn_gate.weight" + b"\x01" * 40, "importance matrix"),
        (b"\x1f\x8b\x08" + b"\x00" * 60, "gzip"),
        (b"\x00" * 4096, "zeros"),
        (b"MZ\x90\x00", "not a GGUF file"),
        (b"GGU", "not a GGUF file"),
        (start(version=1), "version 1"),
        (start(version=4), "version 4"),
        (start(version=0), "no GGUF version"),
        (b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "big-endian"),
    ],
)
def test_names_the_other_format(written: Write, data: bytes, sentence_part: str) -> None:
    assert sentence_part in refusal_words(written(data))
