"""Weights at each quantization, and quantizations that are not known."""

import math
from collections import Counter
from pathlib import Path

import gguf
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.catalogue.entries import SHIPPED
from tests.models.quantizer import dry_run
from tests.models.shapes import LLAMA_1B, LLAMA_3B, LLAMA_70B, QWEN_MOE, SHAPES, make
from tui.models.architectures import ARCHITECTURES, TRAITS
from tui.models.gguf.stub import write_stub
from tui.models.model import CatalogueEntry, Latent, Shape, StateSpace
from tui.models.quantizations import (
    QUANTS,
    UnknownQuantError,
    bits_per_weight,
    choose_types,
    equal_tensors,
    padded_bytes,
    tensor_types,
    weights_bytes,
)
from tui.models.tensors.model_tensors import (
    UnknownArchitectureError,
    tensors,
)
from tui.models.tensors.tensor import Tensor, TypedTensor
from tui.models.tensors.type_rules import layer_of

MIB = 1 << 20


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


def test_quantization_names_are_sorted_by_size() -> None:
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
def test_any_shape_gets_tensor_types(
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


@pytest.mark.parametrize("quant", ["Q3_K_M", "Q4_K_M", "IQ4_XS"])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_equal_tensors_are_the_tensors_of_the_model(shape: Shape, quant: str) -> None:
    def facts(tensor: TypedTensor, layer: int) -> tuple[object, ...]:
        return layer, tensor.name.removeprefix(f"blk.{layer_of(tensor.name)}."), tensor.dims, tensor.type

    one_by_one = [facts(tensor, layer_of(tensor.name)) for tensor in tensor_types(shape, quant)]
    at_once = [facts(group.tensor, layer) for group in equal_tensors(shape, quant) for layer in group.layers]

    assert Counter(at_once) == Counter(one_by_one)


def test_file_of_an_unlisted_architecture_can_be_sized_at_other_quantizations() -> None:
    shape = make("starcoder9", 2, 512, 1024, 8, 2, 64, 1000)
    real = [
        Tensor("token_embd.weight", (512, 1000)),
        *(Tensor(f"blk.{n}.attn_v.weight", (512, 128)) for n in (0, 1)),
        Tensor("blk.0.attn_v.bias", (128,)),
        Tensor("output.weight", (512, 1000)),
    ]

    typed = choose_types(shape, real, "Q4_K_M")

    assert [tensor.type for tensor in typed] == ["Q4_K", "Q4_K", "Q6_K", "F32", "Q6_K"]


def test_unknown_quantization_is_refused_by_name() -> None:
    with pytest.raises(UnknownArchitectureError, match="starcoder9"):
        tensors(make("starcoder9", 2, 512, 1024, 8, 2, 64, 1000))
    with pytest.raises(UnknownQuantError, match="Q9_K"):
        weights_bytes(LLAMA_1B, "Q9_K")


SMALLEST = {entry.shape.architecture: entry for entry in reversed(SHIPPED.entries)}
"""The smallest entry of each architecture of the catalogue."""


@pytest.mark.parametrize("entry", SMALLEST.values(), ids=lambda entry: entry.shape.architecture)
def test_sizes_of_an_entry_agree_with_the_quantizer_of_the_engine(
    entry: CatalogueEntry, tmp_path: Path
) -> None:
    path = tmp_path / "stub.gguf"
    write_stub(path, entry.shape, "F16")

    chosen = dry_run(path, False, entry.quants)

    for quant in entry.quants:
        dims = {tensor.name: tensor.dims for tensor in tensors(entry.shape)}
        engine = [TypedTensor(name, dims[name], kind) for name, kind in chosen[quant].items()]
        assert weights_bytes(entry.shape, quant) == pytest.approx(padded_bytes(engine), rel=0.01), quant
