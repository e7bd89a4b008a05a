"""Section of the screen of all gauges, as high as its lines."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.geometry import Size

from tui.i18n import _, ngettext
from tui.ui.gauges.history import LONG_SECONDS, PercentHistory, graph_lines
from tui.ui.gauges.thresholds import Threshold
from tui.ui.kit.cells import wrap
from tui.ui.kit.dialog import ruled_title
from tui.ui.kit.line_view import LineView
from tui.ui.kit.pieces import Line, Piece, spread

_SPANS = (1, 2, 5, round(LONG_SECONDS / 60))
"""Minutes that a graph can cover; a short history has a short time axis."""


class Sheet(LineView):
    """Frame with a title and lines; `build` returns the lines for a width in cells."""

    DEFAULT_CSS = """
    Sheet {
        height: auto;
        margin: 0 1 1 1;
        border-top: solid $pane-border;
        border-title-color: $foreground;
        border-title-style: bold;
    }
    Sheet.-empty { display: none; }
    """

    def __init__(self, title: str, build: Callable[[int], list[Line]], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = ruled_title(Content(title))
        self._build = build

    def lines(self, width: int, height: int) -> list[Line]:
        """Return all lines; their number is the height."""
        return self._build(width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines."""
        return len(self._build(width))

    def update(self) -> None:
        """Redraw the changed lines; if their number has changed, lay the section out again."""
        width, height = self.content_size
        lines = self._build(width or self.app.size.width)
        self.set_class(not lines, "-empty")
        if len(lines) != height:
            # The following resize draws them.
            self.refresh(layout=True)
        self.redraw(lines)


def history_lines(
    history: PercentHistory, width: int, rows: int, thresholds: Sequence[Threshold]
) -> list[Line]:
    """Return the graph of a percentage over the shortest of `_SPANS` that covers it, and a time axis."""
    minutes = next((span for span in _SPANS if history.covered_seconds <= 60 * span), _SPANS[-1])
    ago = ngettext("{count} minute ago", "{count} minutes ago", minutes).format(count=minutes)
    axis = spread([Piece(ago, "unit")], [Piece(_("now"), "unit")], width)
    return [*graph_lines(history.columns(2 * width, 60 * minutes), width, rows, thresholds), axis]


def sentence_lines(sentences: Sequence[str], width: int) -> list[Line]:
    """Return the sentences, wrapped to the width."""
    return [[Piece(row, "unit")] for sentence in sentences for row in wrap(sentence, width, 99)]
