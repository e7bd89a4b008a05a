"""Metrics of a reply: its end, its tokens and its times."""

from typing import Literal

import msgspec

FinishReason = Literal["end", "stop_text", "max_tokens", "context_full", "repetition", "stopped"]
"""End of a reply: by the model, at a stop text, at a limit, in a repetition without end, or by the user."""


class ReplyMetrics(msgspec.Struct, frozen=True):
    """Tokens, times and memory of a reply."""

    prompt_tokens: int
    """Tokens of the prompt with its cached part; of a stopped one, those that were read."""
    cached_tokens: int | None
    """Tokens of the prompt that were already in the cache; None from a place that cannot tell."""
    prompt_seconds: float | None
    """Time to read the part that was not cached; None from a place that cannot tell."""
    generated_tokens: int
    generation_seconds: float
    """Time from the first token to the last."""
    first_token_seconds: float | None
    """Time from the request to the first token; None when there was none."""
    context_used: int
    context: int
    peak_bytes: int | None
    """Peak resident size of the engine's process so far; None where it cannot be read."""
    thinking_tokens: int = 0
    """Generated tokens of the thinking and its marks."""
    cpu_share: float | None = None
    """Share of the time of all threads in which they ran while they generated, 0 to 1; see `cpu_share`.

    Far less where other programs were at work. None where it is not known, as on a GPU.
    """

    @property
    def read_tokens(self) -> int | None:
        """Prompt tokens that had to be read because they were not cached; None where nobody can tell."""
        return None if self.cached_tokens is None else self.prompt_tokens - self.cached_tokens

    @property
    def prompt_tps(self) -> float | None:
        """Prompt tokens read per second; None when all of it was cached, and where nobody can tell."""
        return self.read_tokens / self.prompt_seconds if self.read_tokens and self.prompt_seconds else None

    @property
    def generation_tps(self) -> float | None:
        """Tokens generated per second, without the first, whose time belongs to the prompt."""
        steps = self.generated_tokens - 1
        return steps / self.generation_seconds if steps > 0 and self.generation_seconds > 0 else None
