"""Context lengths: those that are offered, and the longest that fits into the memory that is free."""

from collections.abc import Callable

from tui.engine.options import LoadSettings
from tui.fit import formula
from tui.models.model import Shape

CONTEXTS = tuple(1 << power for power in range(9, 21))
"""Context lengths to step through: 512 to 1M tokens."""

_CONTEXT_STEP = 256


def longest_context(shape: Shape, need_bytes: int, room_bytes: int, settings: LoadSettings) -> int | None:
    """Return the longest context in tokens that fits into a memory now; None when none does.

    Args:
        shape: the model's; it sets the limit that the model was trained for.
        need_bytes: what the model takes of that memory with `settings`; moved along by the closed form.
        room_bytes: what a model may take of that memory now.
        settings: those that `need_bytes` is for.
    """
    terms = formula.context_terms(shape, settings)
    fixed_bytes = need_bytes - terms.kv_bytes(settings.context) - terms.compute_bytes(settings.context)

    def total_at(context: int) -> int:
        return terms.kv_bytes(context) + terms.compute_bytes(context)

    return longest_within(total_at, room_bytes - fixed_bytes, shape.context_length)


def longest_within(total_at: Callable[[int], int], room_bytes: int, limit: int) -> int | None:
    """Return the longest context, a multiple of 256 tokens up to `limit`, whose total is within `room_bytes`.

    `total_at` gives the total footprint in bytes at a context; it must not shrink as the context grows.
    None when not even 256 tokens fit.
    """
    low, high = 0, limit // _CONTEXT_STEP
    while low < high:
        middle = (low + high + 1) // 2
        if total_at(middle * _CONTEXT_STEP) <= room_bytes:
            low = middle
        else:
            high = middle - 1
    return low * _CONTEXT_STEP or None
