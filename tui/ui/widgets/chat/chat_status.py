"""What the chat costs, in two lines whose fields do not move: speed and first token, memory and pressure."""

from typing import NamedTuple

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.engine.protocol import Metrics
from tui.i18n import _
from tui.units import UNKNOWN, format_bytes, format_duration, format_rate


class Field(NamedTuple):
    """A value with its label, in a fixed number of cells."""

    label: str
    value: str
    width: int
    """Cells of the value, right-aligned, so that its neighbours stay where they are."""
    rank: int
    """Which fields go first when the line is too narrow: the highest."""

    def content(self) -> Content:
        """The label dim, the value plain."""
        label = f"{self.label} " if self.label else ""
        return Content.assemble((label, "dim"), self.value.rjust(self.width))


def fit_fields(fields: list[Field], width: int) -> Content:
    """The fields in order with dots between them, without the least important ones where `width` is short."""
    kept = list(fields)
    while True:
        line = Content(" · ").stylize("dim").join([field.content() for field in kept])
        if line.cell_length <= width or len(kept) == 1:
            return line
        kept.remove(max(kept, key=lambda field: field.rank))


class ChatStatus(Widget):
    """Figures of the reply being written, or of the last one. None is drawn as n/a."""

    DEFAULT_CSS = """
    ChatStatus {
        height: 2;
        width: 1fr;
        padding: 0 1;
        color: $foreground;
    }
    """

    tokens_per_second: reactive[float | None] = reactive[float | None](None)
    """Generation speed."""
    first_token_seconds: reactive[float | None] = reactive[float | None](None)
    """From the question to the first token."""
    engine_bytes: reactive[int | None] = reactive[int | None](None)
    """Resident size of the engine's process; None while none runs."""
    pressure: reactive[str | None] = reactive[str | None](None)
    """How hard the system looks for memory, in a word: `low`, `medium`, `high`."""

    def show(self, metrics: Metrics) -> None:
        """Take the figures of a reply that is finished."""
        self.tokens_per_second = metrics.generation_tps
        self.first_token_seconds = metrics.first_token_seconds

    def first_line(self, width: int) -> Content:
        """Speed and time to first token, in that many cells."""
        return fit_fields(
            [
                Field("", format_rate(self.tokens_per_second), 11, 0),
                Field(_("first token"), format_duration(self.first_token_seconds), 6, 1),
            ],
            width,
        )

    def second_line(self, width: int) -> Content:
        """Engine memory and memory pressure, in that many cells."""
        return fit_fields(
            [
                Field(_("engine"), format_bytes(self.engine_bytes), 8, 0),
                Field(_("pressure"), self.pressure or UNKNOWN, 0, 1),
            ],
            width,
        )

    def render(self) -> Content:
        """Both lines."""
        width = self.content_size.width
        return Content("\n").join([self.first_line(width), self.second_line(width)])
