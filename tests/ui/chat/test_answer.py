import msgspec
import pytest

from tests.ui.chat.test_pane import DIED, END, METRICS, ChatApp, ask, screen, shows, until
from tui.chat.conversation import Reply
from tui.engine.protocol import Finished
from tui.sentences import reason
from tui.ui.chat import answer


async def test_a_question_is_drawn_asked_and_answered():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot, "What is [bold]this[/bold] **text**?")
        assert app.names() == ["Ask"]
        assert pane.prompt.text == ""
        assert shows(app, "you   What is [bold]this[/bold] **text**?")
        pane.answer.append_text("It is ")
        pane.answer.append_text("**text**")
        await until(pilot, lambda: shows(app, "It is **text**▌"))
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "llm   It is text"))
        assert shows(app, "5.0 tok/s · 11 tokens · first token 0.6 s")
        assert not shows(app, "▌")
        assert pane.conversation.last_reply == Reply(2, "It is **text**", "Model Q4", "end", METRICS, raw="")


@pytest.mark.parametrize("text", ["Some of it", ""])
async def test_a_stop_is_shown_before_the_engine_has_stopped(text: str):
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        pane.answer.append_text(text)
        await until(pilot, lambda: shows(app, f"{text}▌"))
        await pilot.press("escape")
        await until(pilot, lambda: shows(app, "stopping…"))
        assert shows(app, text)
        assert not shows(app, "▌")
        pane.answer.end_reply(Finished(1, "stopped", METRICS))
        await until(pilot, lambda: shows(app, "stopped"))
        assert not shows(app, "stopping")


async def test_finished_blocks_are_markdown_while_the_rest_streams():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        pane.answer.append_text("# Title\n\n```py\nx = 1\n```\n\nand **more")
        await until(pilot, lambda: shows(app, "llm   Title"))
        assert shows(app, "│ x = 1")
        assert shows(app, "and **more▌")


async def test_the_screen_is_the_same_however_the_reply_arrived():
    text = "# T\n\n1. one\n\n2. two\n\n```\ncode\n\nmore\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nend"
    drawn: list[list[str]] = []
    for size in (1, 9, len(text)):
        app = ChatApp()
        async with app.run_test(size=(60, 40)) as pilot:
            pane = await ask(pilot)
            for start in range(0, len(text), size):
                pane.answer.append_text(text[start : start + size])
                if start % 4 == 0:
                    pane.answer.flush()
            pane.answer.end_reply("stop here")
            await until(pilot, lambda app=app: shows(app, "stop here"))
            drawn.append(screen(app))
    assert drawn[0] == drawn[1] == drawn[2]


async def test_text_from_before_the_engine_died_stays_with_the_reason():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        pane.answer.append_text("It was a dark and")
        pane.answer.end_reply(DIED)
        await until(pilot, lambda: shows(app, "It was a dark and"))
        await until(pilot, lambda: shows(app, "interrupted: The engine was killed by signal 9."))
        assert shows(app, "Load it again with a shorter context.")
        assert not pane.answering


async def test_last_pieces_of_a_discarded_reply_are_dropped():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        pane.answer.append_text("old text")
        await pilot.press("ctrl+n")
        assert app.names() == ["Ask", "Stop", "NewChat"]
        pane.answer.append_text(" late")
        await pilot.press(*"new", "enter")
        assert app.names() == ["Ask", "Stop", "NewChat"]
        pane.answer.end_reply(Finished(1, "stopped", METRICS))
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, "you   new"))
        assert [message.text for message in pane.conversation.messages] == ["new", ""]
        assert not shows(app, "old text")


async def test_declined_question_returns_to_the_prompt_with_the_reason():
    app = ChatApp(label=None)
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot, "Hello there")
        pane.answer.decline("No model is loaded.", "Choose one in the list and press Enter.")
        await until(pilot, lambda: shows(app, "> Hello there"))
        assert shows(app, "No model is loaded.")
        assert shows(app, "Choose one in the list and press Enter.")
        await until(pilot, lambda: not shows(app, "you   "))
        assert pane.conversation.messages == ()


async def test_anomalies_of_an_answer_are_reported_with_the_key_that_helps():
    app = ChatApp()
    async with app.run_test(size=(90, 24)) as pilot:
        pane = await ask(pilot)
        empty = msgspec.structs.replace(METRICS, generated_tokens=0)
        pane.answer.end_reply(Finished(1, "end", empty, remark=reason("engine.reply_empty")))
        await until(pilot, lambda: shows(app, "The model ended its reply without writing anything."))
        assert shows(app, "Ctrl+R asks again")
        assert shows(app, "0 tokens · first token 0.6 s · no text")
        # AND one that is continued ended before
        pane.answer.begin_reply("Model Q4")
        pane.answer.append_text("It is")
        pane.answer.end_reply(Finished(1, "end", empty, remark=reason("engine.reply_empty")))
        await until(pilot, lambda: shows(app, "The model ended without writing anything more."))


async def test_a_reply_that_ends_inside_its_thinking_is_shown_unfolded():
    app = ChatApp()
    async with app.run_test(size=(90, 24)) as pilot:
        pane = await ask(pilot)
        pane.answer.append_text("Two and two\nare four.", thinking=True)
        await until(pilot, lambda: shows(app, "▸ Thinking…"))
        remark = reason("engine.reply_only_thinking")
        pane.answer.end_reply(Finished(1, "end", METRICS, "", remark))
        await until(pilot, lambda: shows(app, "▾ Thought for"))
        assert shows(app, "┆ Two and two")
        assert shows(app, "ended inside its thinking")
        assert shows(app, "The model ended its reply inside its thinking, so this is all that it wrote.")


async def test_repeating_reply_has_an_offer_to_stop_it():
    app = ChatApp()
    async with app.run_test(size=(90, 24)) as pilot:
        pane = await ask(pilot)
        pane.answer.append_text("Hola 🌍🌍🌍")
        pane.answer.note_repetition("🌍")
        await until(pilot, lambda: shows(app, "The reply repeats itself: 🌍"))
        assert shows(app, "Esc stops it. A repeat penalty such as 1.1 helps: ")
        pane.answer.end_reply(Finished(1, "max_tokens", METRICS, "", reason("engine.reply_repeats")))
        await until(
            pilot, lambda: shows(app, "The reply repeats itself. A repeat penalty such as 1.1 helps: ")
        )


@pytest.mark.parametrize("size", [(80, 24), (110, 60)])
async def test_slow_prompt_processing_shows_tokens_share_and_time(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
):
    app = ChatApp()
    async with app.run_test(size=size) as pilot:
        pane = await ask(pilot, "A long text. " * 30)
        # A prompt that is read at once shows nothing.
        monkeypatch.setattr(answer, "_SHOW_READING_AFTER", 1000.0)
        pane.answer.show_reading(0, 2048, None)
        pane.answer.flush()
        assert pane.notice.brief is None
        monkeypatch.setattr(answer, "_SHOW_READING_AFTER", 0.0)
        await until(pilot, lambda: shows(app, "Reading the prompt… 0 of 2,048 tokens, 0 %"))
        pane.answer.show_reading(512, 2048, 600)
        await until(pilot, lambda: shows(app, "Reading the prompt… 512 of 2,048 tokens, 25 %,"))
        assert shows(app, "9 min 59 s left") or shows(app, "10 min 0 s left")
        pane.answer.hide_reading()
        await until(pilot, lambda: not shows(app, "Reading the prompt"))
        # AND nothing of it comes back with the end of the reply
        pane.answer.show_reading(600, 2048, 1)
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "5.0 tok/s"))
        assert not shows(app, "Reading the prompt")
