"""What a reply took of the machine, kept with it: tokens, time, memory, energy."""

import msgspec


class Energy(msgspec.Struct, frozen=True):
    """Energy over a reply, or the reason why it is not known."""

    joules: float | None
    source: str | None = None
    """What was measured, in words: the processor's package, a GPU, the whole machine on its battery."""
    reason: str | None = None
    """Why `joules` is None, one phrase; None when it is known."""

    @property
    def watt_hours(self) -> float | None:
        """The same in watt-hours."""
        return None if self.joules is None else self.joules / 3600


class Receipt(msgspec.Struct, frozen=True):
    """What one reply took. A figure that is None was never reported, because the reply was cut short."""

    started: float
    """When the engine was asked, in seconds since 1970."""
    seconds: float
    """From then to the end of the reply, by a clock that nobody sets."""
    prompt_tokens: int | None
    """The whole prompt, what was cached included."""
    cached_tokens: int | None
    """Of the prompt, how many were in the cache already."""
    generated_tokens: int
    """Tokens of the reply, as far as they had arrived."""
    prompt_tps: float | None
    """Prompt tokens read per second; None also when all of them were cached."""
    generation_tps: float | None
    """Tokens generated per second, without the first; None for a single one."""
    first_token_seconds: float | None
    """From the request to the first token; None when there was none."""
    peak_bytes: int | None
    """The largest resident size of the engine's process seen during the reply."""
    energy: Energy
    parts: int = 1
    """How many askings it sums up: a reply that was continued was asked for more than once."""
    ended_at: float | None = None
    """When the last of several parts ended; None for a single one, which ended `seconds` after `started`."""

    @property
    def ended(self) -> float:
        """When the reply ended, in seconds since 1970."""
        return self.started + self.seconds if self.ended_at is None else self.ended_at

    @property
    def read_tokens(self) -> int | None:
        """Prompt tokens that had to be read because they were not cached."""
        if self.prompt_tokens is None or self.cached_tokens is None:
            return None
        return self.prompt_tokens - self.cached_tokens
