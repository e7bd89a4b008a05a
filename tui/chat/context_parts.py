"""From a conversation to its parts in tokens, by whoever counts."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from tui.chat.context import Parts, Turn
from tui.chat.conversation import Message, Question


class Surroundings(msgspec.Struct, frozen=True):
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
    """The question's and the answers'."""


def texts_to_count(messages: Sequence[Message], draft: Question | None) -> list[str]:
    """Every text whose count `parts_of` asks for."""
    texts = [text for pieces in _turns(messages) for text in pieces.texts]
    return [*texts, draft.text] if draft is not None else texts


def parts_of(
    messages: Sequence[Message],
    draft: Question | None,
    around: Surroundings,
    count: Callable[[str], int],
    *,
    exact: bool = True,
) -> Parts:
    """A conversation in tokens.

    Args:
        messages: the branch that is shown, with the reply that is being written or gone on with.
        draft: the question that is being written; None when the last one is to be answered.
        around: what the template adds.
        count: tokens of a text.
        exact: False where `count` only estimates.
    """
    turns = [_turn(pieces, around, count) for pieces in _turns(messages)]
    if draft is not None:
        asked = _turn(_Pieces(draft, (draft.text,)), around, count)
    else:
        asked = turns.pop() if turns else Turn(0, 0)
    return Parts(around.system_tokens, tuple(turns), asked, exact and around.exact)


def _turns(messages: Sequence[Message]) -> Iterator[_Pieces]:
    question: Question | None = None
    texts: list[str] = []
    for message in messages:
        if isinstance(message, Question):
            if question is not None:
                yield _Pieces(question, tuple(texts))
            question, texts = message, []
        if message.text:
            texts.append(message.text)
    if question is not None:
        yield _Pieces(question, tuple(texts))


def _turn(pieces: _Pieces, around: Surroundings, count: Callable[[str], int]) -> Turn:
    words = sum(count(text) + around.message_tokens for text in pieces.texts if text)
    return Turn(pieces.question.id, words)
