"""Traits of architectures, and K/V heads as files have them."""

import msgspec

from tests.models.shapes import LLAMA_1B, SHAPES
from tui.models.architectures import ARCHITECTURES, TRAITS, kv_heads_in_file


def test_only_models_without_a_feed_forward_network_are_without_attention() -> None:
    assert {name for name in ARCHITECTURES if TRAITS[name].without_attention} == {"mamba", "mamba2"}


def test_heads_are_listed_by_layer_where_the_file_lists_them() -> None:
    assert kv_heads_in_file(LLAMA_1B) == LLAMA_1B.kv_heads


def test_one_number_stands_for_all_layers_of_a_delta_net() -> None:
    hybrid = next(shape for shape in SHAPES.values() if shape.architecture == "qwen3next")
    assert 0 in hybrid.kv_heads

    assert set(kv_heads_in_file(hybrid)) == {max(hybrid.kv_heads)}


def test_an_architecture_that_is_not_known_keeps_its_heads() -> None:
    unknown = msgspec.structs.replace(LLAMA_1B, architecture="starcoder9", kv_heads=(1, 0))

    assert kv_heads_in_file(unknown) == (1, 0)
