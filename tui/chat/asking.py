"""User's choices for the answers of a conversation, and the settings of each part of a reply."""

from collections.abc import Mapping

import msgspec

from tui.chat.context import FullContextPolicy
from tui.chat.presets import Preset
from tui.engine.options import SamplingSettings
from tui.settings.named_tables import StopList


class Asking(msgspec.Struct, frozen=True):
    """User's choices for the answers of a conversation; the system prompt is the conversation's own."""

    preset: Preset | None = None
    """None for none, also after its system prompt was changed by hand."""
    sampling: Mapping[str, float] = {}
    """Values set by hand, by the names of `SamplingSettings`."""
    think: bool | None = None
    """True to think first, for models that let one choose; None to leave it to the model."""
    json_schema: str = ""
    """JSON schema of the answers; empty for free text."""
    when_full: FullContextPolicy | None = None
    """Policy for a full context; None for that of the settings."""
    keep_thinking: bool = False
    """True to send the thinking of earlier replies with the next prompt."""
    stop: StopList | None = None
    """Stop texts set by hand; None for those of the preset, or else of the settings."""

    @property
    def preset_sampling(self) -> Mapping[str, float]:
        """Sampling values of the preset."""
        return self.preset.sampling if self.preset else {}

    @property
    def preset_stop(self) -> tuple[str, ...] | None:
        """Stop texts of the preset; None where it sets none."""
        return self.preset.stop if self.preset else None


class PartSettings(msgspec.Struct, frozen=True):
    """Settings that a part of a reply was asked with, so that it can be asked for again."""

    sampling: SamplingSettings
    """Sampling with the seed that was really used, also where another one was wanted for each reply."""
    think: bool | None = None
    """True when the model was asked to think first; None when it was left to the model."""
    json_schema: bool = False
    """True when the reply had to follow a JSON schema."""


def with_preset(asking: Asking, preset: Preset | None) -> Asking:
    """Return the choices with a preset: its sampling, stop texts and schema replace the earlier ones."""
    schema = preset.json_schema if preset else ""
    return msgspec.structs.replace(asking, preset=preset, sampling={}, json_schema=schema, stop=None)
