"""Command palette: the actions of the screen's keys."""

from typing import ClassVar

import pytest
from textual.app import App
from textual.binding import Binding
from textual.command import CommandInput, CommandList
from textual.widget import Widget

from tests.waiting import until
from tui.ui.kit.keyboard.actions import FORWARD
from tui.ui.kit.palette import Palette, palette_commands, panel_commands


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


@pytest.mark.usefixtures("in_spanish")
async def test_the_palette_speaks_the_language_of_the_user() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        titles = {command.title for command in panel_commands(app, app.screen)}
        assert titles == {"Tema", "Teclas"}
        app.push_screen(palette := Palette(placeholder="Buscar comandos…"))
        await until(lambda: palette.is_mounted and bool(palette.query(CommandInput)))
        assert palette.query_one(CommandInput).placeholder == "Buscar comandos…"
        await pilot.press(*"zzzz")
        commands = palette.query_one(CommandList)
        await until(lambda: commands.option_count == 1 and commands.get_option_at_index(0).disabled)
        assert "No hay coincidencias" in str(commands.get_option_at_index(0).prompt.renderable)
