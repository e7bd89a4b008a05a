"""Keys in the footer, at every width."""

import gc
import tracemalloc
import weakref
from itertools import pairwise
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import Static

from tests.ui.chat.chat_host import screen
from tests.ui.host import Host
from tests.waiting import until
from tui.ui.kit.keyboard.footer import KeyFooter, KeyHint, fitting_hints, footer_keys


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
    assert names(16 + 9 + 8) == ["first", "room", "help", "quit"]
    assert names(16 + 9 + 7) == ["first", "help", "quit"]
    assert names(3) == ["help", "quit"]


def test_the_key_for_newcomers_gets_room_before_others_and_stays_in_its_place() -> None:
    hints = [hint("load"), hint("sort"), hint("what to run", 0, "models.picks"), hint("quit", 0, "app.quit")]
    names = {
        width: [hint.description for hint in fitting_hints(hints, width)] for width in (100, 8 + 8 + 15, 22)
    }
    assert names[100] == ["load", "sort", "what to run", "quit"]
    assert names[31] == ["load", "what to run", "quit"]
    assert names[22] == ["load", "quit"]


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
            (80, "o Open  l Lock  [ ] Turn  q Quit"),
            (40, "o Open  l Lock  q Quit"),
            (30, "o Open  q Quit"),
            (24, "q Quit"),
        ):
            await pilot.resize_terminal(width, 5)
            await until(lambda keys=keys: footer_line(app) == keys, keys)


def palette_hint() -> KeyHint:
    return KeyHint((Binding("ctrl+p", "command_palette", "palette"),), ("^p",), "palette", 0)


def test_quit_is_whole_at_every_width_that_holds_it() -> None:
    hints = [hint("help", 0, "app.help"), hint("first"), hint("quit", 1, "app.quit")]
    for width in range(6, 60):
        keys = footer_keys(hints, palette_hint(), width)
        assert "quit" in [key.description for key in keys], width
        assert keys[-1].end <= width
        assert all(key.end < following.start for key, following in pairwise(keys))


def test_the_palette_gives_way_to_help_and_help_to_quit() -> None:
    hints = [hint("help", 0, "app.help"), hint("quit", 1, "app.quit")]

    def names(width: int) -> list[str]:
        return [key.description for key in footer_keys(hints, palette_hint(), width)]

    assert names(1 + 16 + 12) == ["help", "quit", "palette"]
    assert names(1 + 16 + 11) == ["help", "quit"]
    assert names(14) == ["help", "quit"]
    assert names(13) == ["quit"]


def test_the_palette_stands_at_the_right_with_a_blank_behind_it() -> None:
    keys = footer_keys([hint("quit", 1, "app.quit")], palette_hint(), 40)
    assert keys[-1].is_palette
    assert keys[-1].end == 39


class Lamp(Static, can_focus=True):
    """A widget whose keys change with its state, and that notes what was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "switch(True)", "Turn on", id="toy.on", tooltip="Let there be light"),
        Binding("x", "switch(False)", "Turn off", id="toy.off"),
        Binding("b", "press", "Press", show=False, id="toy.press"),
    ]
    is_lit: reactive[bool] = reactive(False, bindings=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        return action != "switch" or parameters != (self.is_lit,)

    def name_of(self, action: str) -> str:
        return "Turn on" if action == "press" and not self.is_lit else ""

    def action_switch(self, is_lit: bool) -> None:
        self.is_lit = is_lit


def footer_line(app: Host) -> str:
    return screen(app)[-1].partition("▏")[0].strip()


async def test_the_line_follows_the_keys_that_can_be_used_now() -> None:
    app = Host(Lamp, KeyFooter)
    async with app.run_test(size=(60, 5)):
        lamp = app.query_one(Lamp)
        lamp.focus()
        # Its other key would do the same now, and is left out.
        await until(lambda: footer_line(app) == "o Turn on", "the key to turn it on")
        lamp.is_lit = True
        await until(lambda: footer_line(app) == "x Turn off  b Press", "the keys of a lamp that is lit")


async def test_a_click_presses_the_key_and_a_blank_presses_none() -> None:
    app = Host(Lamp, KeyFooter)
    async with app.run_test(size=(60, 5)) as pilot:
        lamp = app.query_one(Lamp)
        lamp.focus()
        await until(lambda: footer_line(app) == "o Turn on", "the key")
        await pilot.click(KeyFooter, offset=(12, 0))
        assert not lamp.is_lit
        await pilot.click(KeyFooter, offset=(4, 0))
        await until(lambda: lamp.is_lit, "the click on its description")


async def test_the_key_of_the_palette_opens_it() -> None:
    app = Host(Lamp, KeyFooter)
    async with app.run_test(size=(60, 5)) as pilot:
        await until(lambda: "▏^P Palette" in screen(app)[-1], "the key")
        await pilot.click(KeyFooter, offset=(50, 0))
        await until(lambda: app.screen.is_modal, "the palette")


async def test_the_mouse_shows_what_a_key_does() -> None:
    app = Host(Lamp, KeyFooter)
    async with app.run_test(size=(60, 5)) as pilot:
        app.query_one(Lamp).focus()
        await until(lambda: footer_line(app) == "o Turn on", "the key")
        footer = app.query_one(KeyFooter)
        plain = footer.render_line(0)
        await pilot.hover(KeyFooter, offset=(2, 0))
        await until(lambda: footer.tooltip == "Let there be light", "the tooltip")
        assert footer.render_line(0) != plain
        await pilot.hover(KeyFooter, offset=(30, 0))
        await until(lambda: footer.tooltip is None, "no tooltip between the keys")
        assert footer.render_line(0) == plain


async def test_the_keys_stay_while_another_window_has_the_focus() -> None:
    app = Host(Lamp, KeyFooter)
    async with app.run_test(size=(60, 5)) as pilot:
        lamp = app.query_one(Lamp)
        lamp.focus()
        await until(lambda: footer_line(app) == "o Turn on", "the key")
        app.app_focus = False
        app.screen.set_focus(None)
        await pilot.pause()
        assert footer_line(app) == "o Turn on"
        app.app_focus = True
        lamp.is_lit = True
        lamp.focus()
        await until(lambda: footer_line(app) == "x Turn off  b Press", "the keys as they are")


async def test_two_hundred_changes_of_the_keys_leave_nothing_behind() -> None:
    app = Host(Lamp, KeyFooter)
    async with app.run_test(size=(60, 5)) as pilot:
        lamp = app.query_one(Lamp)
        lamp.focus()

        async def change(count: int) -> None:
            for _ in range(count):
                lamp.is_lit = not lamp.is_lit
                expected = "x Turn off  b Press" if lamp.is_lit else "o Turn on"
                await until(lambda expected=expected: footer_line(app) == expected, expected)

        def measure() -> tuple[int, int]:
            gc.collect()
            return len(gc.get_objects()), tracemalloc.get_traced_memory()[0]

        # Caches fill up first.
        await change(200)
        tracemalloc.start()
        try:
            await change(20)
            objects, traced_bytes = measure()
            await change(200)
            more_objects, more_bytes = measure()
        finally:
            tracemalloc.stop()
        assert list(app.query_one(KeyFooter).children) == []
        # With a widget for each key there are a hundred more objects after each change, and 15 KB. The bytes
        # here are names of reactives, of which Python caches a few thousand.
        assert more_objects - objects < 200
        assert more_bytes - traced_bytes < 100_000
        await pilot.pause()


async def test_a_widget_whose_keys_were_on_the_line_is_let_go() -> None:
    app = Host(KeyFooter)
    async with app.run_test(size=(60, 5)) as pilot:
        lamps: list[weakref.ref[Lamp]] = []
        for _ in range(5):
            lamp = Lamp()
            await app.mount(lamp)
            lamp.focus()
            await until(lambda: footer_line(app) == "o Turn on", "its key")
            lamps.append(weakref.ref(lamp))
            await lamp.remove()
            del lamp
            await until(lambda: footer_line(app) == "", "no key")
        await pilot.pause()
        gc.collect()
        # The last one may still be named by the screen.
        assert sum(lamp() is not None for lamp in lamps) <= 1


def test_the_keys_stand_closer_together_where_that_shows_all_of_them() -> None:
    hints = [hint("open"), hint("close"), hint("quit", 0, "app.quit")]
    for width, starts in ((1 + 8 + 9 + 8, [1, 9, 18]), (1 + 7 + 8 + 7, [1, 8, 16]), (1 + 7 + 8 + 6, [1, 9])):
        assert [key.start for key in footer_keys(hints, None, width)] == starts
