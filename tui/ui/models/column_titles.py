"""Headings of the columns of the list, which stay while its rows scroll."""

from collections.abc import Callable
from typing import ClassVar

from rich.console import RenderableType
from rich.segment import Segment
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.services.model_columns import VERDICT
from tui.ui.models.column_layout import ColumnPlan, column_at, title_cells


class ColumnTitles(Widget):
    """Line of headings over the rows; a click on one sorts by its column."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"column-titles--heading", "column-titles--strong"}
    DEFAULT_CSS = """
    ColumnTitles {
        height: 1;

        & > .column-titles--heading { color: $dim; }
        & > .column-titles--strong { color: $foreground; text-style: bold; }
    }
    """

    sort: reactive[str] = reactive(VERDICT)
    """Name of the column that the rows are sorted by."""

    class TitleClicked(Message):
        """The heading of a column was clicked by which the list can be sorted."""

        def __init__(self, sort: str) -> None:
            super().__init__()
            self.sort = sort

    def __init__(self, plan: Callable[[], ColumnPlan]) -> None:
        """`plan` returns the columns as the rows show them now."""
        super().__init__()
        self._plan = plan

    def render(self) -> RenderableType:
        """Return nothing: `render_line` draws the line."""
        return ""

    def render_line(self, y: int) -> Strip:
        """Return the line of headings."""
        segments = [
            Segment(
                text,
                self.get_visual_style(
                    f"column-titles--{'strong' if role == 'strong' else 'heading'}"
                ).rich_style,
            )
            for text, role in title_cells(self._plan(), self.sort)
        ]
        style = self.get_visual_style("column-titles--heading").rich_style
        return Strip(segments).adjust_cell_length(self.size.width, style)

    def on_click(self, event: Click) -> None:
        """Report the column that was clicked."""
        column = column_at(self._plan(), event.x)
        if column is not None and column.order is not None:
            event.stop()
            self.post_message(self.TitleClicked(column.name))
