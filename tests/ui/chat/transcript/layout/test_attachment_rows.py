from tests.ui.chat.chat_host import ChatHost, see, shows, text_rows, wait_until_true
from tests.ui.chat.transcript.test_search import styles, with_all
from tui.chat.conversation import Attachment, Conversation


async def test_attachments_and_thinking_are_searched_in_the_order_of_reading() -> None:
    app = ChatHost(with_all())
    async with app.run_test(size=(90, 30)) as pilot:
        await see(pilot, "The valve")
        assert not shows(app, "no pump")
        app.transcript.focus()
        await pilot.press("slash", *"hedgehog", "enter")
        # From the end: the answer itself first, and nothing is unfolded for that.
        await see(pilot, "4 of 4")
        assert not shows(app, "no pump")
        await see(pilot, "pump.log · 6.55 KiB · 1 found")
        # BEFORE it the thinking, which unfolds
        await pilot.press("N")
        await see(pilot, "3 of 4")
        await see(pilot, "A hedgehog is no pump.")
        assert any(style.reverse for style in styles(app, "hedgehog"))
        # BEFORE that a file by its name
        await pilot.press("N")
        await see(pilot, "2 of 4")
        assert any(style.reverse for style in styles(app, "hedgehog.md"))
        assert not shows(app, "line 301")
        # AND one by its text, with the line it stands in
        await pilot.press("N")
        await see(pilot, "1 of 4")
        await see(pilot, "line 301: the Hedgehog stopped")
        assert any(style.reverse for style in styles(app, "Hedgehog"))
        # LEAVING it, the files are as they were
        await pilot.press("escape")
        await wait_until_true(pilot, lambda: not shows(app, "line 301") and not shows(app, "found"))
        assert shows(app, "pump.log · 6.55 KiB")
        assert shows(app, "no pump")
        app.transcript.marked = None
        await pilot.press("t")
        await wait_until_true(pilot, lambda: not shows(app, "no pump"))


async def test_long_line_of_a_file_is_shown_around_the_match() -> None:
    conversation = Conversation()
    text = "x" * 5000 + " needle\x1b[31m " + "y" * 5000
    conversation.add_user("", (Attachment("min.js", text),))
    app = ChatHost(conversation)
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "min.js")
        app.transcript.focus()
        await pilot.press("slash", *"needle")
        await see(pilot, "1 of 1")
        await see(pilot, "needle")
        assert sum("x" in row or "y" in row for row in text_rows(app)) < 6
