"""Keys in the footer, at every width."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Static

from tests.ui.chat.chat_host import screen
from tests.ui.host import Host
from tests.waiting import until
from tui.ui.kit.keyboard.footer import KeyFooter, KeyHint, fitting_hints


def hint(name: str, rank: int = 0, id: str = "") -> KeyHint:
    return KeyHint((Binding("x", "act", name, id=id or f"toy.{name}"),), ("x",), name, rank)


def test_what_matters_most_is_shown_and_help_and_quit_always() -> None:
    hints = [
        hint("seldom", 2),
        hint("help", 0, "app.help"),
        hint("first"),
        hint("room", 1),
        hint("quit", 1, "app.quit"),
    ]

    def names(width: int) -> list[str]:
        return [hint.description for hint in fitting_hints(hints, width)]

    assert names(100) == ["first", "room", "seldom", "help", "quit"]
    assert names(14 + 8 + 7) == ["first", "room", "help", "quit"]
    assert names(14 + 8 + 6) == ["first", "help", "quit"]
    assert names(3) == ["help", "quit"]


TURN = Binding.Group("Turn")


class Door(Static, can_focus=True):
    """A widget with keys of every kind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "Open", id="toy.open"),
        Binding("l", "lock", "Lock", show=False, id="toy.lock"),
        Binding("left_square_bracket", "turn(-1)", "Left", show=False, id="toy.left", group=TURN),
        Binding(
            "right_square_bracket",
            "turn(1)",
            "Right",
            show=False,
            id="toy.right",
            group=Binding.Group("Turn"),
        ),
        Binding("j", "move(1)", "Down", show=False, id="toy.down"),
        Binding("b", "break", "Break", id="toy.break"),
        Binding("q", "quit", "Quit", show=False, id="app.quit"),
        Binding("w", "nothing", "Without an id"),
    ]

    def has_effect(self, action: str) -> bool:
        return action != "break"


async def test_the_footer_has_as_many_keys_as_fit_and_follows_the_width() -> None:
    app = Host(Door, KeyFooter)
    async with app.run_test(size=(120, 5)) as pilot:
        app.query_one(Door).focus()
        for width, keys in (
            (80, "o Open l Lock [ ] Turn q Quit"),
            (40, "o Open l Lock q Quit"),
            (28, "o Open q Quit"),
            (24, "q Quit"),
        ):
            await pilot.resize_terminal(width, 5)
            await until(lambda keys=keys: screen(app)[-1].partition("▏")[0].rstrip() == keys, keys)
