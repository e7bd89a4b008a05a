"""Search in the conversation: everywhere, however it is written, and one after the other."""

from rich.style import Style

from tests.ui.chat.chat_host import ChatHost, conversation_of, see, shows, text_rows, wait_until_true
from tui.chat.conversation import Attachment, Conversation
from tui.engine.protocol import Finished
from tui.engine.reply_metrics import ReplyMetrics
from tui.ui.kit.palette import palette_commands

METRICS = ReplyMetrics(12, 0, 0.5, 11, 2.0, 0.6, 23, 512, None)


def long_talk(count: int) -> Conversation:
    answer = "Answer {n}.\n\n" + "words " * 60 + "\n\n| key | **Café** {n} |\n|---|---|\n| a | b |"
    return conversation_of(*((f"Question {n}", answer.format(n=n)) for n in range(count)))


def styles(app: ChatHost, text: str) -> list[Style]:
    """How a text is drawn, wherever it stands in the transcript."""
    rows = (app.transcript.render_line(y) for y in range(app.transcript.size.height))
    return [part.style for row in rows for part in row if text in part.text and part.style]


async def test_search_finds_text_that_is_not_laid_out() -> None:
    app = ChatHost(long_talk(120))
    async with app.run_test(size=(70, 24)) as pilot:
        await see(pilot, "Café 119")
        app.transcript.focus()
        # WHEN searching from the end: the last one above is the first
        await pilot.press("slash", *"cafe")
        await see(pilot, "120 of 120")
        assert any(style.reverse for style in styles(app, "Café"))
        # AND going on from there
        await pilot.press("enter")
        await wait_until_true(pilot, lambda: app.transcript.has_focus)
        await pilot.press("n")
        await see(pilot, "1 of 120")
        await see(pilot, "Café 0")
        await pilot.press("n")
        await see(pilot, "2 of 120")
        await see(pilot, "Café 1")
        await pilot.press("N", "N")
        await see(pilot, "120 of 120")
        await see(pilot, "Café 119")
        # AND leaving takes the marks away, and n does nothing more
        await pilot.press("escape")
        await wait_until_true(pilot, lambda: not shows(app, "of 120"))
        assert not any(style.reverse for style in styles(app, "Café"))
        rows_before = text_rows(app)
        await pilot.press("n")
        await pilot.pause()
        assert text_rows(app) == rows_before


async def test_a_new_answer_is_searched_too_and_the_place_is_kept() -> None:
    app = ChatHost(conversation_of(("a fox", "the fox")))
    async with app.run_test(size=(70, 24)) as pilot:
        pane = app.pane
        await see(pilot, "the fox")
        app.transcript.focus()
        await pilot.press("slash", *"fox", "enter")
        await see(pilot, "2 of 2")
        pane.conversation.add_user("more")
        pane.answer.begin_reply(pane.model_label)
        pane.answer.append_text("**fox**es")
        pane.answer.end_reply(Finished(1, "end", METRICS))
        await see(pilot, "2 of 3")
        assert any(style.underline for style in styles(app, "fox"))


async def test_esc_stops_an_answer_once_the_search_is_left() -> None:
    stops: list[object] = []
    app = ChatHost(conversation_of(("a fox", "the fox")))
    async with app.run_test(size=(70, 24)) as pilot:
        await see(pilot, "the fox")
        app.pane.action_stop = lambda: stops.append(1)
        app.pane.answering = True
        app.transcript.focus()
        await pilot.press("slash", *"fox", "enter")
        await see(pilot, "2 of 2")
        await pilot.press("escape")
        await wait_until_true(pilot, lambda: not shows(app, "2 of 2"))
        assert stops == []
        await pilot.press("escape")
        await wait_until_true(pilot, lambda: stops)


async def test_matches_in_code_and_long_answers_are_found_in_their_place() -> None:
    text = "needle\n\n" + "word **bold** " * 2500 + "\n\n```py\nx = 'needle'\n```"
    app = ChatHost(conversation_of(("One", text), ("Two", "short")))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "short")
        app.transcript.focus()
        await pilot.press("slash", *"needle")
        await see(pilot, "2 of 2")
        await see(pilot, "x = 'needle'")
        await pilot.press("up")
        await see(pilot, "1 of 2")
        await see(pilot, "llm   needle")


async def test_the_keys_of_the_messages_are_in_the_palette() -> None:
    app = ChatHost(conversation_of(("a fox", "the fox")))
    async with app.run_test(size=(70, 24)) as pilot:
        await see(pilot, "the fox")
        commands = {command.title: command.callback for command in palette_commands((app.transcript,))}
        # Each with the key that is bound to it.
        assert {"Messages: raw view (v)", "Messages: copy code (b)", "Messages: thinking (t)"} <= set(
            commands
        )
        await commands["Messages: search (/)"]()
        await wait_until_true(pilot, lambda: app.pane.transcript_area.search_bar.has_focus_within)


async def test_an_open_search_ends_with_its_conversation() -> None:
    app = ChatHost(conversation_of(("a fox", "the fox")))
    async with app.run_test(size=(70, 24)) as pilot:
        await see(pilot, "the fox")
        app.transcript.focus()
        await pilot.press("slash", *"fox", "enter")
        await see(pilot, "2 of 2")
        await pilot.press("ctrl+n")
        await wait_until_true(pilot, lambda: not shows(app, "of 2"))
        assert not app.transcript.is_searching


def with_all() -> Conversation:
    """A question with two files, and an answer that was thought about."""
    conversation = Conversation()
    log = "\n".join([*(f"line of the log {n}" for n in range(300)), "the Hedgehog stopped", "end " * 200])
    conversation.add_user(
        "What went wrong?", (Attachment("pump.log", log), Attachment("hedgehog.md", "A note."))
    )
    conversation.begin_reply("Model Q4")
    conversation.append("First I look.\nA hedgehog is no pump.\nSo it was the valve.", thinking=True)
    conversation.append("The valve, not the hedgehog.")
    conversation.finish_reply("end")
    return conversation


async def test_thinking_folded_again_stays_folded_until_the_search_returns() -> None:
    app = ChatHost(with_all())
    async with app.run_test(size=(90, 30)) as pilot:
        await see(pilot, "The valve")
        app.transcript.focus()
        await pilot.press("slash", *"hedgehog", "enter", "N")
        await see(pilot, "no pump")
        await pilot.press("t")
        await wait_until_true(pilot, lambda: not shows(app, "no pump"))
        await pilot.press("n", "N")
        await see(pilot, "no pump")
