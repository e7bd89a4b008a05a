"""Question for a text or for consent."""

from collections.abc import Callable

from textual.widget import Widget
from textual.widgets import Input, Static

from tests.ui.host import Host
from tests.waiting import until
from tui.ui.kit.inquiry import Inquiry


class Asker(Host):
    """Notes the answers."""

    def __init__(self, *build: Callable[[], Widget]) -> None:
        super().__init__(*build)
        self.answers: list[str | bool] = []

    def on_inquiry_answered(self, event: Inquiry.Answered) -> None:
        self.answers.append(event.answer)


async def test_a_text_is_the_answer_unless_it_is_empty() -> None:
    app = Asker(Inquiry)
    async with app.run_test(size=(60, 10)) as pilot:
        inquiry = app.query_one(Inquiry)
        assert not inquiry.display
        field = inquiry.ask("A name for it?", " old ")
        field.focus()
        await pilot.pause()
        assert inquiry.display
        await pilot.press("enter")
        await until(lambda: app.answers, "the answer")
        app.query_one(Input).value = "   "
        await pilot.press("enter")
        await pilot.pause()
        assert app.answers == ["old"]
        inquiry.hide()
        await pilot.pause()
        assert not inquiry.display


async def test_a_confirmation_offers_the_harmless_answer_first() -> None:
    app = Asker(Inquiry)
    async with app.run_test(size=(60, 10)) as pilot:
        app.query_one(Inquiry).confirm("Delete [red]\x1b[31mthis?", "Keep it", "Delete it").focus()
        await pilot.press("enter")
        await until(lambda: len(app.answers) == 1, "the first answer")
        await pilot.press("down", "enter")
        await until(lambda: len(app.answers) == 2, "the second answer")
        assert app.answers == [False, True]
        assert str(app.query_one(Static).content) == "Delete [red]this?"
