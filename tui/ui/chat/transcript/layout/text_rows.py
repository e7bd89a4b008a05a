"""Rows of the text of a whole message, and the lengths from which it is treated otherwise."""

from tui.i18n import _
from tui.text import clean
from tui.ui.chat.transcript.layout.json_answer import as_markdown
from tui.ui.chat.transcript.layout.markdown_rows import Row, plain_rows
from tui.ui.chat.transcript.layout.streaming_rows import StreamingRows

SHOWN_LIMIT = 20_000
"""Characters of a question that are drawn; the model gets all of it."""
LONG = 20_000
"""Characters from which reading a reply would be felt on the screen: it is read on another thread."""
MARKDOWN_LIMIT = 100_000
"""Characters up to which a whole reply is read as Markdown; a longer one stays as it streamed."""


def shown_question(text: str) -> str:
    """Return a question as it is drawn: control characters removed, a very long one cut with a note."""
    text = clean(text)
    if len(text) <= SHOWN_LIMIT:
        return text
    note = _("… {count} more characters, sent but not shown").format(count=len(text) - SHOWN_LIMIT)
    return f"{text[:SHOWN_LIMIT]}\n{note}"


def text_rows(text: str, is_reply: bool) -> list[Row]:
    """Return the rows of a message's text.

    A question stays as it is. A reply is read as Markdown, block by block as while it streams.
    """
    if not is_reply:
        return plain_rows(shown_question(text))
    reader = StreamingRows(block_limit=MARKDOWN_LIMIT if len(text) <= MARKDOWN_LIMIT else LONG)
    reader.feed(as_markdown(text))
    return reader.close()
