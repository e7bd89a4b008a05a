"""How a part of a reply was asked for, so that a good one can be asked for again."""

import msgspec

from tui.engine.options import SamplingSettings


class Way(msgspec.Struct, frozen=True):
    """What the engine was told, beside the prompt."""

    sampling: SamplingSettings
    """With the seed that was really drawn from, also where another one was wanted for each reply."""
    think: bool | None = None
    """Whether to think first; None for the model's own way."""
    json_schema: bool = False
    """Whether the reply had to follow a JSON schema."""
