"""Rules for all three gauges."""

import msgspec
import pytest

from tests.ui.gauges.drawn import LOADED
from tests.ui.host import card, card_reading, engine, machine, memory, reading
from tui.hardware.reading import Reading, known
from tui.ui.gauges.cpu.gauge import cpu_lines
from tui.ui.gauges.gpu.gauge import gpu_lines
from tui.ui.gauges.history import PercentHistory
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.memory.lines import memory_lines
from tui.ui.kit.pieces import plain, width_of
from tui.units import GIB, MIB

WIDTHS = (20, 22, 24, 36, 62, 120)


def sensors(current: Reading, **values: float) -> Reading:
    """The reading with some of the figures that few machines tell."""
    return msgspec.structs.replace(current, **{name: known(value, "test") for name, value in values.items()})


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [1, 2, 3, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 8])
def test_no_line_is_wider_than_its_gauge(width: int, height: int, count: int) -> None:
    gpu_machine = machine(
        tuple(card(index, "NVIDIA RTX 6000 Ada Generation") for index in range(count)), None
    )
    current = sensors(
        reading(
            load=100,
            gpus=tuple(card_reading(index, 100, 11.9) for index in range(count)),
            pressure=50,
            process=engine(3, 1),
            memory_reading=memory(7.9, 0.1, 1.5),
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
    history.add(current.time_seconds, 100)
    for lines in (
        cpu_lines(current, gpu_machine, history, width, height),
        gpu_lines(current, gpu_machine, {0: history}, mark, width, height),
        memory_lines(current, gpu_machine, mark, width, height)[:height],
        memory_lines(current, gpu_machine, None, width, height, LOADED)[:height],
    ):
        assert len(lines) <= height
        assert all(width_of(line) <= width for line in lines), [plain(line) for line in lines]
