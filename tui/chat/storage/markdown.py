"""Export of a conversation as a Markdown document."""

from collections.abc import Callable

from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Message, Question, Reply
from tui.chat.prompt_messages import attachment_text, fence_text
from tui.chat.sentences import SENTENCES
from tui.sentences import reason, sentence_from
from tui.text import clean, clean_line


def conversation_to_markdown(conversation: Conversation, describe: Callable[[Reply], str]) -> str:
    """Return the conversation as Markdown, with a heading for each message and a note below each reply.

    Args:
        conversation: the conversation; its shown branch is exported.
        describe: returns a note about a reply; empty for none.

    Control characters other than tab and newline are left out. Empty for an empty conversation.
    """
    if not conversation.messages:
        return ""
    system, schema = clean(conversation.system), clean(conversation.asking.json_schema)
    parts = [_heading("chat.export_system"), system] if system else []
    parts += [_heading("chat.export_schema"), fence_text(schema, "json")] if schema else []
    parts += [_message(message, describe) for message in conversation.messages]
    return "\n\n".join(parts) + "\n"


def _message(message: Message, describe: Callable[[Reply], str]) -> str:
    # A document may be shown by `cat`, so it must have no control sequences.
    text = clean(message.text).strip()
    if isinstance(message, Question):
        title = _heading("chat.export_question_pinned" if message.pinned else "chat.export_question")
        attached = [_attachment(attachment) for attachment in message.attachments]
        return "\n\n".join(part for part in (title, *attached, text) if part)
    note = describe(message)
    parts = (
        f"## {clean_line(message.model)}",
        _quoted(clean(message.thinking).strip()),
        _closed(text),
        f"*{clean_line(note)}*" if note else "",
    )
    return "\n\n".join(part for part in parts if part)


def _heading(code: str) -> str:
    return f"## {_words(code)}"


def _words(code: str) -> str:
    return sentence_from(SENTENCES, reason(code))


def _attachment(attachment: Attachment) -> str:
    return attachment_text(Attachment(clean_line(attachment.name), clean(attachment.text)))


def _quoted(thinking: str) -> str:
    """Return the thinking as a quotation, which contains any fence or heading in it."""
    if not thinking:
        return ""
    title = _words("chat.export_thinking")
    return "\n".join((f"> *{title}*", ">", *(f"> {line}".rstrip() for line in thinking.splitlines())))


def _closed(text: str) -> str:
    """Return the text with an open code fence closed, so that the next message stays outside it."""
    fence = ""
    for line in text.splitlines():
        mark = line.strip()
        if not fence and mark.startswith(("```", "~~~")):
            fence = mark[: len(mark) - len(mark.lstrip(mark[0]))]
        elif fence and mark.startswith(fence) and not mark.strip(fence[0]):
            fence = ""
    return f"{text}\n{fence}" if fence else text
