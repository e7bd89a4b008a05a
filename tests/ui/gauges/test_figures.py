"""Figures on gauges."""

import pytest

from tests.reasons import because
from tests.ui.host import reading
from tui.hardware.reading import Metric, known, unknown
from tui.ui.gauges.figures import (
    cpu_readouts,
    frequency,
    in_unit,
    own_readout,
    percent,
    power,
    power_limit,
    size_pair,
    temperature,
)
from tui.ui.kit.pieces import plain
from tui.units import GIB, MIB

UNKNOWN_METRIC: Metric[float] = unknown(because("no sensor"))


def test_bytes_share_the_unit_of_their_column() -> None:
    assert in_unit(3 * GIB // 2, "GiB", 2) == "1.50"
    assert in_unit(GIB, "MiB", 0) == "1024"


@pytest.mark.parametrize(("value", "text"), [(None, "n/a  "), (0, "  0 %"), (43.4, " 43 %"), (100, "100 %")])
def test_a_percentage_takes_five_cells(value: float | None, text: str) -> None:
    assert plain(percent(value)) == text


def test_a_size_is_written_in_the_unit_of_its_capacity() -> None:
    assert plain(size_pair(512 * MIB, 8 * GIB, "RAM")) == "0.5 / 8.0 GiB RAM"
    assert plain(size_pair(None, 8 * GIB)) == "n/a / 8.0 GiB"
    assert plain(size_pair(512 * MIB, None)) == "512 MiB"


def test_unknown_figures_take_no_room() -> None:
    assert temperature(UNKNOWN_METRIC) == frequency(UNKNOWN_METRIC) == power(UNKNOWN_METRIC) == []
    assert power_limit(known(5.0, "test"), UNKNOWN_METRIC) == []
    assert cpu_readouts(None) == own_readout(None) == []
    assert own_readout(reading()) == []


def test_a_processor_at_rest_is_marked() -> None:
    assert plain(frequency(known(0.0, "test"))) == " at rest"
    assert plain(frequency(known(800.0, "test"))) == "0.80 GHz"


def test_power_has_a_tenth_only_below_ten_watts() -> None:
    assert plain(power(known(7.25, "test"))) == "7.2 W"
    assert plain(power(known(9.96, "test"))) == " 10 W"
