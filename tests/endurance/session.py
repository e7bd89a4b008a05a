"""A user who never tires: questions, stops, regenerated answers, new chats and loads."""

from textual.pilot import Pilot

from tests.ui.dashboard.running_dashboard import answered, ask
from tests.waiting import until
from tui.settings.settings import Settings
from tui.ui.dashboard.dashboard import Dashboard

QUESTIONS = 6
"""Questions of a round. It ends with an empty chat."""
SETTINGS = Settings(temperature=0, max_tokens=8, context=2048, measure_speed=False)
"""Settings with which a reply is short."""


async def play_round(pilot: Pilot[None], dashboard: Dashboard) -> None:
    """Ask, stop every third answer, regenerate every third, begin a new chat, and load the model again."""
    chat = dashboard.chat
    for number in range(QUESTIONS):
        await ask(pilot, f"Fox {number}?")
        if number % 3 == 1:
            await until(lambda: chat.answering or len(chat.conversation.messages) > 1, "the answer's begin")
            await pilot.press("escape")
        await answered(dashboard)
        if number % 3 == 2:
            await pilot.press("ctrl+r")
            await answered(dashboard)
    await pilot.press("ctrl+n")
    await until(lambda: not chat.conversation.messages, "the new chat")
    await load_again(pilot, dashboard)


async def load_again(pilot: Pilot[None], dashboard: Dashboard) -> None:
    """Unload the model, load it again, and go back to the prompt."""
    listing = dashboard.models.listing
    await pilot.press("f4")
    await until(lambda: listing.loaded_key is None, "the unload")
    await pilot.press("f2")
    await until(lambda: dashboard.models.rows.has_focus, "the list")
    await pilot.press("enter")
    await until(lambda: listing.loaded_key is not None and not dashboard.chat.busy, "the load")
    await pilot.press("f3")
    await until(lambda: dashboard.chat.prompt.has_focus, "the prompt")
