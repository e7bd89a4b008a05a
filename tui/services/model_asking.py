"""Answers asked for as the user chose, laid over what suits the loaded model."""

from functools import lru_cache

import msgspec

from tui.chat.asking import Asking, with_preset
from tui.chat.conversation import Conversation
from tui.chat.presets import Preset, all_presets, find_preset, preset_language
from tui.chat.sampling import SamplingSources, sampling_settings, sampling_sources
from tui.engine.options import AnswerRequest
from tui.engine.protocol import Loaded
from tui.models.model import Model
from tui.models.published_sampling import PublishedSampling, published_sampling
from tui.sentences import Reason, reason
from tui.services.host import EngineHost
from tui.settings.settings import Settings


def sampling_sources_of(
    asking: Asking, settings: Settings, model: Model | None, loaded: Loaded | None
) -> SamplingSources:
    """Return the sampling values of each source for a loaded model; both are None while none is loaded."""
    return sampling_sources(
        asking.sampling,
        asking.preset_sampling,
        settings,
        loaded.sampling if loaded is not None else {},
        _published(asking, model, loaded),
        chat_stop=asking.stop,
        preset_stop=asking.preset_stop,
    )


def _published(asking: Asking, model: Model | None, loaded: Loaded | None) -> PublishedSampling | None:
    if model is None or loaded is None:
        return None
    thinks = loaded.thinking == "always" or (loaded.thinking == "optional" and asking.think is not False)
    return published_sampling(model.name, thinks=thinks, entry=model.entry)


class ModelAsking:
    """Resolves what one conversation asks for against the settings and the loaded model."""

    def __init__(self, settings: Settings, host: EngineHost, conversation: Conversation) -> None:
        """Take the settings, the host of the loaded model and the conversation on the screen."""
        self._settings = settings
        self._host = host
        self._conversation = conversation
        self.presets = all_presets(settings.presets)
        """Presets to choose from, the user's own first."""
        self.language: str = preset_language(settings.preset_language)
        """Language of the presets' system prompts."""

    @property
    def asking(self) -> Asking:
        """The user's choices for this conversation."""
        return self._conversation.asking

    @asking.setter
    def asking(self, asking: Asking) -> None:
        self._conversation.asking = asking

    def request(self) -> AnswerRequest:
        """Return the request for an answer by the loaded model, still without messages."""
        return AnswerRequest(
            sampling=sampling_settings(self.sampling_sources()),
            think=self.think,
            json_schema=self.json_schema,
        )

    @property
    def json_schema(self) -> str:
        """JSON schema of the answer; empty for free text, also where the schema cannot be used."""
        schema = self.asking.json_schema
        return "" if schema and _schema_problem(schema) else schema

    @property
    def think(self) -> bool | None:
        """True to ask the loaded model to think first, False not to; None to leave it to the model."""
        return self.asking.think if self.can_choose_to_think else None

    @property
    def can_choose_to_think(self) -> bool:
        """True when the loaded model thinks first or not as the user wishes."""
        return self._host.loaded is not None and self._host.loaded.thinking == "optional"

    def sampling_sources(self, asking: Asking | None = None) -> SamplingSources:
        """Return the sampling values of each source, with these choices or the conversation's own."""
        return sampling_sources_of(asking or self.asking, self._settings, self._host.model, self._host.loaded)

    def published_sampling(self, asking: Asking) -> PublishedSampling | None:
        """Return what the makers of the loaded model recommend; None without a model or a recommendation."""
        return _published(asking, self._host.model, self._host.loaded)

    def choose(self, asking: Asking, system: str, language: str) -> bool:
        """Take the user's choices; True when the system prompt is another one now."""
        self.asking, self.language = asking, language
        is_new_prompt = system != self._conversation.system
        self._conversation.system = system
        return is_new_prompt

    def adopt_conversation(self) -> None:
        """Take over the choices of another conversation.

        The preset of one that was saved without its choices is found by its system prompt.
        """
        asking, system = self.asking, self._conversation.system
        if asking == Asking() and (match := find_preset(self.presets, system)):
            self.asking = with_preset(asking, match[0])
        elif asking.preset is not None and (same := self._unchanged_preset(asking.preset)):
            self.asking = msgspec.structs.replace(asking, preset=same)

    def changes_since_saved(self) -> tuple[Reason, ...]:
        """Return what is no longer as it was when the conversation was left."""
        changes: list[Reason] = []
        preset, schema = self.asking.preset, self.asking.json_schema
        if preset is not None and self._unchanged_preset(preset) is None:
            is_known = any(candidate.name == preset.name for candidate in self.presets)
            code = "services.preset_changed" if is_known else "services.preset_gone"
            changes.append(reason(code, name=preset.title))
        if schema and (problem := _schema_problem(schema)):
            changes.append(reason("services.schema_left_out", problem=problem))
        return tuple(changes)

    def _unchanged_preset(self, preset: Preset) -> Preset | None:
        """Return the preset as it is known now; None where it would change this conversation."""
        current = next((candidate for candidate in self.presets if candidate.name == preset.name), None)
        if current is None or self._conversation.system not in current.system.values():
            return None
        effects = [(version.sampling, version.json_schema, version.stop) for version in (current, preset)]
        return current if effects[0] == effects[1] else None


@lru_cache(maxsize=4)
def _schema_problem(schema: str) -> Reason | None:
    # Cached, because every look at the draft needs it; imported here, because the first screen does not.
    from tui.engine.schema import check_schema

    return check_schema(schema)
