"""Number of prompt tokens of the next decode call: few enough to report progress, enough to be efficient."""

_FIRST = 16
"""Tokens of the first call, after which the time left can be estimated."""
_SECOND = 64
"""Tokens of the second call: backends that copy weights to a GPU do so only for larger ones."""
_QUICK_SECONDS = 1.0
"""Calls shorter than this may become four times as large at once."""
_LONG_SECONDS = 4.0
"""Calls longer than this become smaller again, unless they pay."""
_PAYS = 1.2
"""A larger call pays when it reads so many times the tokens per second of the one before."""


class PromptChunks:
    """Sizes of the decode calls that read one prompt, by the time that the calls before took."""

    def __init__(self, batch: int) -> None:
        """`batch` is the largest number of tokens of a call."""
        self._batch = batch
        self._rate = 0.0
        self.size = min(_FIRST, batch)
        """Tokens of the next call."""

    def add(self, tokens: int, seconds: float) -> None:
        """Take the time of a call, and choose the size of the next one."""
        rate = tokens / seconds if seconds > 0 else float("inf")
        pays, self._rate = rate > _PAYS * self._rate, rate
        if seconds < _QUICK_SECONDS:
            size = self.size * 4
        elif pays:
            size = self.size * 2
        elif seconds > _LONG_SECONDS:
            size = self.size // 2
        else:
            size = self.size
        self.size = min(max(size, _SECOND), self._batch)
