"""Widget of lines that redraws only changed ones."""

import pytest
from textual.geometry import Region

from tests.ui.host import Host
from tui.ui.kit.line_view import LineView
from tui.ui.kit.pieces import Line, Piece


class Clock(LineView):
    """Two lines of which the second changes."""

    tick = 0

    def lines(self, width: int, height: int) -> list[Line]:
        return [[Piece("time", "title")], [Piece(str(self.tick), "value")]]


def shown(view: LineView, row: int) -> str:
    return "".join(segment.text for segment in view.render_line(row)).rstrip()


async def test_only_the_changed_line_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Host(Clock)
    async with app.run_test(size=(20, 4)) as pilot:
        clock = app.query_one(Clock)
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(clock, "refresh", lambda *changed, **_options: regions.extend(changed))
        clock.update()
        assert regions == []
        clock.tick = 7
        clock.update()
        assert regions == [Region(0, 1, 20, 1)]
        assert [shown(clock, row) for row in (0, 1, 2)] == ["time", "7", ""]


async def test_more_lines_than_rows_are_left_out() -> None:
    app = Host(Clock)
    async with app.run_test(size=(20, 1)) as pilot:
        await pilot.pause()
        assert shown(app.query_one(Clock), 0) == "time"
