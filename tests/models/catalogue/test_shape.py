"""Shapes of entries."""

from pathlib import Path

import msgspec
import pytest

from tests.models.catalogue.entries import ALL_KINDS, GOOD, SHIPPED, loaded
from tui.models.catalogue.catalogue import shipped_path
from tui.models.listing import find_entry
from tui.models.quantizations import bits_per_weight


def test_shape_equals_the_values_in_the_file() -> None:
    raw = msgspec.toml.decode(shipped_path().read_bytes())["model"]
    assert [entry["name"] for entry in raw] == [entry.name for entry in SHIPPED.entries]
    gemma = find_entry(SHIPPED, "gemma-3-4b-it")
    assert gemma is not None
    # Five layers with the window, then one without, from the first layer on.
    assert gemma.shape.sliding_window == 1024
    assert gemma.shape.sliding_layers[:7] == (True, True, True, True, True, False, True)
    liquid = find_entry(SHIPPED, "LFM2.5-1.2B-Instruct")
    assert liquid is not None
    assert liquid.shape.kv_heads.count(8) == 6
    assert liquid.shape.kv_heads[:3] == (0, 0, 8)
    experts = find_entry(SHIPPED, "Qwen3-30B-A3B-Instruct-2507")
    assert experts is not None
    assert experts.shape.active_parameters == pytest.approx(3.3e9, rel=0.02)


def test_quantizations_are_sorted_by_size(tmp_path: Path) -> None:
    (entry,) = loaded(tmp_path, GOOD).entries
    assert entry.quants == ("Q4_K_M", "Q8_0")
    assert entry.languages == ("en", "es")
    assert entry.shape.value_length == 64
    assert bits_per_weight(entry.shape, "Q8_0") > bits_per_weight(entry.shape, "Q4_K_M")


LATENT, HYBRID, MAMBA = "DeepSeek-V2-Lite-Chat", "granite-4.0-h-tiny", "falcon-mamba-7b-instruct"
ALONE = "NVIDIA-Nemotron-Nano-9B-v2"


def test_shape_has_the_kind_of_cache() -> None:
    shapes = {entry.name: entry.shape for entry in ALL_KINDS.entries}

    assert shapes[LATENT].mla_cache_width == 512 + 64
    assert shapes[LATENT].kv_heads == (1,) * 27
    assert shapes[MAMBA].kv_heads == (0,) * 64
    assert shapes[MAMBA].recurrent_state == 3 * 8192 + 16 * 8192
    assert shapes[HYBRID].kv_heads.count(4) == 4
    assert shapes[ALONE].kv_heads.count(0) == 52
    assert len(shapes[ALONE].feed_forward_only) == 25
    assert shapes["gemma-3n-E2B-it"].kv_heads == (2,) * 20 + (0,) * 10
    assert shapes["Falcon-H1-1.5B-Instruct"].kv_heads == (2,) * 24
    assert shapes["Qwen3.5-9B"].kv_heads == (0, 0, 0, 4) * 8
    assert shapes["granite-4.0-h-small"].active_parameters == pytest.approx(9e9, rel=0.03)
