"""How the next answer is asked for: what the user chose, laid over what suits the model that is loaded."""

from tui.chat.manner import Manner
from tui.chat.presets import language_of, presets
from tui.chat.sampling import Sources, sampling_of, sources
from tui.models.recommended import Recommendation, recommended
from tui.settings import Settings
from tui.ui.engine_host import EngineHost
from tui.ui.talk import How


class Asking:
    """Knows the manner of the conversation on the screen, and turns it into what the engine is told."""

    def __init__(self, settings: Settings, host: EngineHost) -> None:
        self._settings = settings
        self._host = host
        self.manner = Manner()
        """What the user chose for this conversation."""
        self.presets = presets(settings.presets)
        """What he can choose from."""
        self.language = language_of(settings.language)
        """Of the presets' system prompts."""

    def how(self) -> How:
        """How to ask the loaded model now."""
        return How(sampling_of(self.sources()), self.think, self.manner.json_schema)

    @property
    def think(self) -> bool | None:
        """Whether the loaded model is asked to think first; None for its own way."""
        return self.manner.think if self.can_choose_to_think else None

    @property
    def can_choose_to_think(self) -> bool:
        """Whether the loaded model thinks or does not as one wishes."""
        return self._host.loaded is not None and self._host.loaded.thinking == "optional"

    def sources(self, manner: Manner | None = None) -> Sources:
        """Where the sampling of the loaded model comes from, with the user's manner or another."""
        manner = manner or self.manner
        file = self._host.loaded.sampling if self._host.loaded else {}
        return sources(manner.sampling, manner.preset_sampling, self._settings, file, self.published(manner))

    def published(self, manner: Manner) -> Recommendation | None:
        """What the makers of the loaded model recommend; None while none is loaded, or they say nothing."""
        model, loaded = self._host.model, self._host.loaded
        if model is None or loaded is None:
            return None
        thinks = loaded.thinking == "always" or (loaded.thinking == "optional" and manner.think is not False)
        return recommended(model.name, thinks=thinks)
