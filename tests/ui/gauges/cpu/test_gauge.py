"""Lines of the CPU gauge."""

import msgspec
import pytest

from tests.ui.host import machine, reading
from tui.hardware.machine import Machine
from tui.hardware.processor.cpu_load import QUOTA_SOURCE
from tui.hardware.reading import Reading, known
from tui.ui.gauges.cpu.gauge import cpu_lines
from tui.ui.gauges.history import PercentHistory
from tui.ui.gauges.thresholds import TEMPERATURE
from tui.ui.kit.pieces import plain
from tui.units import MIB


def cpu(
    current: Reading | None, width: int = 36, height: int = 3, cpu_machine: Machine | None = None
) -> list[str]:
    history = PercentHistory()
    if current is not None:
        history.add(current.time_seconds, current.cpu_percent.value)
    return [plain(line) for line in cpu_lines(current, cpu_machine or machine(), history, width, height)]


def test_the_cpu_gauge_shows_load_and_cores_in_use() -> None:
    assert cpu(reading(load=50))[0] == "▕██████▌      ▏  50 %  4.0 / 8 cores"


def test_figures_keep_their_columns_for_any_value() -> None:
    ends = {cpu(reading(load=load))[0][-22:].rstrip("0123456789 ./%cores") for load in (0, 5, 50, 100)}
    places = {cpu(reading(load=load))[0].index("%") for load in (0.4, 9.6, 50, 100)}
    assert len(places) == 1
    assert len(ends) == 1


def test_an_unknown_load_is_shown_as_unknown() -> None:
    line = cpu(reading(load=None))[0]
    assert "n/a" in line
    assert "█" not in line


def test_folded_cpu_gauge_shows_its_name() -> None:
    first, second = cpu(reading(load=50), 40, 2)
    assert first.startswith("CPU ▕")
    assert first.rstrip().endswith("50 %")
    assert second.endswith("4.0 / 8 cores")


def test_each_core_is_a_block_beside_the_graph() -> None:
    current = reading(load=50, cores=(0, 14, 28, 40, 52, 65, 78, 100))
    assert cpu(current)[2].endswith("▁▂▃▄▅▆▇█")


def sensors(current: Reading, **values: float) -> Reading:
    """The reading with some of the figures that few machines tell."""
    return msgspec.structs.replace(current, **{name: known(value, "test") for name, value in values.items()})


def test_unknown_temperature_and_frequency_take_no_room() -> None:
    bare = reading(load=50)
    current = sensors(bare, cpu_temperature_celsius=54, cpu_frequency_mhz=2400)
    assert cpu(current)[1].endswith(" 54 °C  2.40 GHz")
    assert "°C" not in "".join(cpu(bare))
    assert "n/a" not in "".join(cpu(bare))


@pytest.mark.parametrize(("degrees", "role"), [(54, "value"), (85, "high"), (96, "critical")])
def test_heat_takes_a_colour_where_it_matters(degrees: float, role: str) -> None:
    current = sensors(reading(), cpu_temperature_celsius=degrees)
    lines = cpu_lines(current, machine(), PercentHistory(), 62, 3)
    assert [piece.role for line in lines for piece in line if piece.text.strip() == f"{degrees}"] == [role]
    assert [step.name for step in TEMPERATURE] == ["low", "mid", "high", "critical"]


def test_a_wide_gauge_shows_the_load_of_llmtui_itself() -> None:
    current = sensors(reading(), own_cpu_percent=1.5, own_resident_bytes=60 * MIB, cpu_temperature_celsius=54)
    assert "llmtui  1.5 % 60.0 MiB" in "\n".join(cpu(current, 62))
    assert "llmtui" not in "\n".join(cpu(current, 36))
    assert len(cpu(current, 62, 5)) == 5


def limited(load: float) -> tuple[Reading, Machine]:
    """A container that may use 2.5 of 48 cores, and does this share of them in percent."""
    current = msgspec.structs.replace(reading(cores=(10.0,) * 48), cpu_percent=known(load, QUOTA_SOURCE))
    cpu_machine = machine()
    return current, msgspec.structs.replace(
        cpu_machine,
        cpu=msgspec.structs.replace(cpu_machine.cpu, quota_cores=known(2.5, "test"), logical_cores=48),
    )


def test_cores_are_those_that_a_container_may_use() -> None:
    current, cpu_machine = limited(80)
    assert cpu(current, 46, cpu_machine=cpu_machine)[0].endswith("  80 %  2.0 / 2.5 cores of 48")
    assert cpu(current, cpu_machine=cpu_machine)[0].endswith("  80 %  2.0 / 2.5 cores")
    # The blocks are the host's cores, and say so.
    assert "host ▁▁▁" in "\n".join(cpu(current, 46, cpu_machine=cpu_machine))
