"""Command palette: the actions of the screen's keys."""

from typing import ClassVar

from textual.binding import Binding
from textual.widget import Widget

from tui.ui.kit.keyboard.actions import FORWARD
from tui.ui.kit.palette import palette_commands


class Door(Widget):
    """A pane with an action that applies, one that does not, and a movement."""

    BINDING_GROUP_TITLE = "Door"
    BINDINGS: ClassVar = [
        Binding("o", "open", "Open", id="toy.open", tooltip="Open the door"),
        Binding("c", "close", "Close", id="toy.close"),
        Binding("j", "move(1)", "Down", id="toy.down"),
        Binding("x", "explode", "Without an id"),
        Binding("b", "break", "Break", id="toy.break"),
        Binding("f", f"{FORWARD}('forward')", "Of another pane", id="toy.forward"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        return action != "close"

    def has_effect(self, action: str) -> bool:
        return action != "break"


def test_only_possible_actions_with_an_id_are_commands() -> None:
    (command,) = palette_commands([Door()])
    assert (command.title, command.help) == ("Door: open (o)", "Open the door")


def test_a_widget_without_bindings_adds_none() -> None:
    assert list(palette_commands([Widget()])) == []
