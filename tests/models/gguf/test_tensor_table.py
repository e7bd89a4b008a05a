"""Tables of tensors that cannot be true."""

import os
from pathlib import Path

from tests.gguf_files import Tensor, Typed, header_bytes, llama_tensors, write_gguf, write_llama
from tests.models.gguf.hostile import Write, refusal, refusal_words
from tui.services.sentences import sentence


def test_truncated_file_reports_the_missing_bytes(tmp_path: Path) -> None:
    path = write_llama(tmp_path / "a.gguf", layers=8, embedding=512, feed_forward=2048)
    os.truncate(path, path.stat().st_size - (3 << 20))

    error = refusal(path)

    assert sentence(error.reason).startswith("The file ends 3.00 MiB early")
    assert sentence(error.reason).endswith("Download it again.")
    assert error.offset == path.stat().st_size


def test_duplicate_name_is_found_among_many(tmp_path: Path) -> None:
    tensors = [*llama_tensors(), Tensor("token_embd.weight", (64, 256), "F16")]

    assert '"token_embd.weight" is there twice' in refusal_words(write_gguf(tmp_path / "a.gguf", {}, tensors))


def test_alignment_must_be_kept_by_the_offsets(written: Write) -> None:
    # GIVEN offsets laid out for 32 in a file that says 64
    data = header_bytes({"general.alignment": Typed("uint32", 64)}, [Tensor("a", (8,)), Tensor("b", (8,))])

    assert "starts at byte 32 of the data, not at 64" in refusal_words(written(data + b"\x00" * 256))
