"""How the next answer is asked for, beside the conversation itself."""

from collections.abc import Mapping

import msgspec

from tui.chat.context import FullContextPolicy
from tui.chat.presets import Preset
from tui.engine.options import SamplingSettings
from tui.settings.named_tables import StopList


class Asking(msgspec.Struct, frozen=True):
    """What the user chose for the answers of a conversation; the system prompt is the conversation's own."""

    preset: Preset | None = None
    """None for none, also after its system prompt was changed by hand."""
    sampling: Mapping[str, float] = {}
    """What was set by hand, by the names of `SamplingSettings`."""
    think: bool | None = None
    """Whether to think first, for models that let one choose; None for the model's own way."""
    json_schema: str = ""
    """What the answers have to follow; empty for free text."""
    when_full: FullContextPolicy | None = None
    """What to do when the context is full; None for what the settings say."""
    keep_thinking: bool = False
    """Send along what was thought in earlier replies."""
    stop: StopList | None = None
    """Texts that end an answer, set by hand; None for those of the preset, or else of the settings."""

    @property
    def preset_sampling(self) -> Mapping[str, float]:
        """What the preset sets."""
        return self.preset.sampling if self.preset else {}

    @property
    def preset_stop(self) -> tuple[str, ...] | None:
        """The texts that end an answer by the preset; None where it says nothing of them."""
        return self.preset.stop if self.preset else None


class PartSettings(msgspec.Struct, frozen=True):
    """What the engine was told, beside the prompt."""

    sampling: SamplingSettings
    """With the seed that was really drawn from, also where another one was wanted for each reply."""
    think: bool | None = None
    """Whether to think first; None for the model's own way."""
    json_schema: bool = False
    """Whether the reply had to follow a JSON schema."""


def with_preset(manner: Asking, preset: Preset | None) -> Asking:
    """The manner after a preset was chosen: its sampling, stop texts and schema, and nothing of the old."""
    schema = preset.json_schema if preset else ""
    return msgspec.structs.replace(manner, preset=preset, sampling={}, json_schema=schema, stop=None)
