"""One message of the transcript: who speaks, what was said, and below a reply what it cost.

One widget a message, drawn line by line: a long conversation costs what one sees of it.
"""

import asyncio

from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message as UiMessage
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions
from textual.widget import Widget

from tui.chat.conversation import Message, Question, Reply
from tui.i18n import _
from tui.text import clean
from tui.ui.markdown_lines import wrap_rows
from tui.ui.markdown_rows import Row, markdown_rows, plain_rows
from tui.ui.widgets.blocks import BlockSplitter
from tui.ui.widgets.reply_note import describe_reply, receipt_lines

GUTTER = 6
"""Cells before the text, for the role."""
CURSOR = "▌"
"""Stands at the end of a reply that is being written."""
GROWTH = 6
"""Lines by which a reply that streams grows at a time: each growth lays out the screen, and the text stands
still for the reader in between."""
SHOWN_LIMIT = 20_000
"""Characters of a question that are drawn; the model gets all of it."""
MARKDOWN_LIMIT = 100_000
"""Characters up to which a whole reply is read as Markdown; a longer one stays as it streamed."""


def shown_question(text: str) -> str:
    """The text of a question as it is drawn: control characters removed, a very long one cut with a note."""
    text = clean(text)
    if len(text) <= SHOWN_LIMIT:
        return text
    more = _("… {count} more characters, sent but not shown").format(count=len(text) - SHOWN_LIMIT)
    return f"{text[:SHOWN_LIMIT]}\n{more}"


def _style(style: str | Style) -> Style:
    return Style.parse(style) if isinstance(style, str) else style


class MessageView(Widget):
    """A message; `message_id` is the conversation's.

    A reply that streams is given text by `stream`, a few times a second: finished blocks are drawn as
    Markdown, the rest as plain text. `finish` reads the whole once.
    """

    ALLOW_SELECT = True
    DEFAULT_CSS = """
    MessageView {
        height: auto;
        width: 1fr;
        margin: 0 0 1 0;
    }
    """

    class LinkClicked(UiMessage):
        """A link in a reply was clicked; nothing was opened."""

        def __init__(self, href: str) -> None:
            super().__init__()
            self.href = href

    def __init__(self, message: Message) -> None:
        super().__init__(classes=f"-{message.role}")
        self.message_id = message.id
        self._is_question = isinstance(message, Question)
        self._role = _("you") if self._is_question else _("llm")
        self._rows: list[Row] = (
            plain_rows(shown_question(message.text)) if isinstance(message, Question) else []
        )
        self._tail: list[Row] = plain_rows(CURSOR) if isinstance(message, Reply) else []
        self._reply: Reply | None = None
        self._remark = ""
        self._growth = 1
        self._held = ""
        self._splitter = BlockSplitter()
        self._lines: list[Content] = []
        self._wrapped_rows = 0
        self._wrapped_lines = 0
        self._wrapped_width = 0

    def stream(self, text: str) -> None:
        """Draw more of the reply."""
        text = self._held + text
        # A carriage return may be half of a line end whose other half is still to come.
        self._held = "\r" if text.endswith("\r") else ""
        text = text.removesuffix("\r")
        for piece in self._splitter.feed(clean(text)):
            self._add_rows(
                plain_rows(piece.text) if piece.plain else markdown_rows(piece.text), not piece.continues
            )
        self._tail = self._gap() + plain_rows(self._splitter.tail + CURSOR)
        self._growth = GROWTH
        self._redraw()

    async def finish(self, reply: Reply) -> None:
        """Draw the reply as it ended, with its cost and, where it was cut short, the reason."""
        text = clean(reply.text)
        if len(text) <= MARKDOWN_LIMIT:
            self._rows = await asyncio.to_thread(markdown_rows, text.strip())
            self._wrapped_width = 0
        else:
            self._rows += self._gap() + plain_rows(self._splitter.tail)
        self._growth = 1
        self.describe(reply)

    def describe(self, reply: Reply) -> None:
        """Draw what a finished reply took: in a line, and in full while it is marked."""
        self._reply = reply
        style = "dim" if reply.interrupted is None else "$text-error"
        note = " · ".join(part for part in (self._remark, describe_reply(reply)) if part)
        lines = [Content.styled(clean(note), style)] if note else []
        if reply.receipt is not None and self.has_class("-marked"):
            lines += [Content.styled(clean(line), "dim") for line in receipt_lines(reply.receipt)]
        gap = [Row(Content())] if self._rows and lines else []
        self._tail = gap + [Row(line) for line in lines]
        self._redraw()

    def remark(self, words: str) -> None:
        """Draw this below the message, before what a reply cost."""
        if words == self._remark:
            return
        self._remark = words
        if self._reply is not None:
            self.describe(self._reply)
        elif self._is_question:
            self._tail = [Row(Content.styled(words, "dim"))] if words else []
            self._redraw()

    def mark(self, marked: bool) -> None:
        """Show whether keys act on this message."""
        self.set_class(marked, "-marked")
        if self._reply is not None:
            self.describe(self._reply)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Lines at that width, and while the reply streams the empty ones it grows into."""
        return -(-len(self._layout(width)) // self._growth) * self._growth

    def render_line(self, y: int) -> Strip:
        """One line: the role before the first, then its part of the text."""
        width = self.size.width
        lines = self._layout(width)
        base = self.visual_style
        options = RenderOptions(_style, {"text_wrap": "nowrap"})
        line = self._selected(lines[y], y) if y < len(lines) else Content()
        if self.has_class("-marked"):
            role = Content.styled(f"{self._role:<{GUTTER}}" if y == 0 else f"{'▎':<{GUTTER}}", "$accent")
        else:
            role = Content.styled(f"{self._role:<{GUTTER}}" if y == 0 else " " * GUTTER, "dim")
        strips = [
            *role.render_strips(GUTTER, 1, base, options)[:1],
            *(
                strip.apply_offsets(0, y)
                for strip in line.render_strips(max(1, width - GUTTER), 1, base, options)[:1]
            ),
        ]
        return Strip.join(strips).adjust_cell_length(width, base.rich_style)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under a mouse selection, without the gutter."""
        return selection.extract("\n".join(line.plain for line in self._layout(self.size.width))), "\n"

    def action_link(self, href: str) -> None:
        """Tell that a link was clicked."""
        self.post_message(self.LinkClicked(href))

    def _selected(self, line: Content, y: int) -> Content:
        selection = self.text_selection
        span = selection.get_span(y) if selection is not None else None
        if span is None:
            return line
        start, end = span
        style = Style.from_styles(self.screen.get_component_styles("screen--selection"))
        return line.stylize(style, start, len(line) if end == -1 else end)

    def _gap(self) -> list[Row]:
        return [Row(Content())] if self._rows and not self._splitter.is_cut else []

    def _add_rows(self, rows: list[Row], is_block: bool) -> None:
        if self._rows and is_block:
            self._rows.append(Row(Content()))
        self._rows += rows

    def _layout(self, width: int) -> list[Content]:
        """The lines at that width. Rows that were wrapped already are not wrapped again."""
        if width != self._wrapped_width:
            self._lines, self._wrapped_rows, self._wrapped_lines = [], 0, 0
            self._wrapped_width = width
        elif self._wrapped_rows == len(self._rows) and len(self._lines) > self._wrapped_lines:
            return self._lines
        text_width = width - GUTTER
        del self._lines[self._wrapped_lines :]
        self._lines += wrap_rows(self._rows[self._wrapped_rows :], text_width)
        self._wrapped_rows, self._wrapped_lines = len(self._rows), len(self._lines)
        self._lines += wrap_rows(self._tail, text_width)
        return self._lines

    def _redraw(self) -> None:
        """Draw again the lines after those that stay, and lay out the screen only when the height changed."""
        kept, height = self._wrapped_lines, self.size.height
        # Only the tail is stale: the layout is asked for it again.
        del self._lines[self._wrapped_lines :]
        width = self.size.width
        wanted = self.get_content_height(self.size, self.size, width) if width else 0
        if not wanted or self._wrapped_width != width or wanted != height:
            self.refresh(layout=True)
        else:
            self.refresh(Region(0, kept, width, height - kept))
