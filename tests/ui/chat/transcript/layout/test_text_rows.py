from tests.ui.chat.test_pane import END, ChatApp, ask, shows, until
from tui.ui.chat.transcript.layout.text_rows import MARKDOWN_LIMIT, shown_question


async def test_very_long_reply_keeps_its_streamed_layout():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        pane.answer.append_text("x" * MARKDOWN_LIMIT)
        pane.answer.append_text("xx\n\nthe last words")
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "the last words"))
        assert not shows(app, "▌")


def test_a_very_long_question_is_cut_on_the_screen_only():
    text = shown_question("x" * 50_000)
    assert text.endswith("30000 more characters, sent but not shown")
    assert len(text) < 21_000
