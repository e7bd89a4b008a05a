"""What a reply cost and took that was continued: its parts together."""

import msgspec

from tui.chat.receipt import Energy, Receipt
from tui.engine.reply_metrics import ReplyMetrics
from tui.i18n import _


def add_metrics(before: ReplyMetrics | None, after: ReplyMetrics | None) -> ReplyMetrics | None:
    """Both parts of a reply as one; None when the cost of either is not known.

    Tokens and seconds add up, of the prompts too: each part had one, most of the second cached. The first
    token of the second part counts as one of an average pace, since what came before it was reading, not
    generating: so the rate is that of all steps that were timed.
    """
    if before is None or after is None:
        return None
    steps = max(0, before.generated_tokens - 1) + max(0, after.generated_tokens - 1)
    seconds = before.generation_seconds + after.generation_seconds
    if steps and before.generated_tokens and after.generated_tokens:
        seconds += seconds / steps
    first = before.first_token_seconds
    return ReplyMetrics(
        prompt_tokens=before.prompt_tokens + after.prompt_tokens,
        cached_tokens=before.cached_tokens + after.cached_tokens,
        prompt_seconds=before.prompt_seconds + after.prompt_seconds,
        generated_tokens=before.generated_tokens + after.generated_tokens,
        generation_seconds=seconds,
        first_token_seconds=after.first_token_seconds if first is None else first,
        context_used=after.context_used,
        context=after.context,
        peak_bytes=_larger(before.peak_bytes, after.peak_bytes),
        thinking_tokens=before.thinking_tokens + after.thinking_tokens,
    )


def add_receipts(before: Receipt | None, after: Receipt) -> Receipt:
    """Both parts of a reply as one; the time between them was nobody's and is left out.

    Rates are of all tokens over all seconds; a figure that one part lacks is None.
    """
    if before is None:
        return after
    return Receipt(
        started=before.started,
        seconds=before.seconds + after.seconds,
        prompt_tokens=_sum(before.prompt_tokens, after.prompt_tokens),
        cached_tokens=_sum(before.cached_tokens, after.cached_tokens),
        generated_tokens=before.generated_tokens + after.generated_tokens,
        prompt_tps=_rate(
            (before.read_tokens, before.prompt_tps),
            (after.read_tokens, after.prompt_tps),
        ),
        generation_tps=_rate(
            (max(0, before.generated_tokens - 1), before.generation_tps),
            (max(0, after.generated_tokens - 1), after.generation_tps),
        ),
        first_token_seconds=(
            after.first_token_seconds if before.first_token_seconds is None else before.first_token_seconds
        ),
        peak_bytes=_larger(before.peak_bytes, after.peak_bytes),
        energy=_energy(before.energy, after.energy),
        parts=before.parts + after.parts,
        ended_at=after.ended,
    )


def add_models(before: str, after: str) -> str:
    """Who wrote a reply that another model went on with."""
    first = _("{first}, then {second}")
    if not after or after == before or before.endswith(first.format(first="", second=after)):
        return before
    return first.format(first=before, second=after)


def _rate(*parts: tuple[int | None, float | None]) -> float | None:
    """Of all tokens over all seconds; parts that took no time have no say."""
    timed = [(tokens, rate) for tokens, rate in parts if tokens and rate]
    seconds = sum(tokens / rate for tokens, rate in timed)
    return sum(tokens for tokens, _rate in timed) / seconds if seconds else None


def _energy(before: Energy, after: Energy) -> Energy:
    if before.joules is None or after.joules is None:
        return before if before.joules is None else after
    return msgspec.structs.replace(after, joules=before.joules + after.joules)


def _sum(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else before + after


def _larger(before: int | None, after: int | None) -> int | None:
    return max((size for size in (before, after) if size is not None), default=None)
