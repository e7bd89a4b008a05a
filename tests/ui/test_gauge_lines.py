"""What the gauges say, as strings: no app."""

import pytest

from tests.ui.host import card, card_reading, engine, machine, memory, reading
from tui.hardware.machine import Machine
from tui.hardware.reading import GpuReading, Reading
from tui.ui.widgets.cpu_gauge import cpu_lines, heat_rows
from tui.ui.widgets.gpu_gauge import gpu_lines
from tui.ui.widgets.history import History
from tui.ui.widgets.mark import Mark
from tui.ui.widgets.memory_gauge import memory_lines, memory_parts
from tui.ui.widgets.pieces import plain, width_of
from tui.units import GIB

WIDTHS = (20, 22, 24, 36, 62, 120)


def cpu(now: Reading | None, width: int = 36, height: int = 3, what: Machine | None = None) -> list[str]:
    history = History()
    if now is not None:
        history.add(now.time_seconds, now.cpu_percent.value)
    return [plain(line) for line in cpu_lines(now, what or machine(), history, width, height)]


def gpu(
    what: Machine | None,
    gpus: tuple[GpuReading, ...] = (),
    width: int = 36,
    height: int = 3,
    mark: Mark | None = None,
) -> list[str]:
    history = History()
    return [plain(line) for line in gpu_lines(reading(gpus=gpus), what, history, mark, width, height)]


def mem(
    now: Reading | None,
    width: int = 36,
    height: int = 3,
    mark: Mark | None = None,
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
    assert heat_rows([0.0] * 64, 12, 2) == []


def test_no_gpu_says_why_and_what_then() -> None:
    assert gpu(machine(reason="no GPU found"))[0] == "no GPU found; models run on the CPU"


def test_a_long_reason_is_wrapped_to_the_room() -> None:
    reason = "an NVIDIA card is here but its driver is not loaded."
    lines = gpu(machine(reason=reason), width=30)
    assert " ".join(lines) == "an NVIDIA card is here but its driver is not loaded; models run on the CPU"


def test_a_folded_gauge_without_gpu_uses_both_lines() -> None:
    assert gpu(machine(), width=24, height=2) == ["GPU no GPU found; models", "run on the CPU"]


def test_one_gpu_shows_load_heat_power_and_memory() -> None:
    first, second, _graph = gpu(machine((card(),), None), (card_reading(),), width=40)
    assert first.endswith("21 %   54 °C   65 W")
    assert second.endswith("  5.1 / 12.0 GiB VRAM")


def test_memory_of_an_integrated_gpu_is_called_shared() -> None:
    lines = gpu(machine((card(shares=True),), None), (card_reading(),), width=40)
    assert lines[1].endswith("GiB shared")


def test_a_gpu_that_is_not_read_is_not_drawn_as_idle() -> None:
    lines = gpu(machine((card(),), None), (card_reading(load=None),), width=40)
    assert "n/a" in lines[0]
    missing = gpu(machine((card(),), None), (), width=40)
    assert "n/a" in missing[0]
    assert "n/a / 12.0 GiB" in missing[1]


def test_the_mark_stands_on_the_card_it_is_for() -> None:
    both = machine((card(0), card(1)), None)
    lines = gpu(both, (card_reading(0), card_reading(1)), mark=Mark(9 * GIB, "x", gpu_index=1), width=60)
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
    first, second, _state = mem(reading(held=memory(4.0, 1.0)), mark=Mark(6 * GIB, "Llama-3.2-3B Q4_K_M"))
    assert "·" in first
    assert "▼" in first
    assert second == "▼ 6.0 GiB with Llama-3.2-3B Q4_K_M"


def test_a_mark_beyond_the_machine_says_by_how_much() -> None:
    first, second, _state = mem(reading(), mark=Mark(9 * GIB, "Qwen2.5-7B-Instruct Q4_K_M"))
    assert "▼+" in first
    assert second.endswith("1.0 over")


def test_hostile_labels_cannot_break_the_line() -> None:
    lines = mem(reading(), mark=Mark(6 * GIB, "[red]\x1b[31mev\nil"))
    assert lines[1] == "▼ 6.0 GiB with [red]ev il"


def test_the_engines_part_is_told_apart() -> None:
    first, second, _state = mem(reading(held=memory(4.0, 2.0), process=engine(1.0, 1.0)), width=62)
    assert "▓" in first
    assert second.startswith("engine 2.00 GiB  available 3.00 GiB")


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
@pytest.mark.parametrize("height", [1, 2, 3, 4])
@pytest.mark.parametrize("count", [0, 1, 2, 8])
def test_no_line_is_wider_than_its_gauge(width: int, height: int, count: int) -> None:
    what = machine(tuple(card(index, "NVIDIA RTX 6000 Ada Generation") for index in range(count)), None)
    now = reading(
        load=100,
        gpus=tuple(card_reading(index, 100, 11.9) for index in range(count)),
        pressure=50,
        process=engine(3, 1),
        held=memory(7.9, 0.1, 1.5),
    )
    mark = Mark(14 * GIB, "Llama-3.3-70B-Instruct-abliterated-finetuned Q4_K_M")
    history = History()
    history.add(now.time_seconds, 100)
    for lines in (
        cpu_lines(now, what, history, width, height),
        gpu_lines(now, what, history, mark, width, height),
        memory_lines(now, what, mark, width, height)[:height],
    ):
        assert len(lines) <= height
        assert all(width_of(line) <= width for line in lines), [plain(line) for line in lines]
