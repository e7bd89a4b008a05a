"""Painter of lines in the theme's colours."""

from textual.color import Color

from tests.ui.host import Host
from tui.ui.gauges.stacked_bar import StackedBar
from tui.ui.kit.painter import Painter
from tui.ui.kit.pieces import Piece


async def test_a_strip_fills_the_content_and_follows_the_theme() -> None:
    app = Host(StackedBar)
    async with app.run_test(size=(30, 5)) as pilot:
        widget = app.query_one(StackedBar)
        painter = Painter(widget, "stacked-bar")
        painted = painter.paint([Piece("8.0", "value"), Piece(" GiB", "unit")])
        assert painted.cell_length == widget.content_size.width
        value, unit = list(painted)[:2]
        assert value.style is not None
        assert unit.style is not None
        assert value.style.color != unit.style.color
        app.theme = "llmtui-light"
        await pilot.pause()
        # Styles are kept until the widget says that they changed.
        painted_style = next(iter(painter.paint([Piece("8.0", "value")]))).style
        assert painted_style is not None
        assert painted_style.color == value.style.color
        painter.forget()
        style = next(iter(painter.paint([Piece("8.0", "value")]))).style
        assert style is not None
        assert style.color == Color.parse(app.current_theme.foreground or "").rich_color


async def test_roles_of_one_piece_lie_over_one_another() -> None:
    app = Host(StackedBar)
    async with app.run_test(size=(30, 5)):
        painter = Painter(app.query_one(StackedBar), "stacked-bar")
        plain, on_track = (next(iter(painter.paint([Piece("▓", role)]))).style for role in ("kv", "kv track"))
        assert plain is not None
        assert on_track is not None
        assert plain.color == on_track.color
        assert plain.bgcolor != on_track.bgcolor
