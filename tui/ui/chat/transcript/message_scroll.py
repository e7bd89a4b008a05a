"""Messages that scroll, drawn line by line: a conversation of any length costs what one sees of it.

A message is read and wrapped when it comes near the screen. Until then its height is an estimate; where it
turns out to be another, what stands on the screen stays where it is.
"""

import asyncio
from bisect import bisect_left
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from textual.events import Resize
from textual.geometry import Offset, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.chat.transcript.layout.message_view import MessageView
from tui.ui.chat.transcript.message_column import GAP, MessageColumn
from tui.ui.chat.transcript.message_painter import GUTTER, MessagePainter

LINES = 100_000_000
"""More than a message has. A mouse selection knows a line by its message and its number there, so that it
stays with its text when heights above it change."""


class MessageScroll(ScrollView):
    """Views one below another. Follows the end until the reader leaves it, and again from there."""

    ALLOW_SELECT = True
    DEFAULT_CSS = """
    MessageScroll {
        padding: 0 0 0 1;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._column = MessageColumn()
        self._painter = MessagePainter(self)
        self._follows = True
        self._moves = False

    @property
    def views(self) -> list[MessageView]:
        """The messages, oldest first."""
        return self._column.views

    @property
    def follows(self) -> bool:
        """True while the end stays in sight as it grows."""
        return self._follows

    def set_views(self, views: Sequence[MessageView]) -> None:
        """Show these in place of what is here, at their end."""
        self._column.set_views(views, self._text_width)
        self._follows = True
        self._painter.forget()
        self._take_height()

    def change_views(self, views: Sequence[MessageView]) -> None:
        """Show these in place of what is here; what is on the screen stays there if it is among them."""
        with self._kept_in_place():
            self._column.set_views(views, self._text_width)

    def add_view(self, view: MessageView) -> None:
        """Show one more at the end, and follow the end again."""
        self._column.add(view)
        self._follows = True
        self._take_height()

    def remove_view(self, view: MessageView) -> None:
        """Show it no more."""
        with self._kept_in_place():
            self._column.set_views([each for each in self.views if each is not view], self._text_width)

    def view_changed(self, view: MessageView) -> None:
        """Draw a view again whose lines are others now; what does not belong to it stays in its place."""
        index = self._column.index(view.message_id)
        if index is None or not self._column.width:
            return
        top, bottom = self._column.tops[index], self._column.tops[index + 1]
        near = top < self._top + 2 * self.size.height and bottom > self._top - self.size.height
        kept = 0
        if near or view.is_open:
            self.prepare(view)
            kept = view.lay_out(self._column.width)
        if self._column.is_other(index):
            with self._kept_in_place():
                self._column.measure(index)
        elif near:
            self.refresh_lines(top + kept, bottom - top - kept)

    def reveal(self, index: int, line: int | None = None) -> None:
        """Bring a view into sight, or one line of it; nothing moves where it is in sight already."""
        view, height = self._column.views[index], self.size.height
        with self._kept_in_place():
            view.lay_out(self._column.width)
            self._column.measure(index)
        top = self._column.tops[index] + (line or 0)
        count = 1 if line is not None else view.height(self._column.width)
        if line is not None and not self._top <= top < self._top + height:
            self.scroll_to(y=top - height // 2)
        elif line is None and (top < self._top or top + min(count, height) > self._top + height):
            self.scroll_to(y=top if top < self._top or count > height else top + count - height)

    def line_at(self, y: int) -> tuple[int, int] | None:
        """The view, by its index, and its line on a row of the screen; None below the messages."""
        y += self._top
        if not self.views or not 0 <= y < self._column.height:
            return None
        index = self._column.at(y)
        return index, y - self._column.tops[index]

    # Scrolling

    @property
    def _top(self) -> int:
        return round(self.scroll_y)

    @property
    def _text_width(self) -> int:
        width = self.scrollable_content_region.width
        return max(1, width - GUTTER) if width else 0

    def _scroll_to(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, x: float | None = None, y: float | None = None, **options: object
    ) -> bool:
        """At once, never animated: a line that is not laid out yet has no place to glide through."""
        return super()._scroll_to(x, y, **{**options, "animate": False})  # pyright: ignore[reportArgumentType]

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Lay out what has come near; the reader who leaves the end is not taken back to it."""
        super().watch_scroll_y(old_value, new_value)
        if not self._moves:
            self._follows = round(new_value) >= self.max_scroll_y
            self.settle()

    def on_resize(self, event: Resize) -> None:
        """Another width is another layout, with the same message on top."""
        width = self._text_width
        if width == self._column.width:
            self._take_height()
            return
        index, part = 0, 0.0
        if self.views and self._column.width:
            index = self._column.at(self._top)
            before = self._column.tops
            part = (self._top - before[index]) / (before[index + 1] - before[index])
        self._column.set_views(self.views, width)
        if self.views and width:
            self.views[index].lay_out(width)
            self._column.measure(index)
            top = self._column.tops[index] + int(part * (self.views[index].height(width) + GAP))
            self._take_height(top)
            self.refresh()

    def _take_height(self, top: int | None = None) -> None:
        """Take over the column's height and stand at a line, or at the end when that is followed."""
        size = Size(self._column.width, self._column.height)
        top = self._top if top is None else top
        self._moves = True
        try:
            if size != self.virtual_size:
                # Not by the reactive, which would lay out the whole screen; only the scrollbar depends on it.
                self.set_reactive(Widget.virtual_size, size)  # pyright: ignore[reportArgumentType]
                self._scroll_update(size)
            self.scroll_y = self.max_scroll_y if self._follows else top
            self.scroll_target_y = self.scroll_y
        finally:
            self._moves = False
        self.refresh()
        self.settle()

    @contextmanager
    def _kept_in_place(self) -> Generator[None]:
        """Whatever becomes of the heights inside, the line at the top of the screen stays there."""
        if not self.views:
            yield
            self._take_height()
            return
        index = self._column.at(self._top)
        view, rest = self.views[index], self._top - self._column.tops[index]
        yield
        after = self._column.index(view.message_id)
        tops = self._column.tops
        if after is None:
            self._take_height(tops[min(index, len(tops) - 1)])
            return
        self._take_height(tops[after] + min(rest, tops[after + 1] - tops[after] - 1))

    def settle(self) -> None:
        """Lay out what is on the screen and a page around it; what is seen stays, or the end is followed."""
        width, height = self._column.width, self.size.height
        if not self.views or not width or not height:
            return
        first, last = self._column.at(self._top - height), self._column.at(self._top + 2 * height)
        rough = [at for at in range(first, last + 1) if not self.views[at].is_laid_out(width)]
        if not rough:
            return
        for at in rough:
            if self.views[at].is_long:
                self.views[at].hold()
                self.read_later(self.views[at])
            self.prepare(self.views[at])
            self.views[at].lay_out(width)
        # Ends, since a view that is laid out stays so: with other heights others may have come near.
        with self._kept_in_place():
            for at in rough:
                self._column.measure(at)

    def prepare(self, view: MessageView) -> None:
        """A view is about to be laid out; here for whoever adds to its lines."""

    def read_later(self, view: MessageView) -> None:
        """Read a long reply on another thread; until then it is shown as it is."""

        async def read() -> None:
            view.take_read(*await asyncio.to_thread(view.read_wrapped, self._column.width))

        self.run_worker(read(), group="read")

    # Drawing

    def render_line(self, y: int) -> Strip:
        """A row of the screen."""
        place = self.line_at(y)
        width = self.scrollable_content_region.width
        if place is None:
            return self._painter.blank(width)
        index, line = place
        label = self.views[index].order * LINES + line
        return self._painter.paint(self.views[index], line, label, width)

    def notify_style_update(self) -> None:
        """Another theme."""
        self._painter.forget()
        super().notify_style_update()

    # The mouse's selection

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under a mouse selection, without the gutter."""
        if not self.views:
            return None
        orders = [view.order for view in self.views]
        order, skip = divmod(selection.start.y, LINES) if selection.start else (orders[0], 0)
        first = bisect_left(orders, order)
        order, last_line = divmod(selection.end.y, LINES) if selection.end else (orders[-1], LINES)
        last = bisect_left(orders, order)
        lines: list[str] = []
        for at in range(first, min(last + 1, len(self.views))):
            view = self.views[at]
            view.lay_out(self._column.width)
            texts = [view.lines.text_of(line) for line in range(view.lines.count)]
            if at < last:
                texts += [""] * GAP
            lines += texts[skip if at == first else 0 : last_line + 1 if at == last else None]
        if not lines:
            return None
        # The end first: it may be on the same line.
        if selection.end is not None:
            lines[-1] = lines[-1][: selection.end.x]
        if selection.start is not None:
            lines[0] = lines[0][selection.start.x :]
        return "\n".join(lines), "\n"

    def select_message(self, index: int) -> None:
        """Select the whole of a message, as a double click does."""
        view = self.views[index]
        view.lay_out(self._column.width)
        last = max(0, view.lines.count - 1)
        first = view.order * LINES
        end = Offset(len(view.lines.text_of(last)), first + last)
        self.screen.selections = {self: Selection(Offset(0, first), end)}
