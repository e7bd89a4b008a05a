"""Status of the chat in two lines: speed and first token, engine memory and memory pressure."""

from textual.content import Content
from textual.reactive import reactive

from tui.engine.reply_metrics import ReplyMetrics
from tui.i18n import _
from tui.sentences import Reason
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.line_view import LineView
from tui.ui.kit.pieces import Line, Piece, join_fitting
from tui.units import UNKNOWN, format_bytes, format_duration, format_rate


def field(label: str, value: str, width: int = 0) -> Line:
    """Return a dim label and a value that is right-aligned in `width` cells, so that it has a fixed place."""
    label_pieces = [Piece(f"{label} ", "unit")] if label else []
    return [*label_pieces, Piece(value.rjust(width), "value")]


def joined_fields(fields: list[Line], width: int) -> Line:
    """Return the fields with dots between them; the last ones are left out if `width` is too small."""
    dotted = [fields[0], *([Piece("· ", "unit"), *line] for line in fields[1:])]
    return join_fitting(dotted, width, gap=" ")


class ChatStatus(LineView):
    """Figures of the open reply or of the last one; None is drawn as n/a.

    They change several times a second while a reply is written, so only changed lines are drawn.
    """

    DEFAULT_CSS = """
    ChatStatus {
        height: 2;
        width: 1fr;
        padding: 0 1;
        color: $foreground;
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
    pressure: reactive[str | None] = reactive[str | None](None, repaint=False)
    """Name of the system's memory pressure level: `low`, `some`, `high`; None for unknown."""

    def show(self, metrics: ReplyMetrics) -> None:
        """Show the figures of a reply that is finished."""
        self.tokens_per_second = metrics.generation_tps
        self.first_token_seconds = metrics.first_token_seconds

    def first_line(self, width: int) -> Line:
        """Return the speed and the time to the first token, in `width` cells."""
        return joined_fields(
            [
                field("", format_rate(self.tokens_per_second), 11),
                field(_("first token"), format_duration(self.first_token_seconds), 6),
            ],
            width,
        )

    def second_line(self, width: int) -> Line:
        """Return engine memory and memory pressure, in `width` cells."""
        return joined_fields(
            [
                field(_("engine"), format_bytes(self.engine_bytes), 8),
                field(_("pressure"), self.pressure or UNKNOWN),
            ],
            width,
        )

    def lines(self, width: int, height: int) -> list[Line]:
        """Return both lines."""
        return [self.first_line(width), self.second_line(width)]

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
