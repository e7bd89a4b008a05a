"""The question before a step that cannot be undone."""

import pytest

from tests.ui.host import Host, border_text
from tests.waiting import until
from tui.ui.kit.confirm_screen import ConfirmScreen
from tui.ui.kit.dialog import Dialog, PlainList

QUESTION = "Delete what was measured on this machine: its speed, and the speed and memory of each reply?"


@pytest.mark.parametrize(
    ("keys", "answer"), [(("enter",), False), (("down", "enter"), True), (("escape",), False)]
)
async def test_harmless_answer_comes_first(keys: tuple[str, ...], answer: bool) -> None:
    app = Host()
    async with app.run_test(size=(60, 18)) as pilot:
        answers: list[bool | None] = []
        screen = ConfirmScreen("Forget", QUESTION, "Keep them", "Delete them")
        await app.push_screen(screen, answers.append)
        await until(lambda: screen.query_one(PlainList).has_focus, "the list")
        frame = screen.query_one(Dialog).region
        assert app.screen.region.contains_region(frame)
        # The whole question is readable, in two lines.
        assert screen.query_one("Static").size.height == 2
        assert "Esc leaves everything as it is" in border_text(screen.query_one(Dialog))
        await pilot.press(*keys)
        await until(lambda: bool(answers), "an answer")
        assert answers == [answer]
