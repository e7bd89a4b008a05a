"""Lines of the list of conversations."""

import pytest
from rich.cells import cell_len

from tests.ui.chat.history.history_app import rows
from tui.ui.chat.history.lines import PINNED, conversation_lines, date_or_time, facts_line
from tui.ui.kit.pieces import plain


@pytest.mark.parametrize("width", [40, 59, 60, 89, 90, 140])
def test_every_line_fits_the_width_and_keeps_its_columns(width: int) -> None:
    header, lines = conversation_lines(rows(), width, 2e9)
    for line in (header, *lines):
        assert cell_len(plain(line)) <= width
    assert {cell_len(plain(line)) for line in lines} == {width} if width >= 60 else True
    assert plain(lines[0]).startswith(PINNED)
    assert plain(lines[1]).startswith("  short")
    assert plain(lines[0]).rstrip().endswith(date_or_time(0.0, 2e9))
    assert cell_len(plain(facts_line(rows()[0], width, 2e9))) <= width


def test_today_is_shown_as_a_time_and_an_earlier_day_as_a_date() -> None:
    assert len(date_or_time(1e9, 1e9)) == len("14:05")
    assert len(date_or_time(1e9, 1e9 + 86400)) == len("2026-11-24")
