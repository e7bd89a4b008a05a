"""Detail pane: the verdict on the highlighted model with its reason, its memory, and its facts."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive
from textual.widgets import Static

from tui.fit.verdict import Fit
from tui.i18n import _
from tui.models.model import Model
from tui.ui.gauges.stacked_bar import StackedBar
from tui.ui.kit.dialog import content_of_lines, ruled_title
from tui.ui.kit.pieces import Piece
from tui.ui.models.detail_lines import DetailLine, choose_lines, detail_lines, empty_lines


class ModelDetail(Vertical):
    """Detail of one model. In a low pane, the least important lines are left out."""

    DEFAULT_CSS = """
    ModelDetail {
        height: auto;
        padding: 0 2;
        border-top: solid $pane-border;
        border-title-color: $foreground;
        border-title-style: bold;
        overflow: hidden;

        & > Static { height: auto; }
    }
    """

    model: reactive[Model | None] = reactive(None, repaint=False)
    """The highlighted model; None to show the purpose of the pane."""
    fit: reactive[Fit | None] = reactive(None, repaint=False)
    """The verdict on the model; None while it is being sized."""
    measured_bytes: reactive[int | None] = reactive(None, repaint=False)
    """Resident size of the engine's process with this model; None if the model is not loaded."""
    measured_parts: reactive[tuple[int, int] | None] = reactive(None, repaint=False)
    """Private bytes of the engine's process, and bytes mapped from files; None if unknown."""
    capacity: reactive[int | None] = reactive(None, repaint=False)
    """Capacity in bytes that the bar is scaled to if the fit names no pool."""
    loaded: reactive[bool] = reactive(False, repaint=False)
    """True if this model is in the engine."""

    hint: reactive[tuple[str, ...]] = reactive((), repaint=False)
    """Hint on how to make the model fit, as fields of one line; empty for none."""

    advises_download: reactive[bool] = reactive(True, repaint=False)
    """False while no model can be downloaded."""

    last_used: reactive[float | None] = reactive(None, repaint=False)
    """Time at which llmtui loaded the model last, in seconds since 1970; None for never."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = ruled_title(Content(_("Detail")))  # pyright: ignore[reportAttributeAccessIssue]
        self._drawn: dict[str, tuple[tuple[Piece, ...], ...]] = {}

    def compose(self) -> ComposeResult:
        """Lay out the text above the bar, the bar, and the text below it."""
        yield Static(id="detail-head", markup=False)
        yield StackedBar()
        yield Static(id="detail-body", markup=False)

    def on_resize(self, event: Resize) -> None:
        """Draw the lines that fit the new size."""
        self._draw()

    def watch_model(self) -> None:
        """Redraw."""
        self._draw()

    def watch_fit(self) -> None:
        """Redraw."""
        self._draw()

    def watch_measured_bytes(self) -> None:
        """Redraw."""
        self._draw()

    def watch_measured_parts(self) -> None:
        """Redraw."""
        self._draw()

    def watch_capacity(self) -> None:
        """Redraw."""
        self._draw()

    def watch_loaded(self) -> None:
        """Redraw."""
        self._draw()

    def watch_hint(self) -> None:
        """Redraw."""
        self._draw()

    def watch_advises_download(self) -> None:
        """Redraw."""
        self._draw()

    def watch_last_used(self) -> None:
        """Redraw."""
        self._draw()

    def _draw(self) -> None:
        width, height = self.content_size
        if width < 1 or height < 1:
            return
        bar = self.query_one(StackedBar)
        lines = choose_lines(self._lines(width), height)
        self._show("#detail-head", [line for line in lines if line.place == "head"])
        self._show("#detail-body", [line for line in lines if line.place == "body"])
        rows = sum(line.place == "bar" for line in lines)
        bar.display = rows > 0
        bar.styles.height = rows
        fit = self.fit
        bar.footprint = fit.footprint if fit is not None else None
        bar.capacity = fit.pool.capacity_bytes if fit is not None and fit.pool is not None else self.capacity

    def _lines(self, width: int) -> list[DetailLine]:
        if self.model is None:
            return empty_lines(width)
        return detail_lines(
            self.model,
            self.fit,
            self.measured_bytes,
            self.loaded,
            width,
            self.advises_download,
            self.hint,
            self.measured_parts,
            self.last_used,
        )

    def _show(self, selector: str, lines: Sequence[DetailLine]) -> None:
        pieces = tuple(line.pieces for line in lines)
        # While a model is loaded, this runs at every reading, and each update lays out the whole screen.
        if pieces != self._drawn.get(selector):
            self._drawn[selector] = pieces
            static = self.query_one(selector, Static)
            static.display = bool(lines)
            static.update(content_of_lines(pieces))
