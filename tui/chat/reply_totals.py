"""Total cost of a reply that was continued: the sum of its parts."""

from typing import TypeVar

import msgspec

from tui.chat.receipt import Energy, Receipt
from tui.engine.reply_metrics import ReplyMetrics
from tui.sentences import Reason, reason

Number = TypeVar("Number", int, float)

_THEN = ", then "
"""Stands between models in the label of a reply, whatever the language, since labels are saved."""


def add_metrics(first: ReplyMetrics | None, second: ReplyMetrics | None) -> ReplyMetrics | None:
    """Return the metrics of two parts of a reply together; None when those of either are unknown.

    Tokens and seconds add up, of the prompts too: each part had one, most of the second cached. The first
    token of the second part counts as one of an average pace, since before it the prompt was read, not
    generating: so the rate is that of all steps that were timed.
    """
    if first is None or second is None:
        return None
    steps = max(0, first.generated_tokens - 1) + max(0, second.generated_tokens - 1)
    seconds = first.generation_seconds + second.generation_seconds
    if steps and first.generated_tokens and second.generated_tokens:
        seconds += seconds / steps
    first_token_seconds = first.first_token_seconds
    return ReplyMetrics(
        prompt_tokens=first.prompt_tokens + second.prompt_tokens,
        cached_tokens=_sum(first.cached_tokens, second.cached_tokens),
        prompt_seconds=_sum(first.prompt_seconds, second.prompt_seconds),
        generated_tokens=first.generated_tokens + second.generated_tokens,
        generation_seconds=seconds,
        first_token_seconds=(
            second.first_token_seconds if first_token_seconds is None else first_token_seconds
        ),
        context_used=second.context_used,
        context=second.context,
        peak_bytes=_larger(first.peak_bytes, second.peak_bytes),
        thinking_tokens=first.thinking_tokens + second.thinking_tokens,
        cpu_share=_smaller(first.cpu_share, second.cpu_share),
    )


def add_receipts(first: Receipt | None, second: Receipt) -> Receipt:
    """Return the receipts of two parts of a reply together, without the time between them.

    Rates are of all tokens over all seconds; a figure that one part lacks is None.
    """
    if first is None:
        return second
    return Receipt(
        started=first.started,
        seconds=first.seconds + second.seconds,
        prompt_tokens=_sum(first.prompt_tokens, second.prompt_tokens),
        cached_tokens=_sum(first.cached_tokens, second.cached_tokens),
        generated_tokens=first.generated_tokens + second.generated_tokens,
        prompt_tps=_rate(
            (first.read_tokens, first.prompt_tps),
            (second.read_tokens, second.prompt_tps),
        ),
        generation_tps=_rate(
            (max(0, first.generated_tokens - 1), first.generation_tps),
            (max(0, second.generated_tokens - 1), second.generation_tps),
        ),
        first_token_seconds=(
            second.first_token_seconds if first.first_token_seconds is None else first.first_token_seconds
        ),
        peak_bytes=_larger(first.peak_bytes, second.peak_bytes),
        energy=_energy(first.energy, second.energy),
        parts=first.parts + second.parts,
        ended_at=second.ended,
    )


def add_models(first: str, second: str) -> str:
    """Return the label of a reply that another model went on with: both models."""
    is_last = second == first or first.endswith(f"{_THEN}{second}")
    return first if is_last or not second else f"{first}{_THEN}{second}"


def models_of_label(label: str) -> Reason:
    """Return the models of a reply, by its label."""
    first, separator, second = label.rpartition(_THEN)
    if not separator:
        return reason("chat.model", model=label)
    return reason("chat.model_continued_by", first=models_of_label(first), second=second)


def _smaller(first: float | None, second: float | None) -> float | None:
    return min((share for share in (first, second) if share is not None), default=None)


def _rate(*parts: tuple[int | None, float | None]) -> float | None:
    """Return all tokens over all seconds; parts without time do not count."""
    timed = [(tokens, rate) for tokens, rate in parts if tokens and rate]
    seconds = sum(tokens / rate for tokens, rate in timed)
    return sum(tokens for tokens, _rate in timed) / seconds if seconds else None


def _energy(first: Energy, second: Energy) -> Energy:
    if first.joules is None or second.joules is None:
        return first if first.joules is None else second
    return msgspec.structs.replace(second, joules=first.joules + second.joules)


def _sum(first: Number | None, second: Number | None) -> Number | None:
    return None if first is None or second is None else first + second


def _larger(first: int | None, second: int | None) -> int | None:
    return max((size for size in (first, second) if size is not None), default=None)
