"""Detection of a reply that repeats itself without end."""

from collections.abc import Sequence

_CHECK_EVERY = 64
"""Tokens between two looks, so that looking costs nothing beside a decode."""
_LONGEST = 200
"""Tokens of the longest text whose repetition is noticed: a paragraph."""
_LEAST_TOKENS = 160
"""Tokens that the repetitions fill at least: a list or a table may have a few equal rows."""
_LEAST_TIMES = 4
_FEW = 6
_FEW_IN_TOKENS = 256
"""A text of so many tokens with no more than a few different ones repeats itself, if not in one order."""


class RepetitionDetector:
    """Looks at the end of a reply now and then, until it has seen a repetition."""

    def __init__(self) -> None:
        self._tokens: list[int] = []
        self._noticed_at: int | None = None
        """Number of tokens when the repetition that goes on was noticed; None while none goes on."""
        self.unit: tuple[int, ...] | None = None
        """The tokens that were repeated when it was first noticed; None while none are."""

    @property
    def further_tokens(self) -> int:
        """Tokens since the repetition was noticed that still goes on; 0 while none does."""
        return 0 if self._noticed_at is None else len(self._tokens) - self._noticed_at

    def add(self, token: int) -> bool:
        """Take a token; return True when it shows that the reply repeats itself, once in a reply."""
        tokens = self._tokens
        tokens.append(token)
        if len(tokens) % _CHECK_EVERY:
            return False
        unit = repeated_end(tokens)
        if unit is None:
            self._noticed_at = None
            return False
        if self._noticed_at is None:
            self._noticed_at = len(tokens)
        is_first = self.unit is None
        self.unit = self.unit or unit
        return is_first

    def goes_on(self) -> bool:
        """Return True when the reply still repeats the same at its end."""
        return self.unit is not None and repeated_end(self._tokens) is not None


def repeated_end(tokens: Sequence[int]) -> tuple[int, ...] | None:
    """Return the shortest run of tokens that the text ends with many times over; None where there is none."""
    if len(tokens) < _LEAST_TOKENS:
        return None
    last = tokens[-1]
    for length in range(1, min(_LONGEST, len(tokens) // _LEAST_TIMES) + 1):
        if tokens[-1 - length] != last:
            continue
        end = tokens[-max(_LEAST_TOKENS, _LEAST_TIMES * length) :]
        if end[length:] == end[:-length]:
            return tuple(tokens[-length:])
    end = tokens[-_FEW_IN_TOKENS:]
    return tuple(end[-_FEW:]) if len(end) == _FEW_IN_TOKENS and len(set(end)) <= _FEW else None
