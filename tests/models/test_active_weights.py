"""What of a model's weights a generated token reads, and what a token of a prompt is multiplied by."""

from pathlib import Path

import msgspec
import pytest

from tests.gguf_files import write_llama
from tui.models.active_weights import (
    active_bytes,
    active_bytes_of,
    prompt_weights,
    prompt_weights_of,
    weigh,
)
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model
from tui.models.model import CatalogueEntry, Model
from tui.models.model_file import model_file
from tui.models.quantizations import padded_bytes, tensor_types
from tui.models.tensors.tensor import TypedTensor

ENTRIES = {entry.name: entry for entry in load_catalogue().entries}


def weights(name: str, quant: str) -> int:
    return sum((prompt_weights_of(catalogue_model(ENTRIES[name], quant)) or {}).values())


def test_the_output_matrix_and_the_last_feed_forward_network_run_for_the_last_token_only() -> None:
    of = [
        TypedTensor("token_embd.weight", (256, 1000), "Q6_K"),
        TypedTensor("blk.0.attn_q.weight", (256, 256), "Q4_K"),
        TypedTensor("blk.0.ffn_up.weight", (256, 512), "Q4_K"),
        TypedTensor("blk.1.attn_norm.weight", (256,), "F32"),
        TypedTensor("blk.1.attn_q.weight", (256, 256), "Q6_K"),
        TypedTensor("blk.1.ffn_up.weight", (256, 512), "Q4_K"),
        TypedTensor("output.weight", (256, 1000), "Q6_K"),
    ]

    assert prompt_weights(of, 0, 0) == {"Q4_K": 256 * 256 + 256 * 512, "Q6_K": 256 * 256}
    # AND an embedding that is the output matrix too is no different
    assert prompt_weights(of[:-1], 0, 0) == prompt_weights(of, 0, 0)


@pytest.mark.parametrize(
    ("name", "quant", "millions"),
    [
        # 268 million weights, of which 168 are the table of 262,144 tokens
        ("gemma-3-270m-it", "Q8_0", 96),
        ("Llama-3.2-1B-Instruct", "Q4_K_M", 923),
        ("Llama-3.2-1B-Instruct", "F16", 923),
    ],
)
def test_a_published_model_has_the_weights_it_should(name: str, quant: str, millions: int) -> None:
    assert weights(name, quant) / 1e6 == pytest.approx(millions, rel=0.02)


def test_only_active_experts_count() -> None:
    # 30 billion weights, 3.3 billion of them at work on a token
    assert weights("Qwen3-30B-A3B-Instruct-2507", "Q4_K_M") < 3.3e9


def test_file_gives_weights_read_and_multiplied(tmp_path: Path) -> None:
    file = model_file(write_llama(tmp_path / "one.gguf"), "test")
    local_model = Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)

    assert prompt_weights_of(local_model) == file.prompt_weights
    assert sum(file.prompt_weights.values()) > 0
    assert active_bytes_of(local_model) == file.active_bytes


def test_unknown_shape_has_no_active_weights() -> None:
    measured = catalogue_model(ENTRIES["Llama-3.2-1B-Instruct"], "Q4_K_M")

    assert prompt_weights_of(msgspec.structs.replace(measured, shape=None)) is None
    assert prompt_weights_of(msgspec.structs.replace(measured, quant="unheard of")) is None
    assert active_bytes_of(msgspec.structs.replace(measured, quant="unheard of")) is None


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.name)
def test_equal_tensors_counted_at_once_weigh_as_all_of_them(entry: CatalogueEntry) -> None:
    typed = tensor_types(entry.shape, entry.default_quant)
    experts = (entry.shape.experts, entry.shape.experts_used)

    weighed = weigh(entry.shape, entry.default_quant)

    assert weighed.bytes == padded_bytes(typed)
    assert weighed.active == active_bytes(typed, *experts)
    assert weighed.prompt == prompt_weights(typed, *experts)
