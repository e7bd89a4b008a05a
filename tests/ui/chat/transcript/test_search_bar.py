from tests.ui.chat.chat_host import ChatHost, conversation_of, see, shows, wait_until_true


async def test_the_count_follows_what_is_typed() -> None:
    app = ChatHost(conversation_of(("alpha beta", "alpha"), ("gamma", "alp\n\nbeta")))
    async with app.run_test(size=(70, 24)) as pilot:
        await see(pilot, "gamma")
        app.pane.prompt.focus()
        await pilot.press("ctrl+f", *"alp")
        await see(pilot, "3 of 3")
        await pilot.press(*"ha")
        await see(pilot, "2 of 2")
        await pilot.press("up")
        await see(pilot, "1 of 2")
        await pilot.press("x")
        await see(pilot, "not found")
        await pilot.press(*["backspace"] * 6)
        await wait_until_true(pilot, lambda: not shows(app, "not found"))
        # AND Esc goes back to where one was
        await pilot.press("escape")
        await wait_until_true(pilot, lambda: app.pane.prompt.has_focus)
