"""Text for the cost of a draft, shortened to its place."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui.i18n import _, ngettext
from tui.services.draft_cost import DraftCost
from tui.services.token_counts import Tokens
from tui.units import format_duration, format_tokens

_SHORT_SECONDS = 0.95
"""Seconds of reading below which no time is shown."""


def tokens_text(tokens: Tokens) -> str:
    """Return `1,840 tokens`, or `about 1,840 tokens` for an estimate."""
    count = format_tokens(tokens.count)
    if tokens.exact:
        return ngettext("{count} token", "{count} tokens", tokens.count).format(count=count)
    return ngettext("about {count} token", "about {count} tokens", tokens.count).format(count=count)


def cost_text(cost: DraftCost, width: int) -> str:
    """Return `1,840 new tokens, about 21 s; 1,200 already in the cache`, or a shorter form that fits."""
    if not cost.new.exact:
        return tokens_text(cost.new)
    new = ngettext("{count} new token", "{count} new tokens", cost.new.count).format(
        count=format_tokens(cost.new.count)
    )
    timed = new
    if cost.seconds is not None:
        template = _("{tokens}, under 1 s") if cost.seconds < _SHORT_SECONDS else _("{tokens}, about {time}")
        timed = template.format(tokens=new, time=format_duration(cost.seconds))
    longest = timed
    if cost.cached:
        template = _("{cost}; {count} already in the cache")
        longest = template.format(cost=timed, count=format_tokens(cost.cached))
    return first_fitting((longest, timed, new), width)


def first_fitting(texts: Sequence[str], width: int) -> str:
    """Return the first text that fits in `width` cells; empty for none."""
    return next((text for text in texts if cell_len(text) <= width), "")
