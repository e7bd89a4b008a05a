from textual.selection import Selection

from tests.ui.chat.chat_host import ChatHost, conversation_of, see, shows, text_rows, wait_until_true
from tests.ui.chat.transcript.test_transcript import long_talk


async def test_a_selection_over_messages_is_their_text_without_the_gutter() -> None:
    app = ChatHost(conversation_of(("One two", "three\n\nfour"), ("five", "six")))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "six")
        transcript = app.transcript
        # FROM the second word of the question TO the middle of the last reply
        await pilot.mouse_down(transcript, offset=(1 + 6 + 4, 0))
        await pilot.hover(transcript, offset=(1 + 6 + 1, 8))
        await pilot.mouse_up(transcript, offset=(1 + 6 + 1, 8))
        await wait_until_true(pilot, lambda: app.screen.get_selected_text())
        assert app.screen.get_selected_text() == "two\n\nthree\n\nfour\n\nfive\n\nsi"


async def test_a_selection_through_messages_that_were_never_seen_is_whole() -> None:
    app = ChatHost(long_talk(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "Last 49")
        selection = app.transcript.get_selection(Selection(None, None))
        assert selection is not None
        for n in range(50):
            assert selection[0].splitlines().count(f"Last {n}") == 1
        assert shows(app, "Last 49")


async def test_a_double_click_selects_the_message() -> None:
    app = ChatHost(conversation_of(("One two", "three\n\nfour")))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "four")
        await pilot.click(app.transcript, offset=(9, 2), times=2)
        await wait_until_true(pilot, lambda: app.screen.get_selected_text() == "three\n\nfour")


async def test_a_selection_stays_on_its_text_when_what_is_above_grows() -> None:
    app = ChatHost(long_talk(20))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "Last 19")
        app.transcript.focus()
        app.transcript.select_message(38)
        assert app.screen.get_selected_text() == "Question 19"
        await pilot.press("home")
        await wait_until_true(pilot, lambda: "Question 0" in text_rows(app)[0])
        await pilot.press("end")
        await see(pilot, "Last 19")
        assert app.screen.get_selected_text() == "Question 19"
