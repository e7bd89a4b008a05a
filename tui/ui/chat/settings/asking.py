"""How the next answer is asked for: what the user chose, laid over what suits the model that is loaded."""

# The app's own type parameter is open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from functools import lru_cache
from typing import Any

import msgspec
from textual.app import App

from tui.chat.asking import Asking, with_preset
from tui.chat.conversation import Conversation
from tui.chat.presets import Preset, all_presets, find_preset, preset_language
from tui.chat.sampling import SamplingSources, sampling_settings, sampling_sources
from tui.engine.options import AnswerRequest
from tui.engine.schema import check_schema
from tui.i18n import _
from tui.models.published_sampling import Recommendation, published_sampling
from tui.sentences import Reason
from tui.services.host import EngineHost
from tui.settings.settings import Settings
from tui.text import clean_line
from tui.ui.chat.pane import ChatPane
from tui.ui.kit.sentences import sentence_with_keys


class ModelAsking:
    """Knows the manner of the conversation on the screen, and turns it into what the engine is told."""

    def __init__(self, settings: Settings, host: EngineHost, conversation: Conversation) -> None:
        """`conversation` is the one on the screen."""
        self._settings = settings
        self._host = host
        self._conversation = conversation
        self.presets = all_presets(settings.presets)
        """What there is to choose from."""
        self.language: str = preset_language(settings.language)
        """Of the presets' system prompts."""

    @property
    def asking(self) -> Asking:
        """What the user chose for this conversation."""
        return self._conversation.asking

    @asking.setter
    def asking(self, manner: Asking) -> None:
        self._conversation.asking = manner

    def request(self) -> AnswerRequest:
        """Return how to ask the loaded model now, still without messages."""
        return AnswerRequest(
            sampling=sampling_settings(self.sampling_sources()),
            think=self.think,
            json_schema=self.json_schema,
        )

    @property
    def json_schema(self) -> str:
        """What the answer has to follow; empty for free text, also where the schema cannot be used."""
        schema = self.asking.json_schema
        return "" if schema and _schema_problem(schema) else schema

    @property
    def think(self) -> bool | None:
        """Whether the loaded model is asked to think first; None for its own way."""
        return self.asking.think if self.can_choose_to_think else None

    @property
    def can_choose_to_think(self) -> bool:
        """Whether the loaded model thinks or does not as one wishes."""
        return self._host.loaded is not None and self._host.loaded.thinking == "optional"

    def sampling_sources(self, manner: Asking | None = None) -> SamplingSources:
        """Where the sampling of the loaded model comes from, with the user's manner or another."""
        manner = manner or self.asking
        file = self._host.loaded.sampling if self._host.loaded else {}
        return sampling_sources(
            manner.sampling,
            manner.preset_sampling,
            self._settings,
            file,
            self.published_sampling(manner),
            chat_stop=manner.stop,
            preset_stop=manner.preset_stop,
        )

    def published_sampling(self, manner: Asking) -> Recommendation | None:
        """What the makers of the loaded model recommend; None while none is loaded, or they say nothing."""
        model, loaded = self._host.model, self._host.loaded
        if model is None or loaded is None:
            return None
        thinks = loaded.thinking == "always" or (loaded.thinking == "optional" and manner.think is not False)
        return published_sampling(model.name, thinks=thinks)

    # With the chat

    async def choose(self, app: App[Any], chat: ChatPane) -> None:
        """Let the user choose how to ask, and take it on. Needs a worker to run in."""
        # Here: it is seldom needed, and the first screen need not wait for it.
        from tui.ui.chat.settings.ask_settings import AskSettings

        talk = self._conversation
        asked = await app.push_screen_wait(AskSettings(self, talk.system, under_way=bool(talk.messages)))
        if asked is None:
            return
        self.asking, self.language = asked.asking, asked.language
        if asked.system != talk.system:
            talk.system = asked.system
            if talk.messages:
                chat.notice.show_info(
                    _("The next answer is read with the new system prompt; the cache starts again.")
                )
        self._show(chat)

    def adopt_conversation(self, chat: ChatPane) -> None:
        """Another conversation is on the screen, to be asked in its own way.

        Of one that was kept without it, its system prompt tells the preset.
        """
        manner, system = self.asking, self._conversation.system
        if manner == Asking() and (found := find_preset(self.presets, system)):
            self.asking = with_preset(manner, found[0])
        elif manner.preset is not None and (same := self._same(manner.preset)):
            self.asking = msgspec.structs.replace(manner, preset=same)
        self._show(chat)

    def changes_since_saved(self) -> list[str]:
        """What is not as it was when the conversation was left, a sentence each."""
        found: list[str] = []
        preset, schema = self.asking.preset, self.asking.json_schema
        if preset is not None and self._same(preset) is None:
            is_known = any(each.name == preset.name for each in self.presets)
            words = (
                _("The preset {name} is another one now; this conversation keeps what it was.")
                if is_known
                else _("There is no preset {name} any more; this conversation keeps what it was.")
            )
            found.append(words.format(name=clean_line(preset.title)))
        if schema and (problem := _schema_problem(schema)):
            words = _("Its JSON schema is left out, so answers are free text: {problem}")
            found.append(words.format(problem=sentence_with_keys(problem)))
        return found

    def _same(self, preset: Preset) -> Preset | None:
        """The preset as it is known now; None where it does something else in this conversation."""
        known = next((each for each in self.presets if each.name == preset.name), None)
        if known is None or self._conversation.system not in known.system.values():
            return None
        does = [(each.sampling, each.json_schema, each.stop) for each in (known, preset)]
        return known if does[0] == does[1] else None

    def _show(self, chat: ChatPane) -> None:
        manner = self.asking
        preset = manner.preset.title if manner.preset else ""
        system = _("own system prompt") if self._conversation.system and not preset else ""
        # A preset that is known for it need not say so.
        usual = manner.preset.json_schema if manner.preset else ""
        schema = _("JSON") if self.json_schema not in ("", usual) else ""
        chat.prompt_area.asking_note = " · ".join(part for part in (preset, system, schema) if part)


@lru_cache(maxsize=4)
def _schema_problem(schema: str) -> Reason | None:
    # It is asked for with every look at the draft.
    return check_schema(schema)
