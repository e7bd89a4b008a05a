"""Banner over the gauges while a recording replaces the machine."""

from textual.content import Content
from textual.widgets import Static

from tui.hardware.recording.replay import Replay
from tui.i18n import _
from tui.services.sentences import sentence


class ReplayLine(Static):
    """Banner which says that the gauges are those of another machine."""

    DEFAULT_CSS = """
    ReplayLine {
        height: 1;
        padding: 0 1;
        color: $fit-tight;
        text-style: bold reverse;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """
    ALLOW_SELECT = False

    def __init__(self, replay: Replay) -> None:
        super().__init__(Content(banner(sentence(replay.title))), markup=False)


def banner(title: str) -> str:
    """Return the text of the banner; the name comes last, because a narrow window cuts the end."""
    return _("Not this machine: a replay of {machine}").format(machine=title)
