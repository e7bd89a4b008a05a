"""Banner of the models pane while its verdicts are for another machine."""

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from tui.hardware.machine import Machine
from tui.i18n import _
from tui.services.sentences import sentence
from tui.ui.kit.keyboard.names import with_keys


class WhatIfLine(Static):
    """Banner with the machine that the verdicts are for; a click lets the user choose another one."""

    DEFAULT_CSS = """
    WhatIfLine {
        display: none;
        height: 1;
        padding: 0 2;
        color: $background;
        background: $fit-tight;
        text-style: bold;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        &:ansi { color: ansi_black; }
        &.-shown { display: block; }
    }
    """
    ALLOW_SELECT = False

    machine: reactive[Machine | None] = reactive(None)
    """The machine that the verdicts are for; None for this machine, which hides the banner."""

    class BannerClicked(Message):
        """The banner was clicked."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.tooltip = with_keys(
            _("Choose another machine, or go back to this one ({models.machine})"),
            _("Choose another machine, or go back to this one"),
        )

    def watch_machine(self, machine: Machine | None) -> None:
        """Show the machine's name."""
        self.update(Content(banner(sentence(machine.name)) if machine else ""))
        self.set_class(machine is not None, "-shown")

    def on_click(self, event: Click) -> None:
        """Report the click to the pane."""
        event.stop()
        self.post_message(self.BannerClicked())


def banner(machine_name: str) -> str:
    """Return the text of the banner."""
    return with_keys(
        _("What if: {machine} · {models.machine} changes it"), _("What if: {machine}"), machine=machine_name
    )


def cannot_load_elsewhere(machine_name: str) -> str:
    """Return that no model can be loaded on another machine, and what to do."""
    return with_keys(
        _("These verdicts are for {machine}. Go back to this machine with {models.machine} to load."),
        _("These verdicts are for {machine}. Go back to this machine to load."),
        machine=machine_name,
    )
