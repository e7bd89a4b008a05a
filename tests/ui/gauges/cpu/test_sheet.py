"""The CPU in full."""

import pytest

from tui.ui.gauges.cpu.sheet import core_lines
from tui.ui.kit.pieces import Line, plain, width_of


def text_of(lines: list[Line]) -> str:
    return "\n".join(plain(line) for line in lines)


@pytest.mark.parametrize("count", [1, 8, 24, 128])
@pytest.mark.parametrize("width", [20, 56, 96])
def test_every_core_is_listed_by_its_number(count: int, width: int) -> None:
    lines = core_lines([float(core % 100) for core in range(count)], width)
    fields = text_of(lines).replace("▕", " ").replace("▏", " ").split()
    assert all(width_of(line) <= width for line in lines)
    assert all(str(core) in fields for core in range(count))
    assert fields.count("%") == count
