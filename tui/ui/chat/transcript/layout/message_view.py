"""One message of the transcript as lines: role, text, and below a reply its cost.

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
from tui.ui.chat.transcript.layout.reply_note import dropped_rule, note_rows
from tui.ui.chat.transcript.layout.streaming_rows import StreamingRows
from tui.ui.chat.transcript.layout.text_rows import LONG, MARKDOWN_LIMIT, text_rows
from tui.ui.chat.transcript.layout.text_search import Highlights, TextMatch, matches_in, searchable_texts
from tui.ui.chat.transcript.layout.thinking_rows import ThinkingRows
from tui.ui.chat.transcript.layout.wrapping import WrappedRows

GROWTH = 6
"""Lines by which a reply that streams grows at a time: the text stands still for the reader in between."""


class MessageView:
    """A message; `message_id` is the conversation's.

    `stream` takes more text a few times a second: finished blocks are drawn as Markdown, the block that is
    being written as what it is so far. `finish` has the whole text read once.
    """

    def __init__(self, message: Message, on_change: Callable[["MessageView"], None] | None = None) -> None:
        """Show a message; a reply counts as finished until it streams.

        `on_change` is called when its lines have changed.
        """
        self.message_id = message.id
        self.is_reply = isinstance(message, Reply)
        self.role = _("llm") if self.is_reply else _("you")
        self.is_provisional = False
        """True while a long text is shown as it is, until it has been read on another thread."""
        self.order = 0
        """Grows from message to message on the screen."""
        self.classes: set[str] = {f"-{message.role}"}
        self.thinking = ThinkingRows()
        self.lines = MessageLines()
        """The lines that are drawn, once it is laid out."""
        self._above = AttachmentRows(message.attachments) if isinstance(message, Question) else self.thinking
        self._on_change = on_change
        self._text = message.text
        self._rows: list[Row] | None = None
        self._streaming: StreamingRows | None = None
        self._reply: Reply | None = None
        self._remark = Content()
        self._texts: list[tuple[str, ...]] | None = None
        self._highlights = Highlights()
        if isinstance(message, Reply):
            self._reply = message
            self._finish_thinking(message)

    # Changes

    def begin(self) -> None:
        """Open the reply: it ends in a cursor, and more is to come."""
        self._streaming = StreamingRows()
        self._streaming.feed(self._text)
        self._reply = None
        self._reset()
        self._changed()

    def stream(self, text: str, thinking: bool = False, tokens: int | None = None) -> None:
        """Draw more of the reply, or of the thinking before it; `tokens`: of the thinking so far."""
        if self._streaming is None:
            self.begin()
        if thinking:
            self.thinking.add(text, tokens)
            self.lines.invalidate()
        elif text and self._streaming is not None:
            if self.thinking.end():
                self.lines.invalidate()
            cuts = self._streaming.cuts
            self._streaming.feed(text)
            if self._streaming.cuts != cuts:
                self.lines.invalidate()
        self._changed()

    def show_stopping(self) -> None:
        """Show that a stop was asked for."""
        if self._streaming is not None:
            self._streaming.show_stopping()
            self._changed()

    def finish(self, reply: Reply) -> None:
        """Draw the reply as it ended, with its cost and, where it was cut short, the reason."""
        self._finish_thinking(reply)
        streamed, wrapped = None, self.lines.text
        if self._streaming is not None:
            streamed = self._streaming.close()
            wrapped.truncate(self._streaming.changed_from())
        self._text, self._streaming = reply.text, None
        self._reset()
        if streamed is not None and len(reply.text) > LONG:
            # As it streamed, until it was read as a whole.
            self._rows = streamed
            self.lines.invalidate(wrapped)
            self.is_provisional = len(reply.text) <= MARKDOWN_LIMIT
        self.describe(reply)

    def describe(self, reply: Reply) -> None:
        """Draw the cost of a finished reply: in a line, and in full while it is marked."""
        self._reply = reply
        self.lines.invalidate_below()
        self._changed()

    def set_remark(self, remark: Content) -> None:
        """Draw a remark below the message, before the cost of a reply."""
        if remark.plain != self._remark.plain:
            self._remark = remark
            self.lines.invalidate_below()
            self._changed()

    def mark(self, marked: bool) -> None:
        """Show whether keys act on this message."""
        self.set_class(marked, "-marked")
        if self._reply is not None and self._reply.receipt is not None:
            self.lines.invalidate_below()
        self._changed()

    def set_class(self, add: bool, name: str) -> None:
        """Set a state that is drawn: `-marked`, or `-dropped` for a message that is not sent any more.

        `-dropped-last` draws a rule below the last of such messages.
        """
        if add == (name in self.classes):
            return
        if name == "-dropped-last":
            self.lines.invalidate_below()
        if add:
            self.classes.add(name)
        else:
            self.classes.discard(name)
        self._changed()

    def has_class(self, name: str) -> bool:
        """Return whether it is in that state."""
        return name in self.classes

    def unfold(self) -> bool:
        """Show the thinking, or fold it again; False when there was none."""
        if not self.thinking:
            return False
        self.thinking.is_unfolded = not self.thinking.is_unfolded
        self.lines.invalidate()
        self._changed()
        return True

    def find(self, folded_query: str) -> list[TextMatch]:
        """Return every match of a query that is folded already; may run on another thread."""
        above = matches_in(self._above.texts(), folded_query, is_in_text=False)
        return above + matches_in(self._searchable_texts(), folded_query)

    def _searchable_texts(self) -> list[tuple[str, ...]]:
        if self._streaming is not None:
            return [searchable_texts(row) for row in self._streaming.rows[: self._streaming.finished]]
        texts = self._texts
        if texts is None:
            rows = self.read() if self._rows is None or self.is_provisional else self._rows
            texts = self._texts = [searchable_texts(row) for row in rows]
        return texts

    def highlight(self, matches: Sequence[TextMatch], current: TextMatch | None) -> bool:
        """Set off the matches of a search, and the one it stands at; False when they were set off already."""
        above = [match for match in matches if not match.is_in_text]
        has_changed = self._above.highlight(above, None if current is None or current.is_in_text else current)
        if has_changed:
            self.lines.invalidate()
        in_text = matches[len(above) :]
        if self.is_provisional:
            # The matches are positions in the text as it will be read.
            in_text, current = (), None
        old_rows = self._highlights.rows
        if not self._highlights.replace(
            in_text, current if current is not None and current.is_in_text else None
        ):
            return has_changed
        for row in old_rows | self._highlights.rows:
            if row < self.lines.text.count:
                # In place: to set off a word takes no more lines.
                self.lines.text.wrap_again(row, self._highlights.applied(self.rows[row], row))
        return True

    # Look

    @property
    def is_open(self) -> bool:
        """True while the reply is being written."""
        return self._streaming is not None

    @property
    def is_read(self) -> bool:
        """True once its text is rows, and while it streams."""
        return self._streaming is not None or self._rows is not None

    @property
    def is_long(self) -> bool:
        """True where reading it would be felt on the screen, and that was not begun."""
        return self.is_reply and not self.is_read and len(self._text) > LONG

    def show_provisionally(self) -> None:
        """Show both ends of the text as they are, until `show_read` brings all of it as it was read."""
        if self._rows is None and self._streaming is None:
            part = LONG // 2
            text = f"{self._text[:part]}\n…\n{self._text[-part:]}"
            self._rows, self.is_provisional = plain_rows(without_controls(text).strip("\n")), True

    def is_laid_out(self, width: int) -> bool:
        """Return whether its lines at that width are there."""
        return self.lines.is_done(width)

    def read(self) -> list[Row]:
        """Return the rows of a finished message, read anew.

        Touches nothing, so it may run on another thread.
        """
        if not self._text and not self.is_reply and self._above:
            return []
        return text_rows(self._text, self.is_reply)

    def read_wrapped(self, width: int) -> tuple[list[Row], WrappedRows]:
        """Return the rows of a finished message and their lines; may run on another thread."""
        rows, wrapped = self.read(), WrappedRows(width)
        wrapped.extend(rows)
        return rows, wrapped

    def show_read(self, rows: list[Row], wrapped: WrappedRows) -> None:
        """Draw the result of `read_wrapped`."""
        if self._streaming is None:
            self._rows, self.is_provisional = rows, False
            self.lines.invalidate(wrapped)
            self._changed()

    @property
    def rows(self) -> list[Row]:
        """Rows of the text itself."""
        if self._streaming is not None:
            return self._streaming.rows
        if self._rows is None:
            self._rows = self.read()
        return self._rows

    def height(self, width: int) -> int:
        """Return the lines at that width: an estimate before it was laid out, rounded up while it streams."""
        count = self.lines.measured_count(width)
        if count is None:
            return self._text.count("\n") + 1 + len(self._text) // max(1, width) + 2 * self.is_reply
        return -(-count // GROWTH) * GROWTH if self._streaming is not None else max(1, count)

    def lay_out(self, width: int) -> int:
        """Read and wrap what is not yet wrapped; return the first line that has changed."""
        first = self._streaming.changed_from() if self._streaming is not None else None
        return self.lines.lay_out(width, self._above.rows, self._rows_from, self._rows_below, first)

    @property
    def code_blocks(self) -> list[str]:
        """The blocks of code, as the model wrote them."""
        return [row.source for row in self.rows if row.source is not None]

    def code_block_at(self, y: int) -> int | None:
        """Return the number, from 0, of the block of code that has its head on that line; None for none."""
        index = self.lines.row_at(y)
        if index < 0 or self.rows[index].source is None:
            return None
        return sum(1 for row in self.rows[:index] if row.source is not None)

    def is_thinking_title(self, y: int) -> bool:
        """Return whether a click on that line unfolds the thinking."""
        return bool(self.thinking) and y == 0

    def _rows_from(self, first: int) -> list[Row]:
        return [self._highlights.applied(row, index) for index, row in enumerate(self.rows[first:], first)]

    def _rows_below(self) -> list[Row]:
        if self._streaming is not None:
            return []
        rows = note_rows(self._remark, self._reply, marked=self.has_class("-marked"))
        return rows + dropped_rule() if self.has_class("-dropped-last") else rows

    def _finish_thinking(self, reply: Reply) -> None:
        count = reply.metrics.thinking_tokens if reply.metrics is not None else 0
        self.thinking.finish(reply.thinking, count or None)
        if reply.finish is not None and not reply.text.strip():
            # All that was written: it is not hidden in a folded line.
            self.thinking.is_unfolded = True

    def _reset(self) -> None:
        self._rows, self._texts, self.is_provisional = None, None, False
        self._highlights = Highlights()
        self.lines.invalidate()
        self.lines.invalidate_below()

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change(self)
