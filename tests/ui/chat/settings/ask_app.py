"""Screen that sets how to ask, over an empty app."""

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


def asking(settings: Settings | None = None, **loaded: Any) -> ModelAsking:
    """With a model that is said to be loaded, where anything is said of it."""
    host = EngineHost(lambda failed: None)
    if loaded:
        name = loaded.pop("name", "Qwen3-8B")
        host.model = Model(name, "Q4_K_M", 1, None, None, None)
        host.loaded = Loaded(1, Footprint(1, 1, 1, 1, "engine"), None, 512, 1.0, 1, "model", **loaded)
    return ModelAsking(settings or Settings(language="en"), host, Conversation())


class AskApp(Host):
    def __init__(self, asking: ModelAsking, system: str = "", *, under_way: bool = False) -> None:
        super().__init__()
        self.opened = AskSettings(asking, system, under_way=under_way)
        self.results: list[ChosenAsking | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.opened, self.results.append)

    @property
    def part(self) -> str | None:
        found = self.screen.query(ContentSwitcher)
        return found.first().current if found else None

    def words(self, selector: str) -> str:
        return str(self.screen.query_one(selector).render())

    def fill(self, values: Mapping[str, str]) -> None:
        for name, text in values.items():
            self.screen.query_one(f"#sampling-{name}", NumberInput).value = text


async def opened(app: AskApp) -> None:
    await until(lambda: app.screen is app.opened and app.part and app.screen.focused, "the screen")
