"""Facts about one GPU."""

import msgspec

from tests.reasons import because
from tests.ui.host import card, card_reading, reading
from tui.engine.footprint import DevicePart, Footprint
from tui.hardware.reading import known, unknown
from tui.ui.gauges.gpu.facts import (
    NO_PARTS,
    card_bar,
    card_memory_bytes,
    gpu_description,
    gpu_reading_of,
    gpu_unknowns,
    is_asleep,
    parts_on_card,
)
from tui.ui.gauges.mark import MemoryMark
from tui.ui.kit.pieces import plain
from tui.units import GIB

LOADED = Footprint(
    2 * GIB, GIB, GIB // 2, GIB // 8, "engine", devices=(DevicePart("CUDA0", 2 * GIB, GIB, 0),)
)


def test_reading_is_looked_up_by_its_index() -> None:
    both = reading(gpus=(card_reading(0, load=10), card_reading(1, load=90)))
    assert gpu_reading_of(both, 1) == both.gpus[1]
    assert gpu_reading_of(both, 2) is None
    assert gpu_reading_of(None, 0) is None


def test_memory_of_the_reading_overrides_the_detected_one() -> None:
    smaller = msgspec.structs.replace(card_reading(), memory_total_bytes=known(11 * GIB, "test"))
    silent = msgspec.structs.replace(card_reading(), memory_total_bytes=unknown(because("no driver")))
    assert card_memory_bytes(card(), smaller) == 11 * GIB
    assert card_memory_bytes(card(), silent) == card_memory_bytes(card(), None) == 12 * GIB


def test_only_a_card_with_memory_of_its_own_holds_parts_of_the_engine() -> None:
    gpus = (card(0, shares=True), card(1))
    used = card_reading(1, used=5)
    assert parts_on_card(gpus[0], gpus, used, LOADED) == NO_PARTS
    assert parts_on_card(gpus[1], gpus, used, LOADED) == (2 * GIB, GIB, 0)
    assert parts_on_card(gpus[1], gpus, used, None) == NO_PARTS


def test_a_mark_for_another_card_is_not_drawn() -> None:
    mark = MemoryMark(9 * GIB, "A model", gpu_index=1)
    assert "▼" in plain(card_bar(card(1), 5 * GIB, 12 * GIB, mark, 20))
    assert "▼" not in plain(card_bar(card(0), 5 * GIB, 12 * GIB, mark, 20))
    assert plain(card_bar(card(0), None, None, mark, 20)).strip() == ""


def test_a_card_is_described_in_one_line() -> None:
    assert gpu_description(card(name="[red]A\ncard")).startswith("[red]A card: memory of its own")


def test_a_gpu_without_a_reading_is_unknown_as_a_whole() -> None:
    assert gpu_unknowns(card(), None) == ["not read"]
    assert not is_asleep(None)
    assert not is_asleep(card_reading(load=None))
