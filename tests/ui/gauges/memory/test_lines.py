"""Lines of the memory gauge."""

import msgspec

from tests.ui.gauges.drawn import LOADED, mem
from tests.ui.host import card, engine, machine, memory, reading
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import Reading, known
from tui.services.memory_parts import memory_parts
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.memory.lines import memory_lines
from tui.ui.kit.pieces import plain
from tui.units import GIB, MIB


def sensors(current: Reading, **values: float) -> Reading:
    """The reading with some of the figures that few machines tell."""
    return msgspec.structs.replace(current, **{name: known(value, "test") for name, value in values.items()})


def test_the_memory_gauge_shows_used_and_total_bytes() -> None:
    assert mem(reading(memory_reading=memory(4.0, 1.0)))[0] == "▕███████░░     ▏ 4.0 / 8.0 GiB  50 %"


def test_memory_that_is_not_read_keeps_its_capacity() -> None:
    line = mem(None)[0]
    assert line.startswith("▕  ")
    assert "n/a / 8.0 GiB" in line


def test_the_mark_is_drawn_and_named() -> None:
    first, second, _state = mem(
        reading(memory_reading=memory(4.0, 1.0)), mark=MemoryMark(6 * GIB, "Llama-3.2-3B Q4_K_M")
    )
    assert "·" in first
    assert "▼" in first
    assert second == "▼ 6.0 GiB with Llama-3.2-3B Q4_K_M"


def test_the_name_at_the_mark_is_cut_only_where_it_has_no_room_without_a_word() -> None:
    mark = MemoryMark(6 * GIB, "Llama-3.2-3B-Instruct Q4_K_M")
    assert mem(reading(), 44, mark=mark)[1] == "▼ 6.0 GiB with Llama-3.2-3B-Instruct Q4_K_M"
    assert mem(reading(), 40, mark=mark)[1] == "▼ 6.0 GiB Llama-3.2-3B-Instruct Q4_K_M"
    assert "…" in mem(reading(), 34, mark=mark)[1]


def test_a_mark_beyond_the_memory_shows_the_excess() -> None:
    first, second, _state = mem(reading(), mark=MemoryMark(9 * GIB, "Qwen2.5-7B-Instruct Q4_K_M"))
    assert "▼+" in first
    assert second.endswith("1.0 over")


def test_hostile_labels_cannot_break_the_line() -> None:
    lines = mem(reading(), mark=MemoryMark(6 * GIB, "[red]\x1b[31mev\nil"))
    assert lines[1] == "▼ 6.0 GiB with [red]ev il"


def test_the_engine_has_its_own_part_of_the_bar() -> None:
    first, second, _state = mem(reading(memory_reading=memory(4.0, 2.0), process=engine(1.0, 1.0)), width=62)
    assert "▓" in first
    assert second.startswith("engine 2.00 GiB  available 3.00 GiB")


def test_the_engines_memory_is_drawn_by_purpose() -> None:
    # GIVEN an engine that holds what it measured when it loaded
    current = reading(memory_reading=memory(4.0, 2.0), process=engine(0.75, 1.0))
    # WHEN the gauge is drawn
    lines = [plain(line) for line in memory_lines(current, machine(), None, 62, 5, LOADED)]
    # THEN each part has its own glyph, in the bar and in the legend
    assert all(glyph in lines[0] for glyph in "█▓▒▚▄░")
    assert lines[1] == "▓ weights 1.00  ▒ KV 0.50  ▚ compute 0.12  ▄ process 0.12 GiB"
    assert "768 MiB private, 1.00 GiB mapped from the file" in lines


def test_the_ceiling_of_the_gpu_is_a_tick_on_the_memory_it_shares() -> None:
    apple = PROFILES["m1-8gb"]
    bar = mem(reading(memory_reading=memory(2.0, 0.0)), 62, shown_machine=apple)[0]
    inside = bar[bar.index("▕") + 1 : bar.index("▏")]
    assert inside.index("╎") == round(len(inside) * 5461 / 8192)
    assert "╎ GPU 5.33 GiB" in "\n".join(mem(reading(), 62, 5, shown_machine=apple))
    assert "╎" not in mem(reading(), 62)[0]
    # A card's own memory is no ceiling of the system's.
    assert "╎" not in mem(reading(), 62, shown_machine=machine((card(),), None))[0]


def test_the_swap_rate_is_shown_only_while_memory_is_read_back() -> None:
    calm = reading(memory_reading=memory(swap=1.0))
    assert mem(sensors(calm, swap_in_bytes_per_second=0), 62)[2] == "pressure low  swap 1.00 GiB"
    busy = mem(sensors(calm, swap_in_bytes_per_second=3.4 * MIB), 62)[2]
    assert busy == "pressure low  swap in 3.40 MiB/s  swap 1.00 GiB"


def test_pressure_is_shown_even_in_the_narrowest_gauge() -> None:
    assert mem(reading(pressure=40.0), 24, 2)[1].endswith("pressure high")


def test_folded_memory_warns_only_when_there_is_pressure() -> None:
    calm = mem(reading(), 40, 2)
    assert calm[1] == " 4.0 / 8.0 GiB RAM".lstrip()
    assert mem(reading(pressure=40.0), 40, 2)[1].endswith("pressure high")


def test_memory_shared_with_a_gpu_is_called_unified() -> None:
    apple = machine((card(shares=True),), None)
    assert mem(reading(), 24, 2, shown_machine=apple)[1].endswith("GiB unified")


def test_unknown_cache_is_left_out_and_mapped_weights_count_as_used() -> None:
    # GIVEN Windows, where cache is free memory and a model's mapped pages are not
    memory_reading = msgspec.structs.replace(memory(4.0), reclaimable_bytes=None)
    parts = memory_parts(memory_reading, engine(1.0, 2.0))
    assert (parts.other_programs, parts.engine, parts.mapped) == (GIB, 3 * GIB, 2 * GIB)
    assert parts.available == 4 * GIB
    drawing = "\n".join(mem(reading(memory_reading=memory_reading), 62))
    assert "cache" not in drawing
    assert "available 4.00 GiB" in drawing
