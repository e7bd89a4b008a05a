"""Frame of the dialogs over the dashboard, and a list for use inside it."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click, Resize
from textual.widget import Widget
from textual.widgets import OptionList

from tui.ui.kit.keyboard.names import with_keys
from tui.ui.kit.pieces import Piece

_DOT = " · "
_CORNERS = 2
"""Cells of the border beside its text that the content of a dialog does not have, with the blanks there."""


class Dialog(Vertical):
    """Frame as high as its content, and never higher than the screen."""

    DEFAULT_CSS = """
    Dialog {
        width: 96%;
        height: auto;
        max-height: 96%;
        padding: 0 1;
        border: round $border;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $dim;
        background: $surface;
    }
    """

    def __init__(self, *children: Widget, id: str | None = None) -> None:
        super().__init__(*children, id=id)
        self._hints: tuple[str, ...] = ()

    def show_hints(self, *texts: str) -> None:
        """Show texts about one key each in the lower border: `Enter applies · Esc leaves`.

        Where there is no room for all, those before the last one give way; the last says how to leave.
        """
        self._hints = tuple(hint for hint in map(with_keys, texts) if hint)
        self._fit_hints()

    def on_resize(self, event: Resize) -> None:
        """Show the hints that fit the new width."""
        self._fit_hints()

    def _fit_hints(self) -> None:
        if self._hints:
            room = self.size.width - _CORNERS if self.size.width else None
            text = Content(fitting_hints(self._hints, room))
            # The library's type says str, its code takes content, which unlike a str is never markup.
            self.border_subtitle = text  # pyright: ignore[reportAttributeAccessIssue]


def fitting_hints(hints: Sequence[str], room: int | None) -> str:
    """Return the hints side by side in so many cells, the last one always; None for room without end."""
    fitting = list(hints)
    while len(fitting) > 1 and room is not None and cell_len(_DOT.join(fitting)) > room:
        del fitting[-2]
    return _DOT.join(fitting)


class PlainList(OptionList):
    """List without a border, with the highlight of the list of models."""

    DEFAULT_CSS = """
    PlainList {
        height: auto;
        padding: 0;
        border: none;
        background: transparent;
        scrollbar-size-vertical: 1;
        text-wrap: nowrap;

        &:focus { border: none; background-tint: transparent; }
        & > .option-list--option { padding: 0; }
        & > .option-list--option-hover { background: $boost; }
        &:focus > .option-list--option-highlighted {
            color: $foreground;
            background: $primary 24%;
            text-style: bold;
        }
        &:ansi:focus > .option-list--option-highlighted {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
        }
    }
    """


def ruled_title(title: Content) -> Content:
    """Return a title for the rule above a pane, which lacks the corners that keep a line off the text."""
    return Content(" ") + title + Content(" ")


class RowList(PlainList, inherit_bindings=False):
    """List whose rows are highlighted by a click and taken by a double click."""

    def on_click(self, event: Click) -> None:
        """Highlight the row, and take it at the second click."""
        event.prevent_default()
        index: int | None = event.style.meta.get("option")
        if index is None:
            return
        self.highlighted = index
        if event.chain == 2:
            self.action_select()


def content_of(line: Iterable[Piece]) -> Content:
    """Return a line of pieces as content; the roles of the pieces are Textual styles."""
    return Content.assemble(*((piece.text, piece.role) for piece in line))


def content_of_lines(lines: Iterable[Iterable[Piece]]) -> Content:
    """Return lines of pieces as content, one below the other."""
    return Content("\n").join(map(content_of, lines))
