"""What the three gauges share: when they redraw, how roles become colours, how they fold."""

from typing import ClassVar, TypeVar

from textual.content import Content
from textual.events import Resize
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.hardware.machine import Machine
from tui.hardware.reading import Metric, Reading
from tui.text import clean
from tui.ui.widgets.paint import Painter
from tui.ui.widgets.pieces import Line, Piece

T = TypeVar("T")

EXPANDED_ROWS = 3
"""A gauge with this many rows has its name in its border; a lower one writes it into its first line."""


class Gauge(Widget):
    """A pane of a few lines that follows the sampler's readings, and redraws only the lines that changed.

    It folds to two lines without a border when it or an ancestor has the class `-compact`, or an ancestor
    `-narrow` or `-short`.
    """

    SCOPED_CSS = False
    DEFAULT_CSS = """
    Gauge {
        width: 1fr;
        height: 5;
        padding: 0 1;
        border: round $pane-border;
        border-title-color: $foreground;
        border-title-style: bold;
    }
    .-compact Gauge, .-narrow Gauge, .-short Gauge, Gauge.-compact {
        height: 2;
        border: none;
    }
    Gauge > .gauge--low { color: $gauge-low; }
    Gauge > .gauge--mid { color: $gauge-mid; }
    Gauge > .gauge--high { color: $gauge-high; }
    Gauge > .gauge--critical { color: $gauge-critical; }
    Gauge > .gauge--mark { color: $gauge-mark; text-style: bold; }
    Gauge > .gauge--planned { color: $gauge-mark; }
    Gauge > .gauge--track { background: $gauge-track; }
    Gauge > .gauge--cap { color: $dim; }
    Gauge > .gauge--engine { color: $gauge-engine; }
    Gauge > .gauge--cache { color: $dim; }
    Gauge > .gauge--value { color: $foreground; }
    Gauge > .gauge--title { color: $foreground; text-style: bold; }
    Gauge > .gauge--unit { color: $dim; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "gauge--low",
        "gauge--mid",
        "gauge--high",
        "gauge--critical",
        "gauge--mark",
        "gauge--planned",
        "gauge--track",
        "gauge--cap",
        "gauge--engine",
        "gauge--cache",
        "gauge--value",
        "gauge--title",
        "gauge--unit",
    }

    reading: reactive[Reading | None] = reactive(None, repaint=False)
    """The newest reading; None before the first."""
    machine: reactive[Machine | None] = reactive(None, repaint=False)
    """What is measured; None until it is known."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[Line] = []
        self._facts: tuple[str, ...] = ()
        self._painter = Painter(self, "gauge")

    def lines(self, width: int, height: int) -> list[Line]:
        """What the gauge shows in `width` by `height` cells."""
        raise NotImplementedError

    def title(self) -> tuple[str, str]:
        """The gauge's name, and what of the machine it is about; external text is cleaned by the caller."""
        raise NotImplementedError

    def facts(self) -> list[str]:
        """Lines of the tooltip: what does not change from tick to tick, and why anything is unknown."""
        raise NotImplementedError

    def take(self, reading: Reading) -> None:
        """Keep what a new reading adds to the past; most gauges have none."""

    def watch_reading(self, reading: Reading | None) -> None:
        """A tick."""
        if reading is not None:
            self.take(reading)
        self.update()

    def watch_machine(self) -> None:
        """Another machine, or the first one."""
        name, about = self.title()
        self.border_title = Content.assemble(name, (f"  {about}" if about else "", "$dim not bold"))
        self.update()

    def update(self) -> None:
        """Build the lines anew and redraw those that differ."""
        width, height = self.content_size
        if width < 1 or height < 1:
            return
        lines = self.lines(width, height)[:height]
        lines += [[] for _row in range(height - len(lines))]
        before, self._lines = self._lines, lines
        changed = [
            Region(0, row, width, 1)
            for row, line in enumerate(lines)
            if row >= len(before) or line != before[row]
        ]
        if changed:
            self.refresh(*changed)
        facts = tuple(self.facts())
        if facts != self._facts:
            self._facts = facts
            self.tooltip = Content("\n".join(clean(fact) for fact in facts)) if facts else None

    def notify_style_update(self) -> None:
        """Another theme."""
        self._painter.forget()
        super().notify_style_update()

    def on_resize(self, _event: Resize) -> None:
        """Another size is another layout."""
        self._lines = []
        self.update()

    def render_line(self, y: int) -> Strip:
        """One line of the content, in the theme's colours."""
        return self._painter.paint(self._lines[y] if y < len(self._lines) else [])


def reason_of(metric: Metric[T], what: str) -> list[str]:
    """For the tooltip: what could not be read and why; nothing when it was read."""
    if metric.value is not None:
        return []
    return [f"{what}: {metric.reason}" if metric.reason else what]


def named(name: str, height: int) -> Line:
    """The gauge's name as the start of its first line, where there is no border to hold it."""
    return [] if height >= EXPANDED_ROWS else [Piece(f"{name} ", "title")]
