"""Speed of a line: steady against bursts, and honest about standing still."""

import pytest

from tui.services.downloads.line_speed import LineSpeed
from tui.units import MIB


def test_no_speed_before_a_second_has_passed() -> None:
    speed = LineSpeed()
    assert speed.bytes_per_second is None
    speed.add(0, 0)
    speed.add(0.5, MIB)
    assert speed.bytes_per_second is None
    assert speed.seconds_left(MIB) is None


def test_steady_line_has_its_speed() -> None:
    speed = LineSpeed()
    for tick in range(100):
        speed.add(tick / 4, tick * MIB // 4)
    assert speed.bytes_per_second == pytest.approx(MIB)
    assert speed.seconds_left(10 * MIB) == pytest.approx(10)


def test_bursts_of_one_line_do_not_move_the_average() -> None:
    speed = LineSpeed()
    speeds = []
    for tick in range(200):
        # All bytes of two seconds arrive at once.
        speed.add(tick / 4, tick // 8 * 2 * MIB)
        if tick > 80:
            speeds.append(speed.bytes_per_second or 0)
    assert max(speeds) - min(speeds) < 0.2 * MIB


def test_line_that_stands_still_has_no_time_left() -> None:
    speed = LineSpeed()
    for tick in range(200):
        speed.add(tick / 4, min(tick, 40) * MIB)
    assert speed.bytes_per_second == 0
    assert speed.seconds_left(MIB) is None
