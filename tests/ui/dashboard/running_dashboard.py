"""The dashboard as it runs, with the real model listed first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
from textual.pilot import Pilot

from tests.ui.typing import type_text
from tests.waiting import until
from tui.chat.conversation import Reply
from tui.engine.install import installed_build
from tui.services.finding import SearchPaths
from tui.services.restart import Restart
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.dashboard.dashboard import Dashboard

NAME = "SmolLM2-135M-Instruct"
ENDLESS = Settings(context=2048, temperature=0)
"""Settings with which a story goes on until it is stopped."""
STORY = "Write a very long story about a fox."


def engines() -> list[psutil.Process]:
    """Processes of the engine that this one started and that have not ended."""
    children = [child for child in psutil.Process().children(recursive=True) if child.is_running()]
    return [child for child in children if "tui.engine.worker" in " ".join(child.cmdline())]


@asynccontextmanager
async def running(
    size: tuple[int, int] = (120, 40),
    settings: Settings | None = None,
    places: SearchPaths | None = None,
    build: str | None = "installed",
    restart: Restart | None = None,
) -> AsyncIterator[tuple[Pilot[None], Dashboard]]:
    """The app with its models listed, sized and judged."""
    settings = settings or Settings(temperature=0, max_tokens=40, context=2048)
    app = LlmtuiApp(settings, places or SearchPaths(), installed_build() if build else None, restart=restart)
    async with app.run_test(size=size, notifications=True) as pilot:
        dashboard = app.dashboard
        await until(lambda: dashboard.models.listing.shown_models and dashboard.models.detail.fit, "the list")
        yield pilot, dashboard
        app.exit()


async def load_first(pilot: Pilot[None], dashboard: Dashboard) -> None:
    """Load the highlighted model."""
    await pilot.press("enter")
    await until(lambda: dashboard.models.listing.loaded_key is not None, "the load")


async def ask(pilot: Pilot[None], text: str) -> None:
    """Type a question and send it."""
    await type_text(pilot, text, "enter")


async def answered(dashboard: Dashboard) -> Reply:
    """Return the reply to the last question, once it has ended."""
    await until(lambda: not dashboard.chat.answering, "the answer")
    return last_reply(dashboard)


def last_reply(dashboard: Dashboard) -> Reply:
    """Return the last message, a reply."""
    reply = dashboard.chat.conversation.messages[-1]
    assert isinstance(reply, Reply)
    return reply


def notice_text(dashboard: Dashboard) -> str:
    """Return what the line above the prompt says."""
    return str(dashboard.chat.notice.render())
