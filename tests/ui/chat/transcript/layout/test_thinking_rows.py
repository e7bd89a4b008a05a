"""Thinking in the transcript: folded while it grows and after, unfolded on demand, never Markdown."""

from tests.ui.chat.chat_host import ChatHost, see, shows, text_rows, wait_until_true
from tui.chat.conversation import Conversation
from tui.engine.protocol import Finished
from tui.engine.reply_metrics import ReplyMetrics
from tui.ui.chat.transcript.layout.thinking_rows import LAST_LIMIT, ThinkingRows
from tui.ui.chat.transcript.layout.wrapping import wrap_rows

METRICS = ReplyMetrics(12, 0, 0.5, 300, 2.0, 0.6, 23, 512, None, 214)


class Clock:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def lines(thought: ThinkingRows, width: int = 40) -> list[str]:
    return [line.plain.rstrip() for line in wrap_rows(thought.rows(), width)]


def test_growing_thinking_shows_its_count_and_its_last_line() -> None:
    thought = ThinkingRows()
    assert lines(thought) == []
    thought.add("The user asks\nabout **foxes**", 7)
    assert lines(thought) == ["▸ Thinking… 7 tokens", "about **foxes**"]
    thought.add(" and what they eat, which is a great many things", 19)
    assert lines(thought) == ["▸ Thinking… 19 tokens", "… they eat, which is a great many things"]
    thought.add("\n\n", 20)
    assert lines(thought)[1].endswith("a great many things")


def test_thinking_folds_to_one_line_with_its_time_when_the_answer_begins() -> None:
    clock = Clock()
    thought = ThinkingRows(clock)
    thought.add("Hm", 1)
    clock.seconds += 12
    thought.add(", foxes", 1214)
    assert thought.end()
    assert not thought.end()
    assert lines(thought) == ["▸ Thought for 12 s · 1,214 tokens"]


def test_thinking_of_an_earlier_session_has_no_time() -> None:
    thought = ThinkingRows()
    thought.finish("some text", None)
    assert lines(thought) == ["▸ Thought"]
    thought.finish("some text", 1)
    assert lines(thought) == ["▸ Thought · 1 token"]


def test_unfolded_thinking_is_plain_text_without_control_characters() -> None:
    thought = ThinkingRows()
    thought.finish("# one\n\n[b]two[/b]\x1b[31m *three*", 9)
    thought.is_unfolded = True
    assert lines(thought) == ["▾ Thought · 9 tokens", "┆ # one", "┆", "┆ [b]two[/b] *three*"]


def test_cost_of_a_piece_does_not_grow_with_the_thinking() -> None:
    thought = ThinkingRows()
    for _ in range(2000):
        thought.add("x" * 1000)
    assert len(thought._last_line) == LAST_LIMIT
    assert len(thought.text) == 2_000_000


async def test_thinking_streams_folds_and_unfolds_by_key_and_by_click() -> None:
    app = ChatHost()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = app.pane
        pane.model_label = "Model Q4"
        pane.prompt.text = "Hello"
        await pilot.press("f3")
        pane.prompt.focus()
        await pilot.press("enter")
        await see(pilot, "llm")
        pane.answer.append_text("Let me see.\nFoxes **are**", 12, 0.1, thinking=True)
        await see(pilot, "llm   ▸ Thinking… 12 tokens")
        await see(pilot, "Foxes **are**")
        assert not shows(app, "Let me see.")
        pane.answer.append_text("The **answer**", 300, 1.0)
        await see(pilot, "The **answer**▌")
        assert shows(app, "▸ Thought for")
        pane.answer.end_reply(Finished(1, "end", METRICS))
        await see(pilot, "· 214 tokens")
        assert not shows(app, "Foxes")
        app.transcript.focus()
        await pilot.press("t")
        await see(pilot, "┆ Foxes **are**")
        assert shows(app, "The answer")
        await pilot.click(app.transcript, offset=(12, 2))
        await wait_until_true(pilot, lambda: not shows(app, "┆"))
        assert shows(app, "The answer")


async def test_unfolding_long_thinking_keeps_its_head_visible() -> None:
    conversation = Conversation()
    for n in range(10):
        conversation.add_user(f"Question {n}")
        conversation.begin_reply("m")
        conversation.append("\n".join(f"thought {n}.{line}" for line in range(50)), thinking=True)
        conversation.append(f"answer {n}")
        conversation.finish_reply("end")
    app = ChatHost(conversation)
    async with app.run_test(size=(70, 24)) as pilot:
        await see(pilot, "answer 9")
        app.transcript.focus()
        await pilot.press("t")
        await wait_until_true(pilot, lambda: any("▾ Thought" in row for row in text_rows(app)))
        assert shows(app, "thought 9.0")


async def test_a_reply_without_thinking_has_nothing_to_unfold() -> None:
    conversation = Conversation()
    conversation.add_user("Question")
    conversation.begin_reply("m")
    conversation.append("answer")
    conversation.finish_reply("end")
    app = ChatHost(conversation)
    async with app.run_test(size=(70, 24)) as pilot:
        await see(pilot, "answer")
        app.transcript.focus()
        await pilot.press("t")
        await see(pilot, "This answer came without thinking.")
        assert not shows(app, "▸")
