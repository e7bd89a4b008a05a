"""Rows of the list of models, of which only the visible lines are drawn."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeAlias

import msgspec
from rich.cells import cell_len
from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual.events import Click, Leave, MouseMove, Resize
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.fit.verdict import Fit
from tui.models.model import Model
from tui.services.model_columns import VERDICT
from tui.text import clean
from tui.ui.kit.cells import end_cut, wrap
from tui.ui.models.column_layout import ColumnPlan, ColumnWidths, Role, plan_columns, row_cells

FOLDED = "▸"
"""Before the heading of a group that shows its heading alone."""
_RULE = "─"


class GroupHeading(msgspec.Struct, frozen=True):
    """Heading of a group of models, a thin line with its title."""

    name: str
    """Name of the group."""
    title: str
    count: int
    """Number of its models."""
    hint: str = ""
    """Text that says how it is opened; empty for a group that is open."""
    can_fold: bool = False
    """True for a group that can be folded."""

    @property
    def is_folded(self) -> bool:
        """True for a group that shows its heading alone."""
        return bool(self.hint)


RowContent: TypeAlias = Model | GroupHeading
"""A line of the list."""


def heading_text(heading: GroupHeading, width: int) -> str:
    """Return a heading in exactly `width` cells: a thin line with the title, and the number of models."""
    sign = FOLDED if heading.is_folded else _RULE
    count = f" {heading.count}" + (f" · {heading.hint}" if heading.hint else "") + " "
    start = end_cut(f" {sign} {heading.title} ", max(0, width - cell_len(count) - 1))
    return start + _RULE * max(0, width - cell_len(start) - cell_len(count)) + count


class ModelRows(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of models, one of them highlighted; clicks are reported to the list around them."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "model-rows--highlighted",
        "model-rows--hover",
        "model-rows--plain",
        "model-rows--dim",
        "model-rows--strong",
        "model-rows--loaded",
        "model-rows--fit-fits",
        "model-rows--fit-tight",
        "model-rows--fit-split",
        "model-rows--fit-elsewhere",
        "model-rows--fit-too-big",
        "model-rows--fit-unknown",
        "model-rows--pace-fast",
        "model-rows--pace-readable",
        "model-rows--pace-slow",
        "model-rows--heading",
    }
    DEFAULT_CSS = """
    ModelRows {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        background: transparent;

        & > .model-rows--dim { color: $dim; }
        & > .model-rows--strong { text-style: bold; }
        & > .model-rows--loaded { color: $text-accent; text-style: bold; }
        & > .model-rows--fit-fits { color: $fit-fits; }
        & > .model-rows--fit-tight { color: $fit-tight; }
        & > .model-rows--fit-split { color: $fit-split; }
        & > .model-rows--fit-elsewhere { color: $fit-elsewhere; }
        & > .model-rows--fit-too-big { color: $fit-too-big; }
        & > .model-rows--fit-unknown { color: $fit-unknown; }
        & > .model-rows--pace-fast { color: $fit-fits; }
        & > .model-rows--pace-readable { color: $foreground; }
        & > .model-rows--pace-slow { color: $fit-tight; }
        & > .model-rows--heading { color: $dim; }
        & > .model-rows--hover { background: $boost; }
        & > .model-rows--highlighted { background: $primary 10%; }
        &:focus > .model-rows--highlighted { background: $primary 24%; text-style: bold; }
        &:ansi > .model-rows--highlighted { background: transparent; text-style: underline; }
        &:ansi:focus > .model-rows--highlighted { text-style: reverse; }
    }
    """

    highlighted: reactive[int | None] = reactive(None, repaint=False)
    """Index of the highlighted row; None if there is no row."""
    hovered: reactive[int | None] = reactive(None, repaint=False)
    """Index of the row under the mouse; None for none."""
    loaded_key: reactive[str | None] = reactive(None)
    """Key of the model in the engine."""
    marked: reactive[frozenset[str]] = reactive(frozenset[str]())
    """Keys of the marked models, which have a sign."""
    sort: reactive[str] = reactive(VERDICT)
    """Name of the column that the rows are sorted by, which is shown at every width."""
    chosen_columns: reactive[tuple[str, ...]] = reactive(())
    """Names of the only columns to show, the most wanted first; empty for those that fit."""

    class PlanChanged(Message):
        """The columns may be others, or have other widths."""

    class RowClicked(Message):
        """The user clicked a row."""

        def __init__(self, index: int, *, is_double: bool) -> None:
            super().__init__()
            self.index = index
            self.is_double = is_double

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[RowContent] = ()
        self._widths = ColumnWidths(())
        self._fits: Mapping[str, Fit] = {}
        self._empty_text = ""
        self._columns: ColumnPlan | None = None

    @property
    def plan(self) -> ColumnPlan:
        """The columns that fit the width."""
        # Without the scroll bar, unlike `size`.
        width = self.scrollable_content_region.width
        if self._columns is None or self._columns.width != width:
            self._columns = plan_columns(self._widths, width, sort=self.sort, chosen=self.chosen_columns)
        return self._columns

    @property
    def keys_in_sight(self) -> Sequence[str]:
        """Keys of the models whose rows are drawn, from top to bottom."""
        top = self.scroll_offset.y
        lines = self._lines[top : top + self.size.height]
        return [line.key for line in lines if isinstance(line, Model)]

    def measure(self, models: Sequence[Model]) -> None:
        """Make the columns as wide as these models need, whichever of them are shown later."""
        self._widths = ColumnWidths(models)
        self._plan_again()

    def show_rows(self, lines: Sequence[RowContent], fits: Mapping[str, Fit], empty_text: str) -> None:
        """Draw these lines in this order; without lines, draw the text."""
        self._lines, self._fits, self._empty_text = lines, fits, empty_text
        self.virtual_size = Size(1, len(lines))
        self.hovered = None
        self.refresh()

    def show_fits(self, fits: Mapping[str, Fit]) -> None:
        """Show other fits for the same models; only rows that change are drawn again."""
        old_fits, self._fits = self._fits, fits
        top = self.scroll_offset.y
        for index in range(top, min(top + self.size.height, len(self._lines))):
            line = self._lines[index]
            if isinstance(line, Model) and old_fits.get(line.key) != fits.get(line.key):
                self.refresh_line(index)

    def place_highlight(self, index: int | None, line: int | None = None) -> None:
        """Highlight a row and scroll to it; if possible, it is drawn on this line of the widget."""
        self.highlighted = index
        if index is None or not self.size.height:
            return
        if line is not None:
            self.scroll_to(y=index - line, animate=False, force=True)
        self.show_highlight()

    def show_highlight(self) -> None:
        """Scroll by the least number of rows that brings the highlighted row into view."""
        index, top, height = self.highlighted, self.scroll_offset.y, self.size.height
        if index is None or not height:
            return
        # With the heading over the first model of a group.
        first = (
            index - 1 if index and isinstance(self._lines[index - 1], GroupHeading) and height > 1 else index
        )
        if first < top:
            self.scroll_to(y=first, animate=False, force=True)
        elif index >= top + height:
            self.scroll_to(y=index - height + 1, animate=False, force=True)

    def watch_highlighted(self, old_index: int | None, new_index: int | None) -> None:
        """Redraw the two rows that change."""
        self._refresh_rows(old_index, new_index)

    def watch_hovered(self, old_index: int | None, new_index: int | None) -> None:
        """Redraw the two rows that change."""
        self._refresh_rows(old_index, new_index)

    def watch_sort(self) -> None:
        """Lay the columns out again: the sorted one has to be among them."""
        self._plan_again()

    def watch_chosen_columns(self) -> None:
        """Lay the columns out again."""
        self._plan_again()

    def _plan_again(self) -> None:
        self._columns = None
        self.post_message(self.PlanChanged())
        self.refresh()

    def _refresh_rows(self, *indices: int | None) -> None:
        for index in indices:
            if index is not None:
                self.refresh_line(index)

    def _row_at(self, y: int) -> int | None:
        index = y + self.scroll_offset.y
        return index if 0 <= index < len(self._lines) else None

    def on_resize(self, event: Resize) -> None:
        """Lay the columns out for the new width, and keep the highlight in view."""
        self._plan_again()
        self.show_highlight()

    def on_click(self, event: Click) -> None:
        """Report the row that was clicked."""
        index = self._row_at(event.y)
        if index is not None:
            event.stop()
            self.post_message(self.RowClicked(index, is_double=event.chain == 2))

    def on_mouse_move(self, event: MouseMove) -> None:
        """Show the row under the mouse."""
        self.hovered = self._row_at(event.y)

    def on_leave(self, event: Leave) -> None:
        """Show no row under the mouse."""
        self.hovered = None

    def render(self) -> RenderableType:
        """Return nothing: `render_line` draws the lines."""
        return ""

    def render_line(self, y: int) -> Strip:
        """Return line `y` of the visible part."""
        plan = self.plan
        width = plan.width
        index = self._row_at(y)
        if index is None:
            return self._empty_line(y, width)
        content = self._lines[index]
        if isinstance(content, GroupHeading):
            return Strip([Segment(heading_text(content, width), self._style(index, "heading"))])
        loaded = content.key == self.loaded_key
        fit, marked = self._fits.get(content.key), content.key in self.marked
        cells = row_cells(content, fit, loaded, plan, marked=marked)
        segments = [Segment(text, self._style(index, role)) for text, role in cells]
        return Strip(segments).adjust_cell_length(width, self._style(index, "plain"))

    def _style(self, index: int, role: Role) -> Style:
        if index == self.highlighted:
            # A visual style leaves out `reverse`, the only cursor in a theme of the terminal's own colours.
            reverse = self.get_component_styles("model-rows--highlighted").text_style.reverse
            # Dim text could not be read on the colour of the cursor, and a reversed colour would be a patch.
            shown_role = "plain" if reverse or role in ("dim", "heading") else role
            style = self.get_visual_style("model-rows--highlighted", f"model-rows--{shown_role}").rich_style
            return style + Style(reverse=True) if reverse else style
        if index == self.hovered:
            return self.get_visual_style("model-rows--hover", f"model-rows--{role}").rich_style
        return self.get_visual_style(f"model-rows--{role}").rich_style

    def _empty_line(self, y: int, width: int) -> Strip:
        style = self.get_visual_style("model-rows--dim").rich_style
        if self._lines or width < 4:
            return Strip.blank(width, style)
        lines = [
            line
            for paragraph in clean(self._empty_text).splitlines()
            for line in wrap(paragraph, width - 2, self.size.height)
        ]
        text = f" {lines[y]}" if y < len(lines) else ""
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)
