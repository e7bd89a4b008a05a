"""The timeline as a widget: what it redraws, how it folds, its cursor by keys and mouse."""

from collections.abc import Callable

import pytest
from textual.app import ComposeResult
from textual.geometry import Region
from textual.widgets import Input

from tests.ui.host import Host
from tests.waiting import until
from tui.services.activity.moment import Moment, Phase
from tui.services.activity.track import Track
from tui.ui.timeline.timeline import Timeline
from tui.units import GIB


class TimelineHost(Host):
    """A timeline below something else that takes the focus first."""

    def __init__(self) -> None:
        super().__init__()
        self.track = Track()
        self.chosen: list[int] = []

    def compose(self) -> ComposeResult:
        yield Input()
        yield Timeline(self.track)

    def reply(self) -> None:
        """Have a short reply end at the fifth second, which opens the timeline."""
        self.track.enter(Phase.GENERATING, 4.0, 1)
        self.track.enter(Phase.IDLE, 5.0)

    @property
    def timeline(self) -> Timeline:
        return self.query_one(Timeline)

    def on_timeline_reply_chosen(self, event: Timeline.ReplyChosen) -> None:
        self.chosen.append(event.reply_id)

    def seconds(
        self, start: int, end: int, load: Callable[[int], float] = lambda second: second % 100
    ) -> None:
        for second in range(start, end):
            self.track.add(
                Moment(
                    float(second), float(second), cpu_percent=load(second),
                    memory_used=4 * GIB, memory_total=8 * GIB,
                )
            )  # fmt: skip
        self.timeline.update()


def newest_cell(timeline: Timeline) -> int:
    """Where the newest column stands, in cells of the content."""
    return max(index for index, cell in enumerate(timeline.rows[2]) if cell in "▁▂▃▄▅▆▇█")


def title(timeline: Timeline) -> str:
    return str(timeline.border_title)


@pytest.mark.parametrize(
    ("size", "rows"), [((80, 24), 0), ((120, 29), 0), ((90, 40), 4), ((120, 40), 4), ((200, 60), 7)]
)
async def test_low_screen_folds_the_timeline_and_a_high_one_shows_it(
    size: tuple[int, int], rows: int
) -> None:
    app = TimelineHost()
    async with app.run_test(size=size) as pilot:
        app.reply()
        app.seconds(0, 60)
        await pilot.pause()
        assert app.timeline.content_size.height == rows
        assert len([row for row in app.timeline.rows if row.strip()]) >= rows // 2


async def test_folded_timeline_opens_with_the_focus_and_closes_without() -> None:
    app = TimelineHost()
    async with app.run_test(size=(80, 24)) as pilot:
        app.seconds(0, 60)
        app.timeline.enter()
        await pilot.pause()
        assert app.timeline.has_focus
        assert app.timeline.content_size.height == 4
        await pilot.press("escape")
        await pilot.pause()
        assert not app.timeline.display
        assert app.query_one(Input).has_focus


async def test_until_there_is_a_reply_it_is_one_row_that_the_focus_opens() -> None:
    app = TimelineHost()
    async with app.run_test(size=(120, 40)) as pilot:
        app.track.enter(Phase.LOADING, 10.0)
        app.track.enter(Phase.IDLE, 12.0)
        app.seconds(0, 60)
        await until(lambda: app.timeline.outer_size.height == 1, "one row")
        assert app.timeline.rows == []
        assert "idle" in title(app.timeline)
        # WHEN it gets the focus, and loses it again
        app.timeline.enter()
        await until(lambda: len(app.timeline.rows) == 4 and app.timeline.size.height == 4, "the lanes")
        await pilot.press("escape")
        await until(lambda: app.timeline.outer_size.height == 1, "one row again")
        # WHEN there is a reply
        app.track.enter(Phase.READING, 60.0, 1)
        app.seconds(60, 61)
        await until(lambda: app.timeline.size.height == 4, "the lanes")
        assert "2.0 s per column" in title(app.timeline)


async def test_a_lane_appears_with_its_first_value_and_stays() -> None:
    app = TimelineHost()
    async with app.run_test(size=(120, 40)) as pilot:
        app.reply()
        app.seconds(0, 10)
        assert not any(row.startswith("GPU") for row in app.timeline.rows)
        app.track.add(Moment(10.0, 0.0, gpu_percent=30.0))
        app.timeline.update()
        await pilot.pause()
        assert any(row.startswith("GPU") for row in app.timeline.rows)
        app.seconds(20, 30)
        await pilot.pause()
        assert any(row.startswith("GPU") for row in app.timeline.rows)


async def test_a_tick_redraws_only_the_cells_that_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    app = TimelineHost()
    async with app.run_test(size=(120, 40)) as pilot:
        # GIVEN a column that has just begun
        app.reply()
        app.seconds(0, 61, lambda _second: 10.0)
        await pilot.pause()
        drawn_regions: list[tuple[Region, ...]] = []
        monkeypatch.setattr(app.timeline, "refresh", lambda *regions, **_more: drawn_regions.append(regions))
        # WHEN a reading comes that changes nothing
        app.seconds(61, 62, lambda _second: 10.0)
        assert drawn_regions == []
        # AND one that changes the load in the same column
        app.track.add(Moment(61.5, 61.5, cpu_percent=100.0, memory_used=4 * GIB, memory_total=8 * GIB))
        app.timeline.update()
        # THEN that one cell and the value beside it are drawn
        ((region,),) = drawn_regions
        cpu = next(index for index, row in enumerate(app.timeline.rows) if row.startswith("CPU"))
        assert region.y == cpu
        assert region.height == 1
        assert region.x == newest_cell(app.timeline)


async def test_the_arrow_keys_move_the_cursor_and_describe_the_column() -> None:
    app = TimelineHost()
    async with app.run_test(size=(120, 40)) as pilot:
        app.seconds(0, 60)
        app.timeline.enter()
        await pilot.pause()
        assert "CPU 58 %" in title(app.timeline)
        await pilot.press("left", "h")
        assert "CPU 54 %" in title(app.timeline)
        await pilot.press("l", "right", "right")
        assert "CPU 58 %" in title(app.timeline)
        await pilot.press("home")
        assert "no reading here" in title(app.timeline)
        await pilot.press("end")
        assert "CPU 58 %" in title(app.timeline)


async def test_the_cursor_keeps_its_moment_while_new_columns_come() -> None:
    app = TimelineHost()
    async with app.run_test(size=(120, 40)) as pilot:
        app.seconds(0, 60)
        app.timeline.enter()
        await pilot.press("left")
        assert "CPU 56 %" in title(app.timeline)
        app.seconds(60, 90)
        assert "CPU 56 %" in title(app.timeline)
        await pilot.press("minus")
        assert "5.0 s per column" in title(app.timeline)
        assert "CPU 57 %" in title(app.timeline)


async def test_click_moves_the_cursor() -> None:
    app = TimelineHost()
    async with app.run_test(size=(120, 40)) as pilot:
        app.reply()
        app.seconds(0, 60)
        await pilot.pause()
        await pilot.click(Timeline, offset=(newest_cell(app.timeline) + 2 - 5, 3))
        await pilot.pause()
        assert app.timeline.has_focus
        assert "CPU 48 %" in title(app.timeline)


async def test_enter_chooses_the_reply_under_the_cursor_if_there_is_one() -> None:
    app = TimelineHost()
    async with app.run_test(size=(120, 40)) as pilot:
        app.track.enter(Phase.GENERATING, 50.0, 7)
        app.track.enter(Phase.IDLE, 53.0)
        app.seconds(0, 60)
        app.timeline.enter()
        await pilot.press("enter")
        await pilot.press("left", "left", "left", "enter")
        await pilot.pause()
        assert app.chosen == [7]


async def test_the_marked_reply_is_drawn_and_named() -> None:
    app = TimelineHost()
    async with app.run_test(size=(120, 40)) as pilot:
        app.track.enter(Phase.GENERATING, 50.0, 7)
        app.track.enter(Phase.IDLE, 53.0)
        app.seconds(0, 60)
        assert "┣━──" in app.timeline.rows[0]
        app.timeline.selected = 7
        await pilot.pause()
        assert "██──" in app.timeline.rows[0]
        assert "the marked reply" in str(app.timeline.border_title)


@pytest.mark.parametrize("theme", ["llmtui-light", "llmtui-16", "nord"])
async def test_timeline_is_drawn_in_every_kind_of_theme(theme: str) -> None:
    app = TimelineHost()
    async with app.run_test(size=(120, 40)) as pilot:
        app.theme = theme
        app.reply()
        app.track.enter(Phase.LOADING, 50.0)
        app.seconds(0, 60)
        await pilot.pause()
        styles = {segment.style for segment in app.timeline.render_line(2) if segment.style}
        assert len(styles) > 1
