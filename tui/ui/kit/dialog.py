"""Frame of the dialogs over the dashboard, and a list for use inside it."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

from collections.abc import Iterable, Mapping, Sequence

from rich.cells import cell_len
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click, Resize
from textual.widget import Widget
from textual.widgets import OptionList

from tui.ui.kit.keyboard.names import key_at_start, with_keys
from tui.ui.kit.pieces import Piece

_DOT = " · "
_CORNERS = 2
"""Cells of the border beside its text that the content of a dialog does not have, with the blanks there."""
_AIRY_ROWS = 30
"""Rows of a screen from which a dialog has a blank row above its text and below it."""


class Dialog(Vertical):
    """Frame as high as its content, and never higher than the screen."""

    DEFAULT_CSS = """
    Dialog {
        width: 96%;
        height: auto;
        max-height: 96%;
        padding: 0 2;
        border: round $border;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $dim;
        background: $surface;

        &.-airy { padding: 1 2; }
    }
    """

    def __init__(self, *children: Widget, id: str | None = None) -> None:
        super().__init__(*children, id=id)
        self._hints: tuple[str, ...] = ()
        self._keys: Mapping[str, str] = {}
        """The key that each hint begins with; empty where it begins with another word."""

    def show_hints(self, *texts: str) -> None:
        """Show texts about one key each in the lower border: `Enter applies · Esc leaves`.

        Where there is no room for all, those before the last one give way; the last says how to leave.
        """
        named = [(with_keys(text), key_at_start(text)) for text in texts]
        self._hints = tuple(hint for hint, _key in named if hint)
        self._keys = dict(named)
        self._fit_hints()

    def on_resize(self, event: Resize) -> None:
        """Show the hints that fit the new width, with room around the text where the window has some."""
        self._choose_padding()
        self._fit_hints()

    def on_mount(self) -> None:
        """Leave room around the text where there is some."""
        self._choose_padding()

    def _choose_padding(self) -> None:
        self.set_class(self.app.size.height >= _AIRY_ROWS, "-airy")

    def _fit_hints(self) -> None:
        if self._hints:
            room = self.size.width - _CORNERS if self.size.width else None
            text = Content(_DOT).join(
                Content(hint).stylize("bold $footer-key-foreground", 0, len(self._keys[hint]))
                for hint in fitting_hints(self._hints, room)
            )
            # The library's type says str, its code takes content, which unlike a str is never markup.
            self.border_subtitle = text  # pyright: ignore[reportAttributeAccessIssue]


def fitting_hints(hints: Sequence[str], room: int | None) -> Sequence[str]:
    """Return the hints that fit side by side in so many cells, the last one always; None for any room."""
    fitting = list(hints)
    while len(fitting) > 1 and room is not None and cell_len(_DOT.join(fitting)) > room:
        del fitting[-2]
    return fitting


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
