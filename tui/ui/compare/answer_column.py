"""One model's answer in a comparison, with what it cost and what its check says below it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from tui.chat.comparing.comparison import AnswerCell, Comparison, ModelSide
from tui.i18n import _
from tui.services.comparing.words import score_text
from tui.text import clean
from tui.ui.compare.lines import foot_lines
from tui.ui.kit.cells import middle_cut
from tui.ui.kit.dialog import content_of_lines

_FRAME = 6
"""Cells of a border and of what stands around a title in it."""


class AnswerColumn(Vertical):
    """Shows a cell; told of another one, it draws only what differs."""

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    AnswerColumn {
        width: 1fr;
        height: 1fr;
        border: round $pane-border;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $dim;

        &:focus-within { border: round $border; }
        & > VerticalScroll { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
        & .answer-text { height: auto; }
        & > .answer-foot { height: auto; max-height: 6; padding: 0 1; margin-top: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._label = ""
        self._drawn: tuple[AnswerCell, str, tuple[str, int]] | None = None

    def compose(self) -> ComposeResult:
        """Show the answer, which scrolls, and its foot, which stays."""
        with VerticalScroll():
            yield Static(classes="answer-text", markup=False)
        yield Static(classes="answer-foot", markup=False)

    @property
    def scroll(self) -> VerticalScroll:
        """The part that scrolls."""
        return self.query_one(VerticalScroll)

    def on_resize(self, _event: Resize) -> None:
        """Cut the name to the new width."""
        self._show_label()

    def _show_label(self) -> None:
        # As content, since a name of a file is never markup.
        title = middle_cut(self._label, max(8, self.size.width - _FRAME))
        self.border_title = Content(title)  # pyright: ignore[reportAttributeAccessIssue]

    def show(self, comparison: Comparison, side: ModelSide, number: int) -> None:
        """Show a model's answer to a prompt."""
        cell = side.cells[number]
        self._label = side.label
        self._show_label()
        self.border_subtitle = score_text(side)
        drawing = (cell, comparison.ended, (side.label, number))
        if drawing == self._drawn:
            return
        last_drawing, self._drawn = self._drawn, drawing
        self.query_one(".answer-text", Static).update(_answer(cell))
        foot = content_of_lines(foot_lines(comparison, side, cell))
        self.query_one(".answer-foot", Static).update(foot)
        if last_drawing is None or last_drawing[2] != drawing[2]:
            self.scroll.scroll_home(animate=False)
        elif cell.state == "answering":
            self.scroll.scroll_end(animate=False)


def _answer(cell: AnswerCell) -> Content:
    text = clean(cell.text).strip("\n")
    if cell.thinking and not text.strip():
        return Content.styled(_("Thinking…") + "\n" + clean(cell.thinking), "$dim")
    return Content(text)
