"""Look-ups in the metadata of a header."""

import pytest

from tests.gguf_files import ATTENTION, bare_header
from tests.reasons import raises_sentence
from tui.models.gguf.header import Header
from tui.models.gguf.metadata import ShapeError
from tui.models.header_shape import shape_from_header


@pytest.mark.parametrize("missing", ["block_count", "embedding_length", "context_length", "vocab_size"])
def test_a_missing_key_is_named(missing: str) -> None:
    header = bare_header("llama", **ATTENTION)
    del header.metadata[f"llama.{missing}"]

    with raises_sentence(ShapeError, rf"llama\.{missing} is missing"):
        shape_from_header(header)


def test_a_missing_architecture_is_named() -> None:
    with raises_sentence(ShapeError, r"general\.architecture"):
        shape_from_header(Header(3, {}, (), 32, 0, 0))
