"""Widget made of lines of pieces, which redraws only the lines that changed."""

from typing import ClassVar

from textual.events import Resize
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.kit.painter import Painter
from tui.ui.kit.pieces import Line


class LineView(Widget):
    """Widget that draws its `lines` in the colours of the gauges."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    LineView > .gauge--low { color: $gauge-low; }
    LineView > .gauge--mid { color: $gauge-mid; }
    LineView > .gauge--high { color: $gauge-high; }
    LineView > .gauge--critical { color: $gauge-critical; }
    LineView > .gauge--calm { color: $gauge-calm; }
    LineView > .gauge--busy { color: $gauge-busy; }
    LineView > .gauge--mark { color: $gauge-mark; text-style: bold; }
    LineView > .gauge--planned { color: $gauge-mark; }
    LineView > .gauge--ceiling { color: $gauge-mark; }
    LineView > .gauge--track { background: $gauge-track; }
    LineView > .gauge--cap { color: $dim; }
    LineView > .gauge--engine { color: $gauge-engine; }
    LineView > .gauge--weights { color: $part-weights; }
    LineView > .gauge--kv { color: $part-kv; }
    LineView > .gauge--compute { color: $part-compute; }
    LineView > .gauge--process { color: $part-process; }
    LineView > .gauge--cache { color: $dim; }
    LineView > .gauge--value { color: $foreground; }
    LineView > .gauge--title { color: $foreground; text-style: bold; }
    LineView > .gauge--unit { color: $dim; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "gauge--low",
        "gauge--mid",
        "gauge--high",
        "gauge--critical",
        "gauge--calm",
        "gauge--busy",
        "gauge--mark",
        "gauge--planned",
        "gauge--ceiling",
        "gauge--track",
        "gauge--cap",
        "gauge--engine",
        "gauge--weights",
        "gauge--kv",
        "gauge--compute",
        "gauge--process",
        "gauge--cache",
        "gauge--value",
        "gauge--title",
        "gauge--unit",
    }

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[Line] = []
        self._painter = Painter(self, "gauge")

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the lines to show in `width` by `height` cells."""
        raise NotImplementedError

    def update(self) -> None:
        """Build the lines again, and redraw those that differ."""
        width, height = self.content_size
        if width >= 1 and height >= 1:
            self.redraw(self.lines(width, height))

    def redraw(self, lines: list[Line]) -> None:
        """Redraw the lines that differ from those on the screen."""
        width, height = self.content_size
        lines = lines[:height]
        lines += [[] for _row in range(height - len(lines))]
        old_lines, self._lines = self._lines, lines
        changed = [
            Region(0, row, width, 1)
            for row, line in enumerate(lines)
            if row >= len(old_lines) or line != old_lines[row]
        ]
        if changed:
            self.refresh(*changed)

    def notify_style_update(self) -> None:
        """Drop the styles of the old theme."""
        self._painter.forget()
        super().notify_style_update()

    def on_resize(self, _event: Resize) -> None:
        """Draw all lines for the new size."""
        self._lines = []
        self.update()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the content in the theme's colours."""
        return self._painter.paint(self._lines[y] if y < len(self._lines) else [])
