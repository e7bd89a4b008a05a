"""Prefix cache: the part of the KV cache that the next prompt can keep."""

from collections.abc import Sequence
from typing import Protocol


class Cache(Protocol):
    """The methods of a context that change its cache."""

    def keep(self, count: int) -> bool:
        """Drop everything from position `count` on; return False when it cannot."""
        ...

    def clear(self) -> None:
        """Empty the cache."""
        ...

    def first_position(self) -> int:
        """Return the oldest position that every layer still has; -1 when one of them has none."""
        ...


def common_prefix(cached: Sequence[int], prompt: Sequence[int]) -> int:
    """Count the tokens that both begin with; at least one of the prompt is left to be read for its logits."""
    limit = min(len(cached), len(prompt) - 1)
    for index in range(limit):
        if cached[index] != prompt[index]:
            return index
    return max(limit, 0)


def usable_prefix(
    cache: Cache, cached: Sequence[int], prompt: Sequence[int], window: int, recurrent: bool
) -> int:
    """Return the length that `rewind` would return, without touching the cache.

    `recurrent` is True for a cache whose state cannot go back.
    """
    length = common_prefix(cached, prompt)
    if length == len(cached):
        return length
    unusable = recurrent or (window > 0 and not _has_window(cache, length, window))
    return 0 if unusable else length


def rewind(cache: Cache, cached: Sequence[int], prompt: Sequence[int], window: int) -> int:
    """Rewind the cache to the longest usable prefix of the prompt, and return its length in tokens.

    Args:
        cache: the context with the cached tokens.
        cached: the tokens in the cache, oldest first.
        prompt: the whole next prompt, in tokens.
        window: the model's sliding window in tokens, 0 for none.

    A recurrent model cannot go back at all. A sliding-window cache drops what left the window, and going
    back there would give wrong answers without an error, so its oldest position is checked. In both cases the
    cache is emptied and the prompt is read again.
    """
    length = common_prefix(cached, prompt)
    if length == len(cached):
        return length
    if length == 0 or not cache.keep(length):
        cache.clear()
        return 0
    if window and not _has_window(cache, length, window):
        cache.clear()
        return 0
    return length


def _has_window(cache: Cache, length: int, window: int) -> bool:
    """Return True when the window before position `length` is still in the cache."""
    oldest = cache.first_position()
    # An empty window counts as -1: all its positions were past the prefix.
    return 0 <= oldest <= max(0, length - window)
