"""What the gauges say, as strings: no app."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reasons import sentence_of
from tests.ui.host import card, card_reading, engine, machine, memory, reading
from tui.engine.footprint import DevicePart, Footprint
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.machine import Machine, blank_reading
from tui.hardware.processor.cpu_load import QUOTA_SOURCE
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import GpuReading, Reading, known
from tui.sentences import reason
from tui.services.memory_parts import card_parts, engine_parts, memory_parts
from tui.ui.gauges.cpu.core_heat import heat_rows
from tui.ui.gauges.cpu.gauge import cpu_lines
from tui.ui.gauges.gpu.facts import gpu_description, gpu_unknowns
from tui.ui.gauges.gpu.gauge import gpu_lines
from tui.ui.gauges.gpu.sheet import gpu_sheet
from tui.ui.gauges.history import PercentHistory
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.memory.gauge import memory_facts
from tui.ui.gauges.memory.lines import memory_lines
from tui.ui.gauges.thresholds import TEMPERATURE
from tui.ui.kit.pieces import plain, width_of
from tui.units import GIB, MIB

WIDTHS = (20, 22, 24, 36, 62, 120)


def cpu(now: Reading | None, width: int = 36, height: int = 3, what: Machine | None = None) -> list[str]:
    history = PercentHistory()
    if now is not None:
        history.add(now.time_seconds, now.cpu_percent.value)
    return [plain(line) for line in cpu_lines(now, what or machine(), history, width, height)]


def gpu(
    what: Machine | None,
    gpus: tuple[GpuReading, ...] = (),
    width: int = 36,
    height: int = 3,
    mark: MemoryMark | None = None,
) -> list[str]:
    return [plain(line) for line in gpu_lines(reading(gpus=gpus), what, {}, mark, width, height)]


def mem(
    now: Reading | None,
    width: int = 36,
    height: int = 3,
    mark: MemoryMark | None = None,
    what: Machine | None = None,
) -> list[str]:
    return [plain(line) for line in memory_lines(now, what or machine(), mark, width, height)]


def test_the_cpu_says_load_and_cores_used() -> None:
    assert cpu(reading(load=50))[0] == "▕██████▌      ▏  50 %  4.0 / 8 cores"


def test_figures_stand_in_the_same_columns_whatever_they_are() -> None:
    ends = {cpu(reading(load=load))[0][-22:].rstrip("0123456789 ./%cores") for load in (0, 5, 50, 100)}
    places = {cpu(reading(load=load))[0].index("%") for load in (0.4, 9.6, 50, 100)}
    assert len(places) == 1
    assert len(ends) == 1


def test_an_unknown_load_is_said_and_not_drawn() -> None:
    line = cpu(reading(load=None))[0]
    assert "n/a" in line
    assert "█" not in line


def test_a_folded_cpu_names_itself() -> None:
    first, second = cpu(reading(load=50), 40, 2)
    assert first.startswith("CPU ▕")
    assert first.rstrip().endswith("50 %")
    assert second.endswith("4.0 / 8 cores")


def test_each_core_is_a_block_beside_the_graph() -> None:
    now = reading(load=50, cores=(0, 14, 28, 40, 52, 65, 78, 100))
    assert cpu(now)[2].endswith("▁▂▃▄▅▆▇█")


def test_many_cores_take_more_rows_or_leave_the_room_to_the_graph() -> None:
    assert [plain(row) for row in heat_rows([0.0] * 16, 12, 2)] == ["▁" * 8, "▁" * 8]
    assert [plain(row) for row in heat_rows([0.0] * 7, 5, 2)] == ["▁" * 4, "▁" * 3 + " "]


def test_cores_beyond_the_room_share_a_block_that_shows_the_busiest() -> None:
    # GIVEN 64 cores and 24 cells
    loads = [0.0] * 64
    loads[5] = 100.0
    # THEN four neighbours share a cell, and no busy core is hidden
    assert [plain(row) for row in heat_rows(loads, 12, 2)] == ["▁█" + "▁" * 6, "▁" * 8]
    assert heat_rows(loads, 0, 2) == []


@given(st.lists(st.floats(0, 100), max_size=300), st.integers(1, 60), st.integers(1, 4))
def test_every_number_of_cores_fits_its_room(loads: list[float], width: int, rows: int) -> None:
    found = heat_rows(loads, width, rows)
    assert len(found) <= rows
    assert all(width_of(row) <= width for row in found)
    assert bool(found) == bool(loads)


def sensors(now: Reading, **values: float) -> Reading:
    """The reading with some of the figures that few machines tell."""
    return msgspec.structs.replace(now, **{name: known(value, "test") for name, value in values.items()})


def test_heat_and_frequency_take_room_only_where_they_are_known() -> None:
    bare = reading(load=50)
    now = sensors(bare, cpu_temperature_celsius=54, cpu_frequency_mhz=2400)
    assert cpu(now)[1].endswith(" 54 °C  2.40 GHz")
    assert "°C" not in "".join(cpu(bare))
    assert "n/a" not in "".join(cpu(bare))


@pytest.mark.parametrize(("degrees", "role"), [(54, "value"), (85, "high"), (96, "critical")])
def test_heat_takes_a_colour_where_it_matters(degrees: float, role: str) -> None:
    now = sensors(reading(), cpu_temperature_celsius=degrees)
    lines = cpu_lines(now, machine(), PercentHistory(), 62, 3)
    assert [piece.role for line in lines for piece in line if piece.text.strip() == f"{degrees}"] == [role]
    assert [step.name for step in TEMPERATURE] == ["low", "mid", "high", "critical"]


def test_what_llmtui_itself_takes_is_seen_where_it_is_wide() -> None:
    now = sensors(reading(), own_cpu_percent=1.5, own_resident_bytes=60 * MIB, cpu_temperature_celsius=54)
    assert "llmtui  1.5 % 60.0 MiB" in "\n".join(cpu(now, 62))
    assert "llmtui" not in "\n".join(cpu(now, 36))
    assert len(cpu(now, 62, 5)) == 5


def test_no_gpu_says_why_and_what_then() -> None:
    assert " ".join(gpu(machine())) == "no GPU was found; models run on the CPU"


def test_a_long_reason_is_wrapped_to_the_room() -> None:
    lines = gpu(machine(reason=reason("hardware.gpu_driver_not_loaded")), width=30)
    assert " ".join(lines) == "a GPU is on the bus but its driver is not loaded; models run on the CPU"


def test_a_folded_gauge_without_gpu_uses_both_lines() -> None:
    assert gpu(machine(), width=24, height=2) == ["GPU no GPU was found;", "models run on the CPU"]


def test_one_gpu_shows_load_heat_power_and_memory() -> None:
    first, second, _graph = gpu(machine((card(),), None), (card_reading(),), width=40)
    assert first.endswith("  21 %   54 °C   65 W")
    assert second.endswith("  5.1 / 12.0 GiB VRAM")


def test_memory_that_a_gpu_shares_is_not_drawn_twice() -> None:
    shared = machine((card(shares=True),), None)
    assert "GiB" not in "".join(gpu(shared, (card_reading(),), width=62, height=5))
    both = gpu(machine((card(0), card(1, shares=True)), None), (card_reading(0), card_reading(1)), width=62)
    assert "12.0 GiB" in both[0]
    assert "shares RAM" in both[1]
    assert "▕" not in both[1]


def test_heat_power_and_frequency_of_several_gpus_stand_in_columns() -> None:
    first = msgspec.structs.replace(card_reading(0), frequency_mhz=known(1980.0, "test"))
    second = msgspec.structs.replace(card_reading(1), temperature_celsius=known(101.0, "test"))
    lines = gpu(machine((card(0), card(1)), None), (first, second), width=90)
    assert lines[0].endswith(" 54 °C   65 W  1.98 GHz")
    assert lines[0].index("°C") == lines[1].index("°C")
    assert lines[0].index(" W") == lines[1].index(" W")


def test_a_gpu_that_is_not_read_is_not_drawn_as_idle() -> None:
    lines = gpu(machine((card(),), None), (card_reading(load=None),), width=40)
    assert "n/a" in lines[0]
    missing = gpu(machine((card(),), None), (), width=40)
    assert "n/a" in missing[0]
    assert "n/a / 12.0 GiB" in missing[1]


def test_the_mark_stands_on_the_card_it_is_for() -> None:
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


def test_memory_says_used_and_capacity() -> None:
    assert mem(reading(held=memory(4.0, 1.0)))[0] == "▕███████░░     ▏ 4.0 / 8.0 GiB  50 %"


def test_memory_that_is_not_read_keeps_its_capacity() -> None:
    line = mem(None)[0]
    assert line.startswith("▕  ")
    assert "n/a / 8.0 GiB" in line


def test_the_mark_is_drawn_and_named() -> None:
    first, second, _state = mem(
        reading(held=memory(4.0, 1.0)), mark=MemoryMark(6 * GIB, "Llama-3.2-3B Q4_K_M")
    )
    assert "·" in first
    assert "▼" in first
    assert second == "▼ 6.0 GiB with Llama-3.2-3B Q4_K_M"


def test_a_mark_beyond_the_machine_says_by_how_much() -> None:
    first, second, _state = mem(reading(), mark=MemoryMark(9 * GIB, "Qwen2.5-7B-Instruct Q4_K_M"))
    assert "▼+" in first
    assert second.endswith("1.0 over")


def test_hostile_labels_cannot_break_the_line() -> None:
    lines = mem(reading(), mark=MemoryMark(6 * GIB, "[red]\x1b[31mev\nil"))
    assert lines[1] == "▼ 6.0 GiB with [red]ev il"


def test_the_engines_part_is_told_apart() -> None:
    first, second, _state = mem(reading(held=memory(4.0, 2.0), process=engine(1.0, 1.0)), width=62)
    assert "▓" in first
    assert second.startswith("engine 2.00 GiB  available 3.00 GiB")


LOADED = Footprint(GIB, GIB // 2, GIB // 8, GIB // 8, "engine")


def test_the_engines_memory_is_drawn_by_what_it_is_for() -> None:
    # GIVEN an engine that holds what it measured when it loaded
    now = reading(held=memory(4.0, 2.0), process=engine(0.75, 1.0))
    # WHEN the gauge is drawn
    lines = [plain(line) for line in memory_lines(now, machine(), None, 62, 5, LOADED)]
    # THEN each part has its own glyph, in the bar and in the legend
    assert all(glyph in lines[0] for glyph in "█▓▒▚▄░")
    assert lines[1] == "▓ weights 1.00  ▒ KV 0.50  ▚ compute 0.12  ▄ process 0.12 GiB"
    assert "768 MiB its own, 1.00 GiB mapped from the file" in lines


def test_parts_of_the_engine_are_never_more_than_it_holds() -> None:
    parts = memory_parts(memory(4.0, 2.0), engine(0.3, 0.4))
    weights, kv, compute, process = engine_parts(parts, LOADED)
    assert weights == parts.mapped
    assert kv == pytest.approx(4 * compute, abs=4)
    assert (weights + kv + compute, process) == (parts.engine, 0)


def test_weights_that_are_not_mapped_are_weights_all_the_same() -> None:
    parts = memory_parts(memory(4.0, 2.0), engine(1.75, 0.0))
    assert engine_parts(parts, LOADED) == (GIB, GIB // 2, GIB // 8, GIB // 8)


def test_what_lies_on_a_card_is_not_drawn_in_ram() -> None:
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
def test_parts_of_the_engine_make_up_what_it_holds(
    of: tuple[int, int, int, int], own: float, mapped: float, on_card: bool
) -> None:
    parts = memory_parts(memory(5.0, 2.5), engine(own, mapped))
    found = engine_parts(parts, Footprint(*of, "engine"), on_card=on_card)
    assert sum(found) == parts.engine
    assert min(found) >= 0


def test_the_ceiling_of_the_gpu_is_a_tick_on_the_memory_it_shares() -> None:
    apple = PROFILES["m1-8gb"]
    bar = mem(reading(held=memory(2.0, 0.0)), 62, what=apple)[0]
    inside = bar[bar.index("▕") + 1 : bar.index("▏")]
    assert inside.index("╎") == round(len(inside) * 5461 / 8192)
    assert "╎ GPU 5.33 GiB" in "\n".join(mem(reading(), 62, 5, what=apple))
    assert "╎" not in mem(reading(), 62)[0]
    # A card's own memory is no ceiling of the system's.
    assert "╎" not in mem(reading(), 62, what=machine((card(),), None))[0]


def test_what_is_read_back_from_swap_is_said_only_while_it_is() -> None:
    calm = reading(held=memory(swap=1.0))
    assert mem(sensors(calm, swap_in_bytes_per_second=0), 62)[2] == "pressure low  swap 1.00 GiB"
    busy = mem(sensors(calm, swap_in_bytes_per_second=3.4 * MIB), 62)[2]
    assert busy == "pressure low  swap in 3.40 MiB/s  swap 1.00 GiB"


@pytest.mark.parametrize(("level", "word"), [("normal", "low"), ("warning", "some"), ("critical", "high")])
def test_macos_tells_pressure_by_level(level: str, word: str) -> None:
    now = msgspec.structs.replace(reading(pressure=None), pressure_level=known(level, "test"))
    assert mem(now)[2].startswith(f"pressure {word}")


def test_pressure_is_told_in_the_narrowest_gauge() -> None:
    assert mem(reading(pressure=40.0), 24, 2)[1].endswith("pressure high")


def test_mapped_weights_move_from_cache_to_the_engine() -> None:
    parts = memory_parts(memory(4.0, 2.0), engine(1.0, 1.5))
    assert (parts.others, parts.engine, parts.cache) == (3 * GIB, 2.5 * GIB, 0.5 * GIB)
    assert parts.in_use == 5.5 * GIB


def test_parts_are_never_negative_when_readings_disagree() -> None:
    parts = memory_parts(memory(1.0, 0.5), engine(2.0, 3.0))
    assert (parts.others, parts.engine, parts.cache) == (0, 1.5 * GIB, 0)


@pytest.mark.parametrize(
    ("percent", "words"),
    [(0.0, "pressure low"), (12.0, "pressure some"), (40.0, "pressure high"), (None, "pressure n/a")],
)
def test_pressure_is_a_word(percent: float | None, words: str) -> None:
    assert mem(reading(pressure=percent))[2].startswith(words)


def test_folded_memory_warns_only_when_there_is_pressure() -> None:
    calm = mem(reading(), 40, 2)
    assert calm[1] == " 4.0 / 8.0 GiB RAM".lstrip()
    assert mem(reading(pressure=40.0), 40, 2)[1].endswith("pressure high")


def test_memory_shared_with_a_gpu_is_called_unified() -> None:
    apple = machine((card(shares=True),), None)
    assert mem(reading(), 24, 2, what=apple)[1].endswith("GiB unified")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [1, 2, 3, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 8])
def test_no_line_is_wider_than_its_gauge(width: int, height: int, count: int) -> None:
    what = machine(tuple(card(index, "NVIDIA RTX 6000 Ada Generation") for index in range(count)), None)
    now = sensors(
        reading(
            load=100,
            gpus=tuple(card_reading(index, 100, 11.9) for index in range(count)),
            pressure=50,
            process=engine(3, 1),
            held=memory(7.9, 0.1, 1.5),
        ),
        cpu_temperature_celsius=101,
        cpu_frequency_mhz=4800,
        cpu_power_watts=120,
        battery_watts=8,
        swap_in_bytes_per_second=40 * MIB,
        own_cpu_percent=12.5,
        own_resident_bytes=90 * MIB,
    )
    mark = MemoryMark(14 * GIB, "Llama-3.3-70B-Instruct-abliterated-finetuned Q4_K_M")
    history = PercentHistory()
    history.add(now.time_seconds, 100)
    for lines in (
        cpu_lines(now, what, history, width, height),
        gpu_lines(now, what, {0: history}, mark, width, height),
        memory_lines(now, what, mark, width, height)[:height],
        memory_lines(now, what, None, width, height, LOADED)[:height],
    ):
        assert len(lines) <= height
        assert all(width_of(line) <= width for line in lines), [plain(line) for line in lines]


def limited(load: float) -> tuple[Reading, Machine]:
    """A container that may use 2.5 of 48 cores, and does this share of them in percent."""
    now = msgspec.structs.replace(reading(cores=(10.0,) * 48), cpu_percent=known(load, QUOTA_SOURCE))
    what = machine()
    return now, msgspec.structs.replace(
        what, cpu=msgspec.structs.replace(what.cpu, quota_cores=known(2.5, "test"), logical_cores=48)
    )


def test_cores_are_those_that_a_container_may_use() -> None:
    now, what = limited(80)
    assert cpu(now, 46, what=what)[0].endswith("  80 %  2.0 / 2.5 cores of 48")
    assert cpu(now, what=what)[0].endswith("  80 %  2.0 / 2.5 cores")
    # The blocks are the host's cores, and say so.
    assert "host ▁▁▁" in "\n".join(cpu(now, 46, what=what))


def test_what_is_set_aside_for_graphics_is_no_part_of_the_memory_that_is_shown() -> None:
    # GIVEN graphics that may use 2 GiB set aside by the firmware and 3 GiB of the RAM
    shared = msgspec.structs.replace(
        card(shares=True), memory_bytes=known(5 * GIB, "test"), set_aside_bytes=2 * GIB
    )
    what = machine((shared,), None)
    # THEN the tick stands at what it can use of the RAM, and both are told
    bar = mem(reading(held=memory(2.0, 0.0)), 62, what=what)[0]
    inside = bar[bar.index("▕") + 1 : bar.index("▏")]
    assert inside.index("╎") == round(len(inside) * 3 / 8)
    assert (
        "2.00 GiB set aside for it, and shares the system's memory, up to 3.00 GiB of it"
        in gpu_description(shared)
    )
    assert memory_facts(what)[1].endswith("3.00 GiB of it, besides 2.00 GiB that the firmware set aside")


def test_cache_that_is_not_told_is_left_out_and_mapped_weights_are_in_use() -> None:
    # GIVEN Windows, where cache is free memory and a model's mapped pages are not
    held = msgspec.structs.replace(memory(4.0), reclaimable_bytes=None)
    parts = memory_parts(held, engine(1.0, 2.0))
    assert (parts.others, parts.engine, parts.mapped) == (GIB, 3 * GIB, 2 * GIB)
    assert parts.available == 4 * GIB
    shown = "\n".join(mem(reading(held=held), 62))
    assert "cache" not in shown
    assert "available 4.00 GiB" in shown


@pytest.mark.parametrize(("watts", "role"), [(186, "value"), (195, "high"), (230, "critical")])
def test_power_takes_a_colour_at_its_limit(watts: float, role: str) -> None:
    found = msgspec.structs.replace(
        card_reading(), power_watts=known(watts, "test"), power_limit_watts=known(200.0, "test")
    )
    shown = gpu_lines(reading(gpus=(found,)), machine((card(),), None), {}, None, 40, 3)
    assert [piece.role for line in shown for piece in line if piece.text.strip() == str(watts)] == [role]
    in_full = gpu_sheet(reading(gpus=(found,)), machine((card(),), None), {}, None, 60, 3)
    assert f"draws {watts} of at most 200 W" in [plain(line) for line in in_full]


def test_power_without_a_limit_has_no_colour() -> None:
    found = msgspec.structs.replace(card_reading(), power_watts=known(900.0, "test"))
    shown = gpu_lines(reading(gpus=(found,)), machine((card(),), None), {}, None, 40, 3)
    assert [piece.role for line in shown for piece in line if piece.text.strip() == "900"] == ["value"]


def test_a_card_that_sleeps_says_so_in_place_of_its_figures() -> None:
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


ON_CARDS = msgspec.structs.replace(
    LOADED,
    device_bytes=3 * GIB,
    devices=(DevicePart("CUDA0", GIB, GIB // 2, 0), DevicePart("CUDA1", GIB, GIB // 4, GIB // 4)),
)


def test_the_engines_part_of_a_card_is_drawn_by_what_it_is_for() -> None:
    one = msgspec.structs.replace(ON_CARDS, devices=(DevicePart("CUDA0", 3 * GIB, GIB, GIB // 2),))
    now = reading(gpus=(card_reading(used=6),))
    lines = [plain(row) for row in gpu_lines(now, machine((card(),), None), {}, None, 62, 5, one)]
    assert all(glyph in lines[1] for glyph in "█▓▒▚")
    assert lines[2] == "▓ weights 3.00  ▒ KV 1.00  ▚ compute 0.50 GiB"
    # Low gauges have no room for the words, and the bar is the same.
    low = [plain(row) for row in gpu_lines(now, machine((card(),), None), {}, None, 62, 3, one)]
    assert low[1] == lines[1]
    assert "weights" not in low[2]


def test_each_card_shows_its_own_part_of_the_engine() -> None:
    both = machine((card(0), card(1)), None)
    now = reading(gpus=(card_reading(0, used=4), card_reading(1, used=4)))
    first, second = [plain(row) for row in gpu_lines(now, both, {}, None, 90, 3, ON_CARDS)][:2]
    assert "▓" in first
    assert "▚" not in first
    assert all(glyph in second for glyph in "▓▒▚")


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


def test_a_part_larger_than_what_is_in_use_is_on_another_card() -> None:
    assert card_parts(ON_CARDS, 0, 2, GIB) == (0, 0, 0)
    assert card_parts(ON_CARDS, 0, 2, None) == card_parts(None, 0, 1, GIB) == (0, 0, 0)
    assert card_parts(ON_CARDS, 1, 2, 2 * GIB) == (GIB, GIB // 4, GIB // 4)
