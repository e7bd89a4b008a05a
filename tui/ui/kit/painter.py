"""Painter that turns a line of pieces into a strip in the theme's colours."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.kit.pieces import Line


class Painter:
    """Painter of a widget's lines, which caches the styles of the roles until the style sheet changes.

    Textual empties its own cache of styles at every refresh, which for a gauge is every tick.
    """

    def __init__(self, widget: Widget, prefix: str) -> None:
        """Take the style of role `low` from the widget's component class `prefix--low`."""
        self._widget = widget
        self._prefix = prefix
        self._styles: dict[str, Style] = {}

    def forget(self) -> None:
        """Drop the cached styles; called from the widget's `notify_style_update`."""
        self._styles.clear()

    def paint(self, line: Line) -> Strip:
        """Return the line as a strip across the widget's content."""
        base = self._widget.visual_style.rich_style
        segments = [Segment(text, base + self._style(role) if role else base) for text, role in line]
        return Strip(segments).adjust_cell_length(self._widget.content_size.width, base)

    def _style(self, role: str) -> Style:
        style = self._styles.get(role)
        if style is None:
            style = Style()
            # Only partial styles can be combined: a full style's own colour hides the others.
            for name in role.split():
                style += self._widget.get_component_styles(f"{self._prefix}--{name}").partial_rich_style
            self._styles[role] = style
        return style
