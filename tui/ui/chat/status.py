"""Figures below the chat, those that are known: speed, first token, engine memory, and memory pressure."""

from textual.content import Content
from textual.reactive import reactive

from tui.engine.reply_metrics import ReplyMetrics
from tui.i18n import _
from tui.sentences import Reason
from tui.ui.gauges.memory.pressure import Pressure
from tui.ui.gauges.thresholds import PRESSURE
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.line_view import LineView
from tui.ui.kit.pieces import Line, Piece, join_fitting
from tui.units import format_bytes, format_duration, format_rate


def field(label: str, value: str, width: int = 0, role: str = "value") -> Line:
    """Return a dim label and a value in at least `width` cells, so that the fields after it stay in place."""
    label_pieces = [Piece(f"{label} ", "unit")] if label else []
    return [*label_pieces, Piece(value.ljust(width), role)]


def joined_fields(fields: list[Line], width: int) -> Line:
    """Return the fields with dots between them; the last ones are left out if `width` is too small."""
    dotted = [line if number == 0 else [Piece("· ", "unit"), *line] for number, line in enumerate(fields)]
    return join_fitting(dotted, width, gap=" ")


class ChatStatus(LineView):
    """Line of the known figures of the open reply or of the last one; hidden while none is known.

    They change several times a second while a reply is written, so the line is drawn only where it changed.
    """

    DEFAULT_CSS = """
    ChatStatus {
        display: none;
        height: 1;
        width: 1fr;
        padding: 0 1;
        color: $foreground;
        &.-known { display: block; }
    }
    """

    tokens_per_second: reactive[float | None] = reactive[float | None](None, repaint=False)
    """Generation speed."""
    first_token_seconds: reactive[float | None] = reactive[float | None](None, repaint=False)
    """Seconds from the question to the first token."""
    engine_bytes: reactive[int | None] = reactive[int | None](None, repaint=False)
    """Resident size of the engine's process; None while none runs."""
    engine_unknown: reactive[Reason | None] = reactive[Reason | None](None, repaint=False)
    """Reason why the place of the loaded model cannot tell its memory; None where it can."""
    pressure: reactive[Pressure | None] = reactive[Pressure | None](None, repaint=False)
    """The system's memory pressure, shown while it is not low; None for unknown."""

    def show(self, metrics: ReplyMetrics) -> None:
        """Show the figures of a reply that is finished."""
        self.tokens_per_second = metrics.generation_tps
        self.first_token_seconds = metrics.first_token_seconds

    def figures(self) -> list[Line]:
        """Return the known figures, the most important first."""
        known: list[Line] = []
        if self.tokens_per_second is not None:
            known.append(field("", format_rate(self.tokens_per_second), 11))
        if self.first_token_seconds is not None:
            known.append(field(_("first token"), format_duration(self.first_token_seconds), 6))
        if self.pressure is not None and self.pressure.level != PRESSURE[0].name:
            known.append(field(_("pressure"), self.pressure.word, role=self.pressure.role))
        if self.engine_bytes is not None:
            known.append(field(_("engine"), format_bytes(self.engine_bytes), 8))
        return known

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the line of figures, as many as fit."""
        figures = self.figures()
        return [joined_fields(figures, width)] if figures else []

    def update(self) -> None:
        """Draw the figures that changed; hide the line while there are none."""
        self.set_class(bool(self.figures()), "-known")
        super().update()

    def watch_tokens_per_second(self) -> None:
        """Draw the figure."""
        self.update()

    def watch_first_token_seconds(self) -> None:
        """Draw the figure."""
        self.update()

    def watch_engine_bytes(self) -> None:
        """Draw the figure."""
        self.update()

    def watch_engine_unknown(self, why: Reason | None) -> None:
        """Explain the missing size on hovering."""
        engine = _("engine n/a: {reason}").format(reason=sentence_with_keys(why))
        self.tooltip = Content(engine) if why is not None else None

    def watch_pressure(self) -> None:
        """Draw the word."""
        self.update()
