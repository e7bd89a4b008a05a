"""Painter of message lines as strips: role, mark, text, and the part of it that is selected."""

from textual.cache import LRUCache
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions
from textual.widget import Widget

from tui.ui.chat.transcript.layout.message_view import MessageView

GUTTER = 6
"""Cells before the text, for the role."""
_STRIPS_KEPT = 1000


def _style(style: str | Style) -> Style:
    return Style.parse(style) if isinstance(style, str) else style


_OPTIONS = RenderOptions(_style, {"text_wrap": "nowrap"})


class MessagePainter:
    """Paints for one widget; strips of lines that stay the same are kept."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._strips: LRUCache[tuple[int, int, int], tuple[Content, tuple[object, ...], Strip]] = LRUCache(
            _STRIPS_KEPT
        )
        self._question_style: Style | None = None
        """Style of a question; None until one is painted."""

    def forget(self) -> None:
        """Paint everything anew, as after a change of theme."""
        self._strips.clear()
        self._question_style = None

    def blank(self, width: int) -> Strip:
        """Return an empty line."""
        return Strip.blank(width, self._widget.visual_style.rich_style)

    def plain(self, line: Content, width: int) -> Strip:
        """Return a line that belongs to no message."""
        base = self._widget.visual_style
        strips = line.render_strips(max(1, width), 1, base, _OPTIONS)[:1]
        return Strip.join(strips).adjust_cell_length(width, base.rich_style)

    def paint(self, view: MessageView, y: int, label: int, width: int) -> Strip:
        """Return line `y` of a view; a mouse selection knows it as line `label`."""
        line = view.lines.line(y)
        if line is None:
            return self.blank(width)
        role = view.role if y == 0 else ""
        look = (role, view.is_reply, view.has_class("-marked"), view.has_class("-dropped"), width)
        selected = self._selected(line, label)
        if selected is not line:
            return self._painted(selected, *look, label)
        key = (view.message_id, y, label)
        cached = self._strips.get(key)
        if cached is not None and cached[0] is line and cached[1] == look:
            return cached[2]
        strip = self._painted(line, *look, label)
        self._strips[key] = (line, look, strip)
        return strip

    def _painted(
        self, line: Content, role: str, is_reply: bool, marked: bool, faded: bool, width: int, label: int
    ) -> Strip:
        base = self._widget.visual_style if is_reply else self._question()
        if marked:
            gutter = Content.styled(f"{role or '▎':<{GUTTER}}", "$accent")
        else:
            gutter = Content.styled(f"{role:<{GUTTER}}", "$dim")
        if faded:
            line = line.stylize("$dim")
        text = line.render_strips(max(1, width - GUTTER), 1, base, _OPTIONS)[:1]
        strips = [
            *gutter.render_strips(GUTTER, 1, base, _OPTIONS)[:1],
            *(strip.apply_offsets(0, label) for strip in text),
        ]
        return Strip.join(strips).adjust_cell_length(width, base.rich_style)

    def _question(self) -> Style:
        if self._question_style is None:
            self._question_style = self._widget.get_visual_style("transcript--question")
        return self._question_style

    def _selected(self, line: Content, label: int) -> Content:
        selection = self._widget.text_selection
        span = selection.get_span(label) if selection is not None else None
        if span is None:
            return line
        start, end = span
        style = Style.from_styles(self._widget.screen.get_component_styles("screen--selection"))
        return line.stylize(style, start, len(line) if end == -1 else end)
