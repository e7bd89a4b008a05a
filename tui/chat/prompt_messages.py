"""Messages of a conversation as they are sent to a model."""

import re
from collections.abc import Iterable

from tui.chat.messages import Attachment, Message, Question, Reply
from tui.engine.options import ChatMessage

_FENCES = re.compile(r"^ {0,3}(`{3,})", re.MULTILINE)


def prompt_messages(
    messages: Iterable[Message], system: str, *, keep_thinking: bool, without: frozenset[int]
) -> tuple[ChatMessage, ...]:
    """Return the messages for the engine; turns whose question's id is in `without` are left out.

    Questions without an answer are joined, since many chat templates refuse two turns of one role.
    """
    chat = [ChatMessage("system", system)] if system else []
    is_left_out = False
    for message in messages:
        if isinstance(message, Question):
            is_left_out = message.id in without
            content = question_text(message)
        else:
            content = _reply_text(message, keep_thinking=keep_thinking)
        if not content or is_left_out:
            continue
        if chat and chat[-1].role == message.role:
            chat[-1] = ChatMessage(message.role, f"{chat[-1].content}\n\n{content}")
        else:
            chat.append(ChatMessage(message.role, content))
    return tuple(chat)


def question_text(question: Question) -> str:
    """Return a question as the model reads it: each attachment in a fence, then the text."""
    parts = [*map(attachment_text, question.attachments), question.text]
    return "\n\n".join(part for part in parts if part)


def attachment_text(attachment: Attachment) -> str:
    """Return an attachment as the model reads it, in a fence longer than any in its text."""
    # Never translated: the cached prompt stays valid when the user's language changes.
    return f"File {attachment.name}:\n{fence_text(attachment.text)}"


def fence_text(text: str, language: str = "") -> str:
    """Return the text in a fence that is longer than any in it."""
    longest = max((len(fence) for fence in _FENCES.findall(text)), default=2)
    fence = "`" * max(3, longest + 1)
    body = text.removesuffix("\n")
    return f"{fence}{language}\n{body}\n{fence}"


def _reply_text(reply: Reply, *, keep_thinking: bool) -> str:
    if not reply.thinking or not keep_thinking:
        return reply.text
    return f"<think>\n{reply.thinking.strip()}\n</think>\n\n{reply.text}"
