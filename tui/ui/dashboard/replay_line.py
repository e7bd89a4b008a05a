"""Line over the gauges while a recording stands in for the machine."""

from textual.content import Content
from textual.widgets import Static

from tui.hardware.recording.replay import Replay
from tui.i18n import _


class ReplayLine(Static):
    """Says over the gauges, as plainly as can be, that they are another machine's."""

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
        super().__init__(Content(banner(replay.title)), markup=False)


def banner(title: str) -> str:
    """Return the line's text; the name comes last, since a narrow window cuts the end."""
    return _("Not this machine: a replay of {machine}").format(machine=title)
