"""Tensor and file types against the tables of the reference package."""

import gguf

from tui.models.gguf.ggml_types import FILE_TYPES, TENSOR_TYPES


def test_agrees_with_the_reference_table_of_types() -> None:
    for kind, (block, size) in gguf.GGML_QUANT_SIZES.items():
        if kind.name == "Q8_1":
            # 36 bytes in ggml-common.h and in the engine; the package counts its two halves as floats.
            continue
        assert (TENSOR_TYPES[kind].name, TENSOR_TYPES[kind].block, TENSOR_TYPES[kind].bytes) == (
            kind.name,
            block,
            size,
        )


def test_agrees_with_the_reference_table_of_file_types() -> None:
    for kind in gguf.LlamaFileType:
        if kind.name != "GUESSED":
            plain = kind.name.removeprefix("MOSTLY_").removeprefix("ALL_").removesuffix("_MOE")
            assert FILE_TYPES[kind] == plain
