"""A chat pane in a tiny app with our theme, conversations to fill it with, and its screen as text."""

from collections.abc import Callable

from textual.app import App
from textual.pilot import Pilot

from tests.ui.host import Host
from tests.waiting import until
from tui.chat.conversation import Conversation
from tui.ui.chat.pane import ChatPane
from tui.ui.chat.transcript.transcript import Transcript


class ChatHost(Host):
    """Holds the pane."""

    def __init__(self, conversation: Conversation | None = None) -> None:
        super().__init__(lambda: ChatPane(conversation))

    @property
    def pane(self) -> ChatPane:
        return self.query_one(ChatPane)

    @property
    def transcript(self) -> Transcript:
        return self.pane.transcript


def conversation_of(*turns: tuple[str, str]) -> Conversation:
    """Questions and their replies."""
    conversation = Conversation()
    for question, answer in turns:
        conversation.add_user(question)
        conversation.begin_reply("Model Q4")
        conversation.append(answer)
        conversation.finish_reply("end")
    return conversation


def screen(app: App[None]) -> list[str]:
    """What stands on the screen, line by line."""
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


def text_rows(app: ChatHost) -> list[str]:
    """What stands in the transcript, without its scrollbar."""
    region = app.transcript.scrollable_content_region
    return [line[region.x : region.right] for line in screen(app)[region.y : region.bottom]]


def shows(app: App[None], text: str) -> bool:
    return any(text in line for line in screen(app))


async def see(pilot: Pilot[None], text: str) -> None:
    """Wait until the screen shows it."""
    try:
        await until(lambda: shows(pilot.app, text), text)
    except TimeoutError as error:
        raise AssertionError("\n".join(screen(pilot.app))) from error


async def wait_until_true(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    try:
        await until(condition)
    except TimeoutError as error:
        raise AssertionError("\n".join(screen(pilot.app))) from error
