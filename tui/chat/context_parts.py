"""From a conversation to its parts in tokens, by whoever counts."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from tui.chat.context import ContextParts, Turn
from tui.chat.messages import Message, Question, Reply
from tui.chat.prompt_messages import attachment_text


class TemplateTokens(msgspec.Struct, frozen=True):
    """What a model's chat template adds, in tokens."""

    system_tokens: int
    """Before the first message: the system prompt, the user's or its own, and the beginning of the text."""
    message_tokens: int
    """Around each message."""
    exact: bool = True
    """False where nobody has asked the template yet."""


class _Pieces(msgspec.Struct, frozen=True):
    """One turn, as the texts that are counted."""

    question: Question
    texts: tuple[str, ...]
    """The question's and the answers', those that say something."""
    attachments: tuple[str, ...]
    thinking: tuple[str, ...]


def texts_to_count(messages: Sequence[Message], draft: Question | None, *, keep_thinking: bool) -> list[str]:
    """Every text whose count `context_parts` asks for."""
    pieces = [*_turns(messages, keep_thinking=keep_thinking)]
    if draft is not None:
        pieces.append(_pieces(draft, ()))
    return [text for one in pieces for text in (*one.texts, *one.attachments, *one.thinking)]


def context_parts(
    messages: Sequence[Message],
    draft: Question | None,
    around: TemplateTokens,
    count: Callable[[str], int],
    *,
    keep_thinking: bool,
    exact: bool = True,
) -> ContextParts:
    """A conversation in tokens.

    Args:
        messages: the branch that is shown, with the reply that is being written or gone on with.
        draft: the question that is being written; None when the last one is to be answered.
        around: what the template adds.
        count: tokens of a text.
        keep_thinking: whether what was thought in earlier replies is sent along.
        exact: False where `count` only estimates.
    """
    turns = [_turn(pieces, around, count) for pieces in _turns(messages, keep_thinking=keep_thinking)]
    if draft is not None:
        asked = _turn(_pieces(draft, ()), around, count)
    else:
        asked = turns.pop() if turns else Turn(0, 0)
    return ContextParts(around.system_tokens, tuple(turns), asked, exact and around.exact)


def message_ids_of_turns(messages: Sequence[Message], question_ids: frozenset[int]) -> frozenset[int]:
    """The ids of those questions and of their replies."""
    found: set[int] = set()
    within = False
    for message in messages:
        if isinstance(message, Question):
            within = message.id in question_ids
        if within:
            found.add(message.id)
    return frozenset(found)


def _turns(messages: Sequence[Message], *, keep_thinking: bool) -> Iterator[_Pieces]:
    question: Question | None = None
    replies: list[Reply] = []
    for message in messages:
        if isinstance(message, Reply):
            replies.append(message)
            continue
        if question is not None:
            yield _pieces(question, replies, keep_thinking=keep_thinking)
        question, replies = message, []
    if question is not None:
        yield _pieces(question, replies, keep_thinking=keep_thinking)


def _pieces(question: Question, replies: Sequence[Reply], *, keep_thinking: bool = False) -> _Pieces:
    texts = (question.text, *(reply.text for reply in replies))
    return _Pieces(
        question,
        tuple(text for text in texts if text),
        tuple(attachment_text(each) for each in question.attachments),
        tuple(reply.thinking for reply in replies if keep_thinking and reply.thinking),
    )


def _turn(pieces: _Pieces, around: TemplateTokens, count: Callable[[str], int]) -> Turn:
    return Turn(
        pieces.question.id,
        sum(count(text) + around.message_tokens for text in pieces.texts),
        sum(count(text) for text in pieces.attachments),
        sum(count(text) for text in pieces.thinking),
        pieces.question.pinned,
    )
