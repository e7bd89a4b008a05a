"""Parts of a conversation in tokens, by any counter."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from tui.chat.context import ContextParts, Turn
from tui.chat.messages import Message, Question, Reply
from tui.chat.prompt_messages import attachment_text


class TemplateTokens(msgspec.Struct, frozen=True):
    """Tokens that a model's chat template adds."""

    system_tokens: int
    """Tokens before the first message: the beginning of the text and the system prompt."""
    message_tokens: int
    """Tokens around each message."""
    exact: bool = True
    """False until the template was measured."""


class _Pieces(msgspec.Struct, frozen=True):
    """Texts of one turn that are counted."""

    question: Question
    texts: tuple[str, ...]
    """Texts of the question and its answers that are not empty."""
    attachments: tuple[str, ...]
    thinking: tuple[str, ...]


def texts_to_count(messages: Sequence[Message], draft: Question | None, *, keep_thinking: bool) -> list[str]:
    """Return every text that `context_parts` counts."""
    pieces = [*_turns(messages, keep_thinking=keep_thinking)]
    if draft is not None:
        pieces.append(_pieces(draft, ()))
    return [text for turn in pieces for text in (*turn.texts, *turn.attachments, *turn.thinking)]


def context_parts(
    messages: Sequence[Message],
    draft: Question | None,
    around: TemplateTokens,
    count: Callable[[str], int],
    *,
    keep_thinking: bool,
    exact: bool = True,
) -> ContextParts:
    """Return a conversation in tokens.

    Args:
        messages: the shown branch, with the reply that is being written or continued.
        draft: the question that is being written; None when the last one is to be answered.
        around: tokens that the template adds.
        count: tokens of a text.
        keep_thinking: True when the thinking of earlier replies is sent.
        exact: False where `count` only estimates.
    """
    turns = [_turn(pieces, around, count) for pieces in _turns(messages, keep_thinking=keep_thinking)]
    if draft is not None:
        question = _turn(_pieces(draft, ()), around, count)
    else:
        question = turns.pop() if turns else Turn(0, 0)
    return ContextParts(around.system_tokens, tuple(turns), question, exact and around.exact)


def message_ids_of_turns(messages: Sequence[Message], question_ids: frozenset[int]) -> frozenset[int]:
    """Return the ids of these questions and of their replies."""
    ids: set[int] = set()
    is_wanted = False
    for message in messages:
        if isinstance(message, Question):
            is_wanted = message.id in question_ids
        if is_wanted:
            ids.add(message.id)
    return frozenset(ids)


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
        tuple(attachment_text(attachment) for attachment in question.attachments),
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
