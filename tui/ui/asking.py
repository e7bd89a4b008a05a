"""How the next answer is asked for: what the user chose, laid over what suits the model that is loaded."""

# The app's own type parameter is open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from typing import Any

from textual.app import App

from tui.chat.manner import Manner, with_preset
from tui.chat.presets import find_preset, language_of, presets
from tui.chat.sampling import Sources, sampling_of, sources
from tui.i18n import _
from tui.models.recommended import Recommendation, recommended
from tui.settings import Settings
from tui.ui.engine_host import EngineHost
from tui.ui.talk import How
from tui.ui.widgets.chat.chat_pane import ChatPane


class Asking:
    """Knows the manner of the conversation on the screen, and turns it into what the engine is told."""

    def __init__(self, settings: Settings, host: EngineHost) -> None:
        self._settings = settings
        self._host = host
        self.manner = Manner()
        """What the user chose for this conversation."""
        self.presets = presets(settings.presets)
        """What there is to choose from."""
        self.language: str = language_of(settings.language)
        """Of the presets' system prompts."""
        self._system = ""

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
        return sources(
            manner.sampling,
            manner.preset_sampling,
            self._settings,
            file,
            self.published(manner),
            chat_stop=manner.stop,
            preset_stop=manner.preset_stop,
        )

    def published(self, manner: Manner) -> Recommendation | None:
        """What the makers of the loaded model recommend; None while none is loaded, or they say nothing."""
        model, loaded = self._host.model, self._host.loaded
        if model is None or loaded is None:
            return None
        thinks = loaded.thinking == "always" or (loaded.thinking == "optional" and manner.think is not False)
        return recommended(model.name, thinks=thinks)

    # With the chat

    async def choose(self, app: App[Any], chat: ChatPane) -> None:
        """Let the user choose how to ask, and take it on. Needs a worker to run in."""
        # Here: it is seldom needed, and the first screen need not wait for it.
        from tui.ui.screens.ask_settings import AskSettings

        talk = chat.conversation
        asked = await app.push_screen_wait(AskSettings(self, talk.system, under_way=bool(talk.messages)))
        if asked is None:
            return
        self.manner, self.language = asked.manner, asked.language
        if asked.system != talk.system:
            talk.system = asked.system
            if talk.messages:
                chat.notice.show_info(
                    _("The next answer is read with the new system prompt; the cache starts again.")
                )
        self._show(chat)

    def follow(self, chat: ChatPane) -> None:
        """Another conversation is on the screen: with another system prompt it is asked in its own way."""
        system = chat.conversation.system
        if system != self._system:
            found = find_preset(self.presets, system)
            self.manner = with_preset(Manner(), found[0] if found else None)
        self._show(chat)

    def _show(self, chat: ChatPane) -> None:
        self._system = chat.conversation.system
        preset = self.manner.preset.title if self.manner.preset else ""
        system = _("own system prompt") if self._system and not preset else ""
        # A preset that is known for it need not say so.
        usual = self.manner.preset.json_schema if self.manner.preset else ""
        schema = _("JSON") if self.manner.json_schema not in ("", usual) else ""
        chat.prompt_area.manner = " · ".join(part for part in (preset, system, schema) if part)
