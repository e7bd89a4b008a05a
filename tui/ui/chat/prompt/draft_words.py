"""What a draft would cost, in words that fit where they stand."""

from collections.abc import Sequence

import msgspec
from rich.cells import cell_len

from tui.i18n import _, ngettext
from tui.services.token_counts import Tokens
from tui.units import format_duration

_AT_ONCE_SECONDS = 0.95
"""Reading that is over sooner needs no figure."""


class DraftCost(msgspec.Struct, frozen=True):
    """What would be read before the answer to a draft begins."""

    new: Tokens
    """Tokens that the model has not read yet."""
    cached: int = 0
    """Tokens that are in the cache already."""
    tokens_per_second: float | None = None
    """How fast the model reads; None where nobody knows."""

    @property
    def seconds(self) -> float | None:
        """How long reading takes."""
        return self.new.count / self.tokens_per_second if self.tokens_per_second else None


def tokens_words(tokens: Tokens) -> str:
    """`1,840 tokens`, or `about 1,840 tokens` for an estimate."""
    words = ngettext("{count} token", "{count} tokens", tokens.count).format(count=f"{tokens.count:,}")
    return words if tokens.exact else _("about {tokens}").format(tokens=words)


def cost_words(cost: DraftCost, width: int) -> str:
    """For example `1,840 new tokens, about 21 s; 1,200 already in the cache`, as much of it as fits."""
    if not cost.new.exact:
        return tokens_words(cost.new)
    count = cost.new.count
    new = ngettext("{count} new token", "{count} new tokens", count).format(count=f"{count:,}")
    timed = f"{new}, {_duration(cost.seconds)}" if cost.seconds is not None else new
    cached = _("{count} already in the cache").format(count=f"{cost.cached:,}") if cost.cached else ""
    longest = f"{timed}; {cached}" if cached else timed
    return first_fitting((longest, timed, new), width)


def first_fitting(texts: Sequence[str], width: int) -> str:
    """The first of the texts that takes no more than so many cells, else none."""
    return next((text for text in texts if cell_len(text) <= width), "")


def _duration(seconds: float) -> str:
    if seconds < _AT_ONCE_SECONDS:
        return _("under 1 s")
    return _("about {time}").format(time=format_duration(seconds))
