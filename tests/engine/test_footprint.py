"""The parts of a footprint and their sum."""

from tui.engine.footprint import DevicePart, Footprint

FOOTPRINT = Footprint(1 << 40, 2, 3, 4, "engine", 5, (DevicePart("CUDA0", 1 << 40, 2, 3),), 1)


def test_a_footprint_is_the_sum_of_its_parts() -> None:
    assert FOOTPRINT.total_bytes == (1 << 40) + 2 + 3 + 4
