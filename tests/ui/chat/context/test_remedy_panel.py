from tests.ui.host import Host
from tests.waiting import until
from tui.engine.options import LoadSettings
from tui.services.context_remedies import DropTurns, LongerContext, Remedy
from tui.ui.chat.context.remedy_panel import RemedyList, RemedyPanel


async def test_remedies_are_shown_chosen_and_removed() -> None:
    chosen: list[Remedy] = []

    class Listening(Host):
        def on_remedy_panel_remedy_chosen(self, event: RemedyPanel.RemedyChosen) -> None:
            chosen.append(event.remedy)

    app = Listening(RemedyPanel)
    longer, drop = LongerContext(LoadSettings(context=1024)), DropTurns("drop_oldest", 1, 150)
    async with app.run_test(size=(60, 12)) as pilot:
        panel = app.query_one(RemedyPanel)
        assert not panel.display
        assert not panel.enter()
        # GIVEN a warning: a row
        app.screen.set_focus(None)
        panel.show("Sending drops the oldest turn.", [drop], is_blocked=False)
        await until(lambda: panel.size.height == 1, "one row")
        # WHEN one goes there
        assert panel.enter()
        await until(lambda: panel.size.height == 2, "the remedy")
        # AND another remedy comes in above
        panel.show("It is too long.", [longer, drop], is_blocked=True)
        await pilot.press("enter")
        await until(lambda: chosen == [drop], "the one that was highlighted")
        await pilot.press("up", "enter")
        await until(lambda: chosen == [drop, longer], "the other one")
        # AND the mouse does the same
        assert await pilot.click(RemedyList, offset=(2, 1))
        await until(lambda: chosen == [drop, longer, drop], "the click")
        panel.clear()
        await until(lambda: not panel.display, "nothing")
