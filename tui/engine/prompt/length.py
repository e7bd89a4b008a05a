"""Tokens of a prompt that is far too long, counted in pieces: at once it takes 100 bytes of memory a byte."""

from collections.abc import Callable, Iterator, Sequence

_LONG_CHARACTERS = 1 << 18
"""A shorter text is tokenized at once: that costs little."""
_PIECE_CHARACTERS = 1 << 16
_TOKEN_CHARACTERS = 3
"""Characters a token of a text that may still fit, so that such a one is not read twice."""
_CUT_TOKENS = 32
"""Most tokens that a cut between two pieces can add."""


def tokens_beyond(text: str, context: int, tokenize: Callable[[str], Sequence[int]]) -> int | None:
    """Return the number of tokens of a text that surely goes beyond a context; None where it may fit.

    Pieces end at blanks, so that the count is that of the whole text but for a few tokens.
    """
    if len(text) < max(_LONG_CHARACTERS, _TOKEN_CHARACTERS * context):
        return None
    tokens = pieces = 0
    for piece in _pieces(text):
        tokens += len(tokenize(piece))
        pieces += 1
    return tokens if tokens - _CUT_TOKENS * pieces >= context else None


def _pieces(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = start + _PIECE_CHARACTERS
        if end < len(text):
            blank = max(text.rfind(" ", start + 1, end), text.rfind("\n", start + 1, end))
            # The blank begins the next piece, as it begins the next token.
            end = blank if blank > start else end
        yield text[start:end]
        start = end
