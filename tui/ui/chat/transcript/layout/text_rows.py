"""The text of a whole message as rows, and from which length on it is treated in another way."""

from tui.i18n import _
from tui.text import clean, without_controls
from tui.ui.chat.transcript.layout.json_answer import as_markdown
from tui.ui.chat.transcript.layout.markdown_rows import Row, markdown_rows, plain_rows
from tui.ui.chat.transcript.layout.streaming_rows import StreamingRows

SHOWN_LIMIT = 20_000
"""Characters of a question that are drawn; the model gets all of it."""
LONG = 20_000
"""Characters from which reading a reply would be felt on the screen: it is read on another thread."""
MARKDOWN_LIMIT = 100_000
"""Characters up to which a whole reply is read as Markdown; a longer one stays as it streamed."""


def shown_question(text: str) -> str:
    """The text of a question as it is drawn: control characters removed, a very long one cut with a note."""
    text = clean(text)
    if len(text) <= SHOWN_LIMIT:
        return text
    more = _("… {count} more characters, sent but not shown").format(count=len(text) - SHOWN_LIMIT)
    return f"{text[:SHOWN_LIMIT]}\n{more}"


def message_rows(text: str, is_reply: bool) -> list[Row]:
    """A question as it is; a reply as Markdown, or as it streamed where reading it would take too long."""
    if not is_reply:
        return plain_rows(shown_question(text))
    text = as_markdown(text)
    if len(text) <= MARKDOWN_LIMIT:
        return markdown_rows(without_controls(text).strip("\n"))
    growing = StreamingRows()
    growing.feed(text)
    return growing.close()
