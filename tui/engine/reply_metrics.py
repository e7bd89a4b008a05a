"""How a reply ended and what it cost, for all who show, keep or compare replies."""

from typing import Literal

import msgspec

FinishReason = Literal["end", "stop_text", "max_tokens", "context_full", "stopped"]
"""How a reply ended: by the model, at a text that should end it, at a limit, or by the user."""


class ReplyMetrics(msgspec.Struct, frozen=True):
    """What a reply cost."""

    prompt_tokens: int
    """The whole prompt, cached part included; of one that was stopped, the part that was read."""
    cached_tokens: int
    """Of the prompt, how many were already in the cache."""
    prompt_seconds: float
    """Reading the part that was not cached."""
    generated_tokens: int
    generation_seconds: float
    """From the first token to the last."""
    first_token_seconds: float | None
    """From the request to the first token; None when there was none."""
    context_used: int
    context: int
    peak_bytes: int | None
    """Peak resident size of the engine's process so far; None where it cannot be read."""
    thinking_tokens: int = 0
    """Of the generated tokens, those of the thinking and its marks."""

    @property
    def prompt_tps(self) -> float | None:
        """Prompt tokens read per second; None when all of it was cached."""
        read = self.prompt_tokens - self.cached_tokens
        return read / self.prompt_seconds if read > 0 and self.prompt_seconds > 0 else None

    @property
    def generation_tps(self) -> float | None:
        """Tokens generated per second, the first excluded since the prompt pays for it."""
        steps = self.generated_tokens - 1
        return steps / self.generation_seconds if steps > 0 and self.generation_seconds > 0 else None
