"""What is already in the KV cache, and how much of it the next prompt can keep."""

from collections.abc import Sequence
from typing import Protocol


class Cache(Protocol):
    """The parts of a context that hold the cache."""

    def keep(self, count: int) -> bool:
        """Drop everything from position `count` on; False when it cannot."""
        ...

    def clear(self) -> None:
        """Empty the cache."""
        ...

    def first_position(self) -> int:
        """The oldest position still held by every layer; -1 when one of them holds none."""
        ...


def common_prefix(held: Sequence[int], wanted: Sequence[int]) -> int:
    """Tokens that both begin with, at least one token of `wanted` left over to be read for its logits."""
    limit = min(len(held), len(wanted) - 1)
    for index in range(limit):
        if held[index] != wanted[index]:
            return index
    return max(limit, 0)


def usable_prefix(
    cache: Cache, held: Sequence[int], wanted: Sequence[int], window: int, recurrent: bool
) -> int:
    """How many tokens of `wanted` `rewind` would find in the cache, without touching it.

    `recurrent` says that the cache holds a state that cannot go back.
    """
    length = common_prefix(held, wanted)
    if length == len(held):
        return length
    gone = recurrent or (window > 0 and not _holds(cache, length, window))
    return 0 if gone else length


def rewind(cache: Cache, held: Sequence[int], wanted: Sequence[int], window: int) -> int:
    """Bring the cache back to the longest usable prefix of `wanted` and return its length in tokens.

    Args:
        cache: the context that holds `held`.
        held: the tokens in the cache.
        wanted: the whole next prompt.
        window: the model's sliding window in tokens, 0 for none.

    A recurrent model cannot go back at all. A sliding-window cache lets go of what left the window, and going
    back there is silently wrong, so the oldest position it still holds is looked at. In both cases the cache
    is emptied and the prompt is read again.
    """
    length = common_prefix(held, wanted)
    if length == len(held):
        return length
    if length == 0 or not cache.keep(length):
        cache.clear()
        return 0
    if window and not _holds(cache, length, window):
        cache.clear()
        return 0
    return length


def _holds(cache: Cache, length: int, window: int) -> bool:
    """True when the window before position `length` is still there."""
    oldest = cache.first_position()
    # An empty window counts as -1: everything that it still held lay past the prefix.
    return 0 <= oldest <= max(0, length - window)
