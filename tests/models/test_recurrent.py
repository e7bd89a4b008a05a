"""Layers that keep a state of fixed size, alone or beside attention, as llama.cpp counts them."""

import pytest

from tests.gguf_files import ATTENTION, bare_header
from tui.models.header_shape import shape_from_header
from tui.models.model import StateSpace
from tui.models.recurrent import recurrent_layers

SSM = {"ssm__conv_kernel": 4, "ssm__inner_size": 2048, "ssm__state_size": 128, "ssm__group_count": 2}


@pytest.mark.parametrize(
    ("architecture", "keys", "layers", "elements"),
    [
        ("mamba", {**SSM, "ssm__group_count": 0}, 12, 3 * 2048 + 128 * 2048),
        ("mamba2", SSM, 12, 3 * (2048 + 2 * 2 * 128) + 128 * 2048),
        ("rwkv6", {"wkv__head_size": 64}, 12, 2 * 1024 + 1024 * 64),
        ("rwkv7", {"wkv__head_size": 64, "token_shift_count": 1}, 12, 1024 + 1024 * 64),
        ("qwen3next", {**ATTENTION, **SSM}, 9, 3 * (2048 + 2 * 2 * 128) + 128 * 2048),
        ("qwen35", {**ATTENTION, **SSM, "full_attention_interval": 3}, 8, 3 * 2560 + 128 * 2048),
        ("falcon-h1", {**ATTENTION, **SSM}, 12, 3 * 2560 + 128 * 2048),
        (
            "lfm2",
            {**ATTENTION, "attention__head_count_kv": (0, 0, 2) * 4, "shortconv__l_cache": 3},
            8,
            1024 * 2,
        ),
        (
            "jamba",
            {**ATTENTION, **SSM, "attention__head_count_kv": (0, 0, 0, 2) * 3},
            9,
            3 * 2560 + 128 * 2048,
        ),
        (
            "kimi-linear",
            {
                **ATTENTION,
                "attention__head_count_kv": (0, 0, 0, 1) * 3,
                "ssm__conv_kernel": 4,
                "kda__head_dim": 64,
            },
            9,
            3 * 3 * 8 * 64 + 64 * 64 * 8,
        ),
    ],
)
def test_recurrent_states(architecture: str, keys: dict[str, object], layers: int, elements: int) -> None:
    shape = shape_from_header(bare_header(architecture, **keys))

    assert recurrent_layers(shape) == layers
    assert shape.recurrent_state == elements


def test_a_hybrid_keeps_both_in_every_layer_when_they_run_side_by_side() -> None:
    assert shape_from_header(bare_header("falcon-h1", **ATTENTION, **SSM)).kv_heads == (2,) * 12


def test_linear_layers_of_a_hybrid_keep_no_kv_cache() -> None:
    assert shape_from_header(bare_header("qwen3next", **ATTENTION, **SSM)).kv_heads == (0, 0, 0, 2) * 3


def test_kind_of_state_is_read_with_its_size() -> None:
    shape = shape_from_header(bare_header("mamba2", **SSM, ssm__time_step_rank=32))

    assert shape.state_space == StateSpace(kernel=4, inner=2048, state=128, step_rank=32, groups=2)


def test_incompletely_described_state_still_has_a_size() -> None:
    shape = shape_from_header(bare_header("mamba2", **SSM))

    assert shape.state_space is None
    assert shape.recurrent_state == 3 * 2560 + 128 * 2048


def test_layers_without_cache_or_state_are_not_counted() -> None:
    # GIVEN four state-space layers, four of a feed-forward network alone, four of attention
    keys = {
        **SSM,
        "attention__head_count": 8,
        "attention__head_count_kv": (0, 0, 2) * 4,
        "feed_forward_length": (0, 4096, 0) * 4,
    }
    state_elements = 3 * 2560 + 128 * 2048

    shape = shape_from_header(bare_header("nemotron_h", **keys))

    assert shape.feed_forward_only == (1, 4, 7, 10)
    assert (recurrent_layers(shape), shape.recurrent_state) == (4, state_elements)
