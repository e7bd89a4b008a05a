"""The notice of a small window."""

import pytest
from rich.cells import cell_len
from textual.geometry import Size

from tests.ui.host import Host
from tui.ui.dashboard.too_small import (
    MIN_HEIGHT,
    MIN_WIDTH,
    TOO_SMALL_CLASS,
    TooSmall,
    is_too_small,
    too_small_text,
)
from tui.ui.models.list import ModelList


@pytest.mark.parametrize(
    ("width", "height", "small"),
    [
        (MIN_WIDTH, MIN_HEIGHT, False),
        (MIN_WIDTH - 1, MIN_HEIGHT, True),
        (MIN_WIDTH, MIN_HEIGHT - 1, True),
        (200, 60, False),
    ],
)
def test_a_window_is_too_small_when_either_side_is(width, height, small):
    assert is_too_small(Size(width, height)) is small


@pytest.mark.parametrize("size", [Size(50, 10), Size(12, 20), Size(3, 3)])
def test_the_notice_fits_the_small_window(size):
    assert all(cell_len(line) <= size.width for line in too_small_text(size).splitlines())


async def test_the_notice_follows_the_window_and_keeps_what_is_below():
    app = Host(ModelList, TooSmall)
    async with app.run_test(size=(100, 30)) as pilot:
        notice = app.query_one(TooSmall)
        app.query_one("ModelRows").focus()
        assert not notice.display
        for size in ((50, 12), (40, 10)):
            await pilot.resize_terminal(*size)
            app.screen.add_class(TOO_SMALL_CLASS)
            await pilot.pause()
            assert notice.region.size == Size(*size)
            assert f"{size[0]} × {size[1]}" in notice.render()
        await pilot.resize_terminal(100, 30)
        app.screen.remove_class(TOO_SMALL_CLASS)
        await pilot.pause()
        assert not notice.display
        assert app.query_one("ModelRows").has_focus
