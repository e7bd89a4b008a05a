"""Memory in use by holder, and the engine's part by its purpose."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.host import engine, memory
from tui.engine.footprint import DevicePart, Footprint
from tui.services.memory_parts import card_parts, engine_parts, memory_parts
from tui.units import GIB

LOADED = Footprint(GIB, GIB // 2, GIB // 8, GIB // 8, "engine")


def test_parts_of_the_engine_are_never_more_than_it_holds() -> None:
    parts = memory_parts(memory(4.0, 2.0), engine(0.3, 0.4))
    weights, kv, compute, process = engine_parts(parts, LOADED)
    assert weights == parts.mapped
    assert kv == pytest.approx(4 * compute, abs=4)
    assert (weights + kv + compute, process) == (parts.engine, 0)


def test_unmapped_weights_are_counted_as_weights() -> None:
    parts = memory_parts(memory(4.0, 2.0), engine(1.75, 0.0))
    assert engine_parts(parts, LOADED) == (GIB, GIB // 2, GIB // 8, GIB // 8)


def test_memory_on_a_card_is_not_drawn_in_ram() -> None:
    split = msgspec.structs.replace(
        LOADED,
        device_bytes=GIB + GIB // 4,
        devices=(DevicePart("CUDA0", 3 * GIB // 4, GIB // 2, 0),),
    )
    parts = memory_parts(memory(4.0, 2.0), engine(0.25, 0.25))
    assert engine_parts(parts, split, on_card=True) == (GIB // 4, 0, GIB // 8, GIB // 8)
    unnamed = msgspec.structs.replace(split, devices=(), device_bytes=13 * GIB // 8)
    assert engine_parts(parts, unnamed, on_card=True)[:3] == (0, 0, 0)


sizes = st.integers(0, 8 * GIB)


@given(st.tuples(sizes, sizes, sizes, sizes), st.floats(0, 8), st.floats(0, 8), st.booleans())
def test_the_parts_add_up_to_the_engines_memory(
    of: tuple[int, int, int, int], own: float, mapped: float, on_card: bool
) -> None:
    parts = memory_parts(memory(5.0, 2.5), engine(own, mapped))
    engine_sizes = engine_parts(parts, Footprint(*of, "engine"), on_card=on_card)
    assert sum(engine_sizes) == parts.engine
    assert min(engine_sizes) >= 0


def test_mapped_weights_move_from_cache_to_the_engine() -> None:
    parts = memory_parts(memory(4.0, 2.0), engine(1.0, 1.5))
    assert (parts.other_programs, parts.engine, parts.cache) == (3 * GIB, 2.5 * GIB, 0.5 * GIB)
    assert parts.in_use == 5.5 * GIB


def test_parts_are_never_negative_when_readings_disagree() -> None:
    parts = memory_parts(memory(1.0, 0.5), engine(2.0, 3.0))
    assert (parts.other_programs, parts.engine, parts.cache) == (0, 1.5 * GIB, 0)


ON_CARDS = msgspec.structs.replace(
    LOADED,
    device_bytes=3 * GIB,
    devices=(DevicePart("CUDA0", GIB, GIB // 2, 0), DevicePart("CUDA1", GIB, GIB // 4, GIB // 4)),
)


def test_a_part_is_drawn_on_the_card_at_its_address() -> None:
    # GIVEN an engine that counts the cards the other way round
    parts = [
        msgspec.structs.replace(part, address=f"0000:0{2 - number}:00.0")
        for number, part in enumerate(ON_CARDS.devices)
    ]
    swapped = msgspec.structs.replace(ON_CARDS, devices=tuple(parts))
    assert card_parts(swapped, 0, 2, 2 * GIB, "0000:01:00.0") == (GIB, GIB // 4, GIB // 4)
    assert card_parts(swapped, 1, 2, 2 * GIB, "0000:02:00.0") == (GIB, GIB // 2, 0)
    # AND a card that the engine does not use shows nothing of it, even where it stands alone
    assert card_parts(swapped, 0, 1, 2 * GIB, "0000:03:00.0") == (0, 0, 0)


def test_parts_larger_than_the_used_memory_belong_to_another_card() -> None:
    assert card_parts(ON_CARDS, 0, 2, GIB) == (0, 0, 0)
    assert card_parts(ON_CARDS, 0, 2, None) == card_parts(None, 0, 1, GIB) == (0, 0, 0)
    assert card_parts(ON_CARDS, 1, 2, 2 * GIB) == (GIB, GIB // 4, GIB // 4)
