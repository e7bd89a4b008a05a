"""App that shows only the dialog for the answer settings."""

from collections.abc import Mapping
from typing import Any

from textual.widgets import ContentSwitcher

from tests.ui.host import Host
from tests.waiting import until
from tui.chat.conversation import Conversation
from tui.chat.presets import BUILT_IN_PRESETS
from tui.engine.footprint import Footprint
from tui.engine.protocol import Loaded
from tui.models.model import Model
from tui.services.host import EngineHost
from tui.services.model_asking import ModelAsking
from tui.settings.settings import Settings
from tui.ui.chat.settings.ask_settings import AskSettings, ChosenAsking
from tui.ui.chat.settings.sampling_form import NumberInput

EXTRACT = BUILT_IN_PRESETS[-1]


def model_asking(settings: Settings | None = None, **loaded: Any) -> ModelAsking:
    """Return answer settings; keyword arguments describe a model that counts as loaded."""
    host = EngineHost(lambda failed: None)
    if loaded:
        name = loaded.pop("name", "Qwen3-8B")
        host.model = Model(name, "Q4_K_M", 1, None, None, None)
        host.loaded = Loaded(1, Footprint(1, 1, 1, 1, "engine"), None, 512, 1.0, 1, "model", **loaded)
    return ModelAsking(settings or Settings(preset_language="en"), host, Conversation())


class AskApp(Host):
    """App that opens the dialog at once, and keeps what it is closed with."""

    def __init__(self, model_asking: ModelAsking, system: str = "", *, has_messages: bool = False) -> None:
        super().__init__()
        self._model_asking = model_asking
        self.dialog = AskSettings(model_asking, system, has_messages=has_messages)
        self.results: list[ChosenAsking | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.results.append)

    def open_dialog(self, system: str) -> None:
        """Open the dialog once more."""
        self.dialog = AskSettings(self._model_asking, system, has_messages=False)
        self.push_screen(self.dialog, self.results.append)

    @property
    def tab(self) -> str | None:
        """The tab that is shown; None once the dialog is closed."""
        switchers = self.screen.query(ContentSwitcher)
        return switchers.first().current if switchers else None

    def text_of(self, selector: str) -> str:
        return str(self.screen.query_one(selector).render())

    def type_values(self, values: Mapping[str, str]) -> None:
        for name, text in values.items():
            self.screen.query_one(f"#sampling-{name}", NumberInput).value = text


async def until_dialog_is_open(app: AskApp) -> None:
    await until(lambda: app.screen is app.dialog and app.tab and app.screen.focused, "the screen")
