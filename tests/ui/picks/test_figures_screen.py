"""The dialog of a model's figures."""

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.widgets import Static

from tests.ui.host import Host
from tests.waiting import until
from tui.models.evidence.evidence_files import shipped_evidence
from tui.ui.picks.figures_screen import FiguresScreen


async def test_figures_scroll_and_close_at_80_columns():
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(FiguresScreen("Qwen3-8B", shipped_evidence().figures_of("Qwen3-8B")))
        await until(
            lambda: isinstance(app.screen, FiguresScreen) and app.screen.query("#figures-lines"), "it"
        )
        screen = app.screen
        scroll = screen.query_one(VerticalScroll)
        await until(lambda: scroll.max_scroll_y > 0, "more lines than fit")
        lines = screen.query_one("#figures-lines", Static)
        await until(lambda: "Vectara" in str(lines.content), "the figures")
        assert max(cell_len(line.rstrip()) for line in str(lines.content).split("\n")) <= lines.size.width
        assert screen.region.contains_region(screen.query_one("#figures").region)
        await pilot.press("j", "space")
        await until(lambda: scroll.scroll_y > 1, "a page down")
        await pilot.press("pageup", "k")
        await until(lambda: scroll.scroll_y == 0, "the top")
        await pilot.press("i")
        await until(lambda: not isinstance(app.screen, FiguresScreen), "the end")
