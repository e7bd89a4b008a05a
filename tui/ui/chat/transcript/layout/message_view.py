"""One message of the transcript as lines: who speaks, what was said, and below a reply what it cost.

A view is no widget: the transcript draws the lines of the views that are in sight. A message that was never
near the screen is not read and not wrapped; its height is estimated.
"""

from collections.abc import Callable, Sequence

from textual.content import Content

from tui.chat.conversation import Message, Question, Reply
from tui.i18n import _
from tui.text import without_controls
from tui.ui.chat.transcript.layout.attachment_rows import AttachmentRows
from tui.ui.chat.transcript.layout.markdown_rows import Row, plain_rows
from tui.ui.chat.transcript.layout.message_lines import MessageLines
from tui.ui.chat.transcript.layout.notes import dropped_rule, note_rows
from tui.ui.chat.transcript.layout.streaming_rows import StreamingRows
from tui.ui.chat.transcript.layout.text_rows import LONG, MARKDOWN_LIMIT, message_rows
from tui.ui.chat.transcript.layout.text_search import Highlights, TextMatch, places_in, row_parts
from tui.ui.chat.transcript.layout.thinking_rows import ThinkingRows
from tui.ui.chat.transcript.layout.wrapped import WrappedRows

GROWTH = 6
"""Lines by which a reply that streams grows at a time: the text stands still for the reader in between."""


class MessageView:
    """A message; `message_id` is the conversation's.

    A reply that streams is given text by `stream`, a few times a second: finished blocks are drawn as
    Markdown, the rest as plain text. `finish` lets the whole be read once.
    """

    def __init__(self, message: Message, on_change: Callable[["MessageView"], None] | None = None) -> None:
        """`on_change` is called when its lines have changed. A reply counts as finished until it streams."""
        self.message_id = message.id
        self.is_reply = isinstance(message, Reply)
        self.role = _("llm") if self.is_reply else _("you")
        self.is_held = False
        """True while a long text is shown as it is, and not as it is read."""
        self.order = 0
        """Grows from message to message on the screen."""
        self.classes: set[str] = {f"-{message.role}"}
        self.thought = ThinkingRows()
        self.lines = MessageLines()
        """What is drawn of it, once it is laid out."""
        self._above = AttachmentRows(message.attachments) if isinstance(message, Question) else self.thought
        self._on_change = on_change
        self._text = message.text
        self._rows: list[Row] | None = None
        self._growing: StreamingRows | None = None
        self._reply: Reply | None = None
        self._remark = Content()
        self._texts: list[tuple[str, ...]] | None = None
        self._found = Highlights()
        if isinstance(message, Reply):
            self._reply = message
            self._take_thought(message)

    # What happens to it

    def begin(self) -> None:
        """The reply is open: it ends in a cursor, and more is to come."""
        self._growing = StreamingRows()
        self._growing.feed(self._text)
        self._reply = None
        self._forget()
        self._changed()

    def stream(self, text: str, thinking: bool = False, tokens: int | None = None) -> None:
        """Draw more of the reply, or of what the model thinks before it; `tokens`: of the thinking so far."""
        if self._growing is None:
            self.begin()
        if thinking:
            self.thought.add(text, tokens)
            self.lines.redo()
        elif text and self._growing is not None:
            if self.thought.end():
                self.lines.redo()
            cuts = self._growing.cuts
            self._growing.feed(text)
            self.lines.redo_below(streams=True)
            if self._growing.cuts != cuts:
                self.lines.redo()
        self._changed()

    def stopping(self) -> None:
        """The user wants no more of it."""
        if self._growing is not None:
            self._growing.is_stopping = True
            self.lines.redo_below(streams=True)
            self._changed()

    def finish(self, reply: Reply) -> None:
        """The reply as it ended, with its cost and, where it was cut short, the reason."""
        self._take_thought(reply)
        streamed = self._growing.close() if self._growing is not None else None
        self._text, self._growing = reply.text, None
        wrapped = self.lines.text
        self._forget()
        if streamed is not None and len(reply.text) > LONG:
            # As it streamed, until it was read as a whole.
            self._rows = streamed
            self.lines.redo(wrapped)
            self.is_held = len(reply.text) <= MARKDOWN_LIMIT
        self.describe(reply)

    def describe(self, reply: Reply) -> None:
        """What a finished reply took: in a line, and in full while it is marked."""
        self._reply = reply
        self.lines.redo_below()
        self._changed()

    def remark(self, words: Content) -> None:
        """What there is to say about the message: stands below it, before what a reply cost."""
        if words.plain != self._remark.plain:
            self._remark = words
            self.lines.redo_below()
            self._changed()

    def mark(self, marked: bool) -> None:
        """Show whether keys act on this message."""
        self.set_class(marked, "-marked")
        if self._reply is not None and self._reply.receipt is not None:
            self.lines.redo_below()
        self._changed()

    def set_class(self, add: bool, name: str) -> None:
        """Set a state that is drawn: `-marked`, or `-dropped` for what the model is not sent any more.

        `-dropped-last` says so below the last of such messages.
        """
        if add == (name in self.classes):
            return
        if name == "-dropped-last":
            self.lines.redo_below()
        if add:
            self.classes.add(name)
        else:
            self.classes.discard(name)
        self._changed()

    def has_class(self, name: str) -> bool:
        """True in that state."""
        return name in self.classes

    def unfold(self) -> bool:
        """Show the thinking, or fold it again; False when there was none."""
        if not self.thought:
            return False
        self.thought.is_unfolded = not self.thought.is_unfolded
        self.lines.redo()
        self._changed()
        return True

    def find(self, wanted: str) -> list[TextMatch]:
        """Every place that holds `wanted`, which is folded already; may run on another thread."""
        above = places_in(self._above.texts(), wanted, is_own=False)
        return above + places_in(self._texts_now(), wanted)

    def _texts_now(self) -> list[tuple[str, ...]]:
        if self._growing is not None:
            return [row_parts(row) for row in list(self._growing.rows)]
        texts = self._texts
        if texts is None:
            rows = self.read() if self._rows is None or self.is_held else self._rows
            texts = self._texts = [row_parts(row) for row in rows]
        return texts

    def highlight(self, places: Sequence[TextMatch], current: TextMatch | None) -> bool:
        """Set off what a search found here, and the place it stands at; False when that was so already."""
        above = [place for place in places if not place.is_own]
        is_other = self._above.highlight(above, None if current is None or current.is_own else current)
        if is_other:
            self.lines.redo()
        own = places[len(above) :]
        if self.is_held:
            # What was found stands in the text as it will be read.
            own, current = (), None
        before = self._found.rows
        if not self._found.take(own, current if current is not None and current.is_own else None):
            return is_other
        for row in before | self._found.rows:
            if row < self.lines.text.count:
                # In place: to set off a word takes no more lines.
                self.lines.text.wrap_again(row, self._found.shown(self.rows[row], row))
        return True

    # What it looks like

    @property
    def is_open(self) -> bool:
        """True while the reply is being written."""
        return self._growing is not None

    @property
    def is_read(self) -> bool:
        """True once its text is rows, and while it streams."""
        return self._growing is not None or self._rows is not None

    @property
    def is_long(self) -> bool:
        """True where reading it would be felt on the screen, and that was not begun."""
        return self.is_reply and not self.is_read and len(self._text) > LONG

    def hold(self) -> None:
        """Show both ends of the text as they are until `take_read` brings all of it as it was read."""
        if self._rows is None and self._growing is None:
            part = LONG // 2
            text = f"{self._text[:part]}\n…\n{self._text[-part:]}"
            self._rows, self.is_held = plain_rows(without_controls(text).strip("\n")), True

    def is_laid_out(self, width: int) -> bool:
        """True when its lines at that width are there."""
        return self.lines.is_done(width)

    def read(self) -> list[Row]:
        """The rows of a finished message, read anew; touches nothing, so it may run on another thread."""
        if not self._text and not self.is_reply and self._above:
            return []
        return message_rows(self._text, self.is_reply)

    def read_wrapped(self, width: int) -> tuple[list[Row], WrappedRows]:
        """The same with its lines."""
        rows, wrapped = self.read(), WrappedRows(width)
        wrapped.extend(rows)
        return rows, wrapped

    def take_read(self, rows: list[Row], wrapped: WrappedRows) -> None:
        """Draw what `read_wrapped` gave."""
        if self._growing is None:
            self._rows, self.is_held = rows, False
            self.lines.redo(wrapped)
            self._changed()

    @property
    def rows(self) -> list[Row]:
        """Of the text itself, as far as they will not change."""
        if self._growing is not None:
            return self._growing.rows
        if self._rows is None:
            self._rows = self.read()
        return self._rows

    def height(self, width: int) -> int:
        """Lines at that width; an estimate before it was laid out, and while it streams rounded up."""
        count = self.lines.known_count(width)
        if count is None:
            return self._text.count("\n") + 1 + len(self._text) // max(1, width) + 2 * self.is_reply
        return -(-count // GROWTH) * GROWTH if self._growing is not None else max(1, count)

    def lay_out(self, width: int) -> int:
        """Read and wrap what is not yet; the first line that is another one than before."""
        return self.lines.lay_out(width, self._above.rows, self._rows_from, self._tail_rows)

    @property
    def blocks(self) -> list[str]:
        """The blocks of code, as the model wrote them."""
        return [row.source for row in self.rows if row.source is not None]

    def block_at(self, y: int) -> int | None:
        """Which block of code has its head on that line; None for none."""
        index = self.lines.row_at(y)
        if index < 0 or self.rows[index].source is None:
            return None
        return sum(1 for row in self.rows[:index] if row.source is not None)

    def is_thought_at(self, y: int) -> bool:
        """True where a click unfolds the thinking."""
        return bool(self.thought) and y == 0

    def _rows_from(self, first: int) -> list[Row]:
        return [self._found.shown(row, at) for at, row in enumerate(self.rows[first:], first)]

    def _tail_rows(self) -> list[Row]:
        if self._growing is not None:
            return self._growing.tail
        rows = note_rows(self._remark, self._reply, marked=self.has_class("-marked"))
        return rows + dropped_rule() if self.has_class("-dropped-last") else rows

    def _take_thought(self, reply: Reply) -> None:
        count = reply.metrics.thinking_tokens if reply.metrics is not None else 0
        self.thought.finish(reply.thinking, count or None)

    def _forget(self) -> None:
        self._rows, self._texts, self.is_held = None, None, False
        self._found = Highlights()
        self.lines.redo()
        self.lines.redo_below()

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change(self)
