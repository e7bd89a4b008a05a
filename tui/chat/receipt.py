"""Receipt of a reply, saved with it: tokens, time, memory and energy."""

import msgspec

from tui.sentences import Reason


class Energy(msgspec.Struct, frozen=True):
    """Energy over a reply, or the reason why it is not known."""

    joules: float | None
    source: Reason | str | None = None
    """Name of the thing measured: the processor's package, a GPU, the whole machine on its battery.

    Here and below, text is of an older version.
    """
    reason: Reason | str | None = None
    """Reason why `joules` is None, one phrase; None when it is known."""

    @property
    def watt_hours(self) -> float | None:
        """Energy in watt-hours."""
        return None if self.joules is None else self.joules / 3600


class Receipt(msgspec.Struct, frozen=True):
    """Use of the machine by one reply. A figure is None when the reply was cut short before its report."""

    started: float
    """Time when the engine was asked, in seconds since 1970."""
    seconds: float
    """Time from then to the end of the reply, by a monotonic clock."""
    prompt_tokens: int | None
    """Tokens of the whole prompt, cached ones included."""
    cached_tokens: int | None
    """Tokens of the prompt that were in the cache already."""
    generated_tokens: int
    """Tokens of the reply, as far as they had arrived."""
    prompt_tps: float | None
    """Prompt tokens read per second; None also when all of them were cached."""
    generation_tps: float | None
    """Tokens generated per second, without the first; None for a single one."""
    first_token_seconds: float | None
    """Time from the request to the first token; None when there was none."""
    peak_bytes: int | None
    """The largest resident size of the engine's process seen during the reply."""
    energy: Energy
    parts: int = 1
    """Number of parts that it sums up: a reply that was continued has more than one."""
    ended_at: float | None = None
    """Time when the last of several parts ended; None for a single one: `seconds` after `started`."""

    @property
    def ended(self) -> float:
        """Time when the reply ended, in seconds since 1970."""
        return self.started + self.seconds if self.ended_at is None else self.ended_at

    @property
    def read_tokens(self) -> int | None:
        """Prompt tokens that had to be read because they were not cached."""
        if self.prompt_tokens is None or self.cached_tokens is None:
            return None
        return self.prompt_tokens - self.cached_tokens
