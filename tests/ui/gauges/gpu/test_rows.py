"""Lines of several GPUs."""

import msgspec

from tests.reasons import sentence_of
from tests.ui.gauges.drawn import ON_CARDS, gpu
from tests.ui.host import card, card_reading, machine, reading
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.machine import blank_reading
from tui.hardware.reading import known
from tui.ui.gauges.gpu.facts import gpu_unknowns
from tui.ui.gauges.gpu.gauge import gpu_lines
from tui.ui.gauges.mark import MemoryMark
from tui.ui.kit.pieces import plain
from tui.units import GIB


def test_heat_power_and_frequency_of_several_gpus_stand_in_columns() -> None:
    first = msgspec.structs.replace(card_reading(0), frequency_mhz=known(1980.0, "test"))
    second = msgspec.structs.replace(card_reading(1), temperature_celsius=known(101.0, "test"))
    lines = gpu(machine((card(0), card(1)), None), (first, second), width=90)
    assert lines[0].endswith(" 54 °C   65 W  1.98 GHz")
    assert lines[0].index("°C") == lines[1].index("°C")
    assert lines[0].index(" W") == lines[1].index(" W")


def test_the_mark_is_on_the_right_card() -> None:
    both = machine((card(0), card(1)), None)
    lines = gpu(
        both, (card_reading(0), card_reading(1)), mark=MemoryMark(9 * GIB, "x", gpu_index=1), width=60
    )
    assert "▼" not in lines[0]
    assert "▼" in lines[1]


def test_several_gpus_have_a_line_each_with_figures_in_columns() -> None:
    cards = tuple(card(index) for index in range(3))
    lines = gpu(
        machine(cards, None), tuple(card_reading(index, used=4 + 4 * index) for index in range(3)), width=60
    )
    assert [line[0] for line in lines] == ["0", "1", "2"]
    assert len({line.index(" / 12.0 GiB") for line in lines}) == 1
    assert "RTX" in lines[0] or "…" in lines[0]


def test_several_gpus_fold_to_their_figures() -> None:
    cards = (card(0), card(1))
    lines = gpu(machine(cards, None), (card_reading(0, used=6), card_reading(1, used=9)), width=24, height=2)
    assert lines == ["GPU 0   21 % VRAM  50 %", "GPU 1   21 % VRAM  75 %"]


def test_gpus_that_do_not_fit_are_counted() -> None:
    cards = tuple(card(index) for index in range(8))
    lines = gpu(machine(cards, None), tuple(card_reading(index, load=10 * index) for index in range(8)))
    assert lines[2] == "6 more, the busiest at 70 %"


def test_a_sleeping_card_is_marked_in_place_of_its_figures() -> None:
    dozing = blank_reading(card(), ASLEEP)
    assert gpu(machine((card(),), None), (dozing,), width=40)[0].endswith(" asleep")
    both = machine((card(0), card(1)), None)
    lines = gpu(both, (card_reading(0), blank_reading(card(1), ASLEEP)), width=60)
    assert lines[1].rstrip().endswith(" asleep")
    assert "n/a" not in "".join(lines)
    # Why and until when is said once.
    assert gpu_unknowns(card(), dozing) == [
        f"load, memory used, temperature, power, frequency: {sentence_of(ASLEEP)}"
    ]


def test_each_card_shows_its_own_part_of_the_engine() -> None:
    both = machine((card(0), card(1)), None)
    current = reading(gpus=(card_reading(0, used=4), card_reading(1, used=4)))
    first, second = [plain(row) for row in gpu_lines(current, both, {}, None, 90, 3, ON_CARDS)][:2]
    assert "▓" in first
    assert "▚" not in first
    assert all(glyph in second for glyph in "▓▒▚")
