"""A walk through every screen and dialog, with the real small model, that looks at each of them."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from textual.pilot import Pilot

from tests.models.hub.loopback_hub import running_hub
from tests.models.hub.samples import REPOSITORY, use_hub
from tests.ui.compare.comparisons import ONE, THREE, TWO, compared, comparisons_of
from tests.ui.dashboard.running_dashboard import ENDLESS, answered, last_reply, load_first, running
from tests.ui.downloads.samples import context, publish, status
from tests.ui.model_samples import fit
from tests.ui.tour.looks import Look
from tests.ui.typing import type_text
from tests.waiting import until
from tui.sentences import reason
from tui.ui.compare.screen import ComparisonScreen
from tui.ui.compare.setup_screen import CompareSetup, SetupModel
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.downloads.dialog import DownloadDialog
from tui.ui.downloads.line import DownloadLine
from tui.ui.gauges.row import GaugeRow
from tui.units import MIB

TOO_BIG = "Llama-3.3-70B-Instruct"
"""A model of the catalogue that no machine of the tests holds."""
NAMES = (
    *("One Q4_1", "Two Q4_1", "Big Q8_0", "Billion", "maker/model", "Say hello.", "An answer."),
    *("nothing like this", "Intelligence Index", "English", "Core i5", "Three Q4_1", "prompts"),
    *("You are a helpful AI assistant named SmolLM, trained by Hugging Face",),
)
"""Texts of the samples, of machines and of the model that are on the screens."""
_DIALOGS = (
    *("o", "t", "w", "i", "m", "f1", "g", "f7", "f9", "shift+f5"),
    "ctrl+p",
)
"""Keys that open a screen from the list of models."""


class Walk:
    """The program, and what looks at it."""

    def __init__(
        self, pilot: Pilot[None], dashboard: Dashboard, look: Look, sizes: Sequence[tuple[int, int]]
    ) -> None:
        self.pilot = pilot
        self.dashboard = dashboard
        self._look = look
        self._sizes = sizes

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)

    async def look(self, place: str, *, at_every_size: bool = False) -> None:
        """Look at the screen once it has come to rest, at the first size or at each."""
        for width, height in self._sizes if at_every_size else self._sizes[:1]:
            await self._resize(width, height)
            self._look(self.pilot.app, f"{width}x{height}, {place}")
        await self._resize(*self._sizes[0])

    async def _resize(self, width: int, height: int) -> None:
        if self.pilot.app.size != (width, height):
            await self.pilot.resize_terminal(width, height)
        await self.pilot.pause()
        await self.pilot.pause()

    async def dialog(self, place: str, *keys: str, at_every_size: bool = False) -> None:
        """Open a dialog with keys, look at it, and leave it."""
        app = self.pilot.app
        depth = len(app.screen_stack)
        await self.press(*keys)
        await until(lambda: len(app.screen_stack) > depth and app.screen.is_mounted, place)
        await self.look(place, at_every_size=at_every_size)
        await self.leave(depth)

    async def leave(self, depth: int = 1) -> None:
        """Leave dialogs; a question in one of them has to be left first."""
        app = self.pilot.app
        for _ in range(20):
            if len(app.screen_stack) <= depth:
                return
            await self.press("escape")
        raise AssertionError(f"{app.screen} is not left")


async def walk(sizes: Sequence[tuple[int, int]], look: Look) -> None:
    """Walk through the program in a terminal of these sizes."""
    async with running(sizes[0], ENDLESS) as (pilot, dashboard):
        tour = Walk(pilot, dashboard, look, sizes)
        for part in (
            _list,
            _chat,
            _messages,
            _chat_dialogs,
            _history,
            _timeline,
            _comparison,
            _downloads,
            _too_small,
        ):
            await part(tour)


async def _list(tour: Walk) -> None:
    """The first screen, other models, and the dialogs over the list."""
    models = tour.dashboard.models
    await tour.look("start", at_every_size=True)
    for name in (TOO_BIG, "Qwen3-8B"):
        key = next(model.key for model in models.listing.models if name in model.name)
        models.listing.highlight(key)
        await until(lambda key=key: models.highlighted and models.highlighted.key == key, name)
        await until(lambda key=key: key in models.fits, "its verdict")
        await tour.look(f"detail of {name}", at_every_size=True)
        await tour.dialog(f"changes of {name}", "c")
    await tour.press("/")
    await tour.look("filter")
    await type_text(tour.pilot, "nothing like this", "Intelligence Index", "English", "enter")
    await tour.look("nothing passes the filter")
    await tour.press("escape")
    await tour.press("home")
    for key in _DIALOGS:
        await tour.dialog(f"dialog of {key}", key, at_every_size=key in ("g", "w"))
    await tour.press("m", "space", "down", "space", "enter")
    await tour.look("machines side by side", at_every_size=True)
    await tour.leave()


async def _chat(tour: Walk) -> None:
    """A load, a question, a stop, and another answer."""
    await load_first(tour.pilot, tour.dashboard)
    await until(lambda: tour.dashboard.chat.prompt.has_focus or tour.dashboard.chat.display, "the chat")
    await tour.press("f3")
    await tour.look("loaded")
    await type_text(tour.pilot, "Escribe un cuento muy largo sobre un zorro.", "enter")
    await until(lambda: last_reply(tour.dashboard).text, "the first words")
    await tour.look("an answer is written", at_every_size=True)
    await tour.press("escape")
    await answered(tour.dashboard)
    await tour.look("stopped")
    await tour.press("ctrl+r")
    await until(lambda: tour.dashboard.chat.answering, "another answer")
    await tour.press("escape")
    await answered(tour.dashboard)
    await tour.look("another answer", at_every_size=True)


async def _messages(tour: Walk) -> None:
    """Keys on messages."""
    tour.dashboard.chat.transcript.focus()
    await tour.press("k")
    await tour.look("a marked answer")
    await tour.dialog("raw view", "v")
    await tour.press("/")
    await tour.look("search in the conversation")
    await tour.press("escape", "e")
    await tour.look("an answer is edited")
    await tour.press("escape")
    tour.dashboard.chat.transcript.focus()
    await tour.press("k", "k", "d")
    await tour.look("a question is deleted")
    await tour.press("p")
    await tour.look("pinned", at_every_size=True)


async def _chat_dialogs(tour: Walk) -> None:
    """How to ask, the context, and files."""
    await tour.press("f3")
    await tour.press("ctrl+s")
    for tab in ("f2", "f3", "f4", "f5"):
        await tour.press(tab)
        await tour.look(f"how to ask, {tab}")
    await tour.leave()
    await tour.press("ctrl+g")
    await tour.look("context", at_every_size=True)
    await tour.press("escape")
    await tour.dialog("files", "ctrl+t")
    await type_text(tour.pilot, "Mira @")
    await tour.look("a file is named")
    await tour.press("escape")
    tour.dashboard.chat.prompt.clear()


async def _history(tour: Walk) -> None:
    """Saved conversations."""
    await tour.press("f7")
    await until(lambda: len(tour.pilot.app.screen_stack) > 1, "the conversations")
    await tour.look("conversations", at_every_size=True)
    for key in ("r", "d", "i", "slash"):
        await tour.press(key)
        await tour.look(f"conversations, {key}")
        await tour.press("escape")
    await tour.leave()


async def _timeline(tour: Walk) -> None:
    """The timeline, and the gauges in full while a model is loaded."""
    await tour.press("f6")
    await tour.look("timeline", at_every_size=True)
    await tour.press("left", "left")
    await tour.look("a moment of the timeline")
    await tour.press("escape")
    await tour.dialog("gauges with an engine", "f8")


async def _comparison(tour: Walk) -> None:
    """What to compare, and a comparison."""
    app = tour.pilot.app
    app.push_screen(CompareSetup((SetupModel(ONE, fit()), SetupModel(TWO, None)), "", "Big Q8_0", None))
    await until(lambda: isinstance(app.screen, CompareSetup) and app.screen.is_mounted, "the setup")
    await tour.look("what to compare")
    await tour.press("enter")
    await tour.look("nothing to compare")
    await tour.leave()
    comparison = await compared(None, ONE, TWO, THREE)
    screen = ComparisonScreen(comparisons_of(comparison), tour.dashboard.query_one(GaugeRow))
    app.push_screen(screen)
    await until(lambda: screen.is_mounted and screen.columns, "the comparison")
    await tour.look("comparison", at_every_size=True)
    await tour.leave()


async def _downloads(tour: Walk) -> None:
    """The offer of a download, and the list of downloads."""
    app = tour.pilot.app
    with TemporaryDirectory() as name, running_hub() as hub, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        use_hub(hub, patch, folder)
        publish(hub, folder)
        dialog = DownloadDialog(REPOSITORY, "Billion", context(folder, 1))
        app.push_screen(dialog)
        await until(lambda: dialog.is_mounted and dialog.offer is not None, "the offer")
        await tour.look("offer of a download")
        await tour.leave()
        line = tour.dashboard.query_one(DownloadLine)
        line.statuses = (
            status("running", name="a.gguf"),
            status("paused", name="b.gguf"),
            status("failed", 0, name="c.gguf", error=reason("hub.cut", host="hub")),
            status("done", 100 * MIB, name="d.gguf", path=folder / "d.gguf", verified=True),
        )
        await tour.look("line of the downloads", at_every_size=True)
        await tour.press("f9")
        for place in ("running", "paused", "failed", "done"):
            await tour.look(f"downloads, {place}")
            await tour.press("down")
        await tour.press("a")
        await tour.look("another download")
        await tour.leave()
        line.statuses = ()


async def _too_small(tour: Walk) -> None:
    """A window that is too small."""
    await tour.pilot.resize_terminal(50, 12)
    await tour.look("too small")
