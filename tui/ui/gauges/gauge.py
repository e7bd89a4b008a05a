"""Base class of the three gauges, and the text for unknown figures."""

from typing import Any, TypeVar

from textual.content import Content
from textual.reactive import reactive

from tui.hardware.machine import Machine
from tui.hardware.reading import Metric, Reading
from tui.i18n import _
from tui.services.sentences import sentence
from tui.text import clean
from tui.ui.kit.dialog import ruled_title
from tui.ui.kit.line_view import LineView
from tui.ui.kit.pieces import Line, Piece

T = TypeVar("T")

EXPANDED_ROWS = 3
"""Rows from which a gauge has its name in its border; a lower gauge has it in its first line."""


class Gauge(LineView):
    """Pane of a few lines that shows the newest reading.

    It has two lines and no border if it or an ancestor has the class `-compact`, or an ancestor has `-narrow`
    or `-short`. It has two more lines if an ancestor has `-high`.
    """

    SCOPED_CSS = False
    DEFAULT_CSS = """
    Gauge {
        width: 1fr;
        height: 4;
        margin: 0 2;
        border-top: solid $pane-border;
        border-title-color: $foreground;
        border-title-style: bold;
    }
    .-high Gauge { height: 6; }
    .-compact Gauge, .-narrow Gauge, .-short Gauge, Gauge.-compact {
        height: 2;
        margin: 0;
        padding: 0 1;
        border: none;
    }
    """

    reading: reactive[Reading | None] = reactive(None, repaint=False)
    """The newest reading; None before the first one."""
    machine: reactive[Machine | None] = reactive(None, repaint=False)
    """The machine that is measured; None until it is detected."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._facts: tuple[str, ...] = ()

    def title(self) -> tuple[str, str]:
        """Return the gauge's name, and the name of the measured part of the machine, cleaned."""
        raise NotImplementedError

    def facts(self) -> list[str]:
        """Return the lines of the tooltip: constant facts, and the reason for each unknown figure."""
        raise NotImplementedError

    def take(self, reading: Reading) -> None:
        """Add a new reading to the history."""

    def watch_reading(self, reading: Reading | None) -> None:
        """Add the reading to the history and draw it."""
        if reading is not None:
            self.take(reading)
        self.update()

    def watch_machine(self) -> None:
        """Show the name of the measured part in the border, and redraw."""
        name, part = self.title()
        self.border_title = ruled_title(
            Content.assemble(name, (f"  {part}" if part else "", "$dim not bold"))
        )
        self.update()

    def update(self) -> None:
        """Redraw the lines and the tooltip that have changed."""
        super().update()
        facts = (*self.facts(), _("A click shows the gauges in full"))
        if facts != self._facts:
            self._facts = facts
            self.tooltip = Content("\n".join(clean(fact) for fact in facts))


def unknown_lines(metric: Metric[T], label: str) -> list[str]:
    """Return a line with the label and the reason of an unknown metric; empty for a known one."""
    if metric.value is not None:
        return []
    return [f"{label}: {sentence(metric.reason)}" if metric.reason else label]


def unknowns_by_reason(*labelled_metrics: tuple[Metric[Any], str]) -> list[str]:
    """Return the labels of the unknown metrics, a line for each reason: `load, power: it is asleep`."""
    by_reason: dict[str | None, list[str]] = {}
    for metric, label in labelled_metrics:
        if metric.value is None:
            by_reason.setdefault(sentence(metric.reason) if metric.reason else None, []).append(label)
    return [
        f"{', '.join(labels)}: {reason}" if reason else ", ".join(labels)
        for reason, labels in by_reason.items()
    ]


def inline_title(name: str, height: int) -> Line:
    """Return the gauge's name as the start of its first line; empty if the border has it."""
    return [] if height >= EXPANDED_ROWS else [Piece(f"{name} ", "title")]
