"""Painter of lines: pieces to a strip in the theme's colours."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.kit.pieces import Line


class Painter:
    """Paints a widget's lines; keeps the styles of its roles until its style sheet changes.

    Textual's own cache of them is emptied at every refresh, which for a gauge is every tick.
    """

    def __init__(self, widget: Widget, prefix: str) -> None:
        """Role `low` of `widget` has the style of the component class `prefix--low`."""
        self._widget = widget
        self._prefix = prefix
        self._styles: dict[str, Style] = {}

    def forget(self) -> None:
        """To be called from the widget's `notify_style_update`."""
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
            # Partial styles, one by one: a full one brings the widget's own colour and hides the one before.
            for name in role.split():
                style += self._widget.get_component_styles(f"{self._prefix}--{name}").partial_rich_style
            self._styles[role] = style
        return style
