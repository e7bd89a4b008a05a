"""What a draft costs, counted by the real engine while it is written."""

import msgspec

from tests.ui.test_dashboard import ask, last_reply, load_first, running
from tests.waiting import until
from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Question, Reply
from tui.chat.prompt_history import read_prompt_history
from tui.engine.options import ChatMessage
from tui.engine.reply_metrics import ReplyMetrics
from tui.settings.settings import Settings
from tui.ui.chat.prompt.draft_watch import reading_speed, with_draft

METRICS = ReplyMetrics(100, 0, 2.0, 11, 2.0, 0.6, 111, 512, None)


def reply(read: int, seconds: float) -> Reply:
    metrics = msgspec.structs.replace(
        METRICS, prompt_tokens=read + 7, cached_tokens=7, prompt_seconds=seconds
    )
    return Reply(1, "x", "Model", "end", metrics)


def test_the_speed_is_that_of_the_last_replies_that_say_something_about_it():
    assert reading_speed([]) is None
    assert reading_speed([reply(5, 0.1), Reply(2, "", "Model")]) is None
    assert reading_speed([reply(100, 1.0), reply(300, 1.0), reply(5, 9.0)]) == 200
    # Only the newest count.
    assert reading_speed([reply(1000, 1.0), *[reply(100, 1.0)] * 4]) == 100


def test_a_draft_is_counted_where_it_would_stand():
    talk = Conversation("Be brief.")
    draft = Question(0, "And now?", (Attachment("a.md", "text"),))
    talk.add_user("First")
    talk.begin_reply("Model")
    talk.append("Answer")
    written = "File a.md:\n```\ntext\n```\n\nAnd now?"
    assert with_draft(talk, draft) == (ChatMessage("user", written),)
    talk.finish_reply("end")
    assert with_draft(talk, draft) == (
        ChatMessage("system", "Be brief."),
        ChatMessage("user", "First"),
        ChatMessage("assistant", "Answer"),
        ChatMessage("user", written),
    )
    # Without what has no room any more.
    without = frozenset({talk.messages[0].id})
    assert len(with_draft(talk, draft, without=without)) == 2
    # In place of a question that is edited, without what follows that.
    first = talk.messages[0].id
    assert with_draft(talk, draft, first) == (
        ChatMessage("system", "Be brief."),
        ChatMessage("user", written),
    )


async def test_what_is_told_before_sending_is_what_is_read():
    async with running() as (pilot, dashboard):
        area = dashboard.chat.prompt_area
        # GIVEN no model, an estimate
        await pilot.press("f3", *"Name a colour.")
        await until(lambda: area.cost is not None, "the estimate")
        assert area.cost.new.exact is False
        # WHEN the model is there, it is counted
        await pilot.press("f2")
        await load_first(pilot, dashboard)
        await until(lambda: area.cost is not None and area.cost.new.exact, "the count")
        told = area.cost.new.count + area.cost.cached
        # THEN so many tokens are read
        await pilot.press("enter")
        await until(lambda: area.cost is None, "the edge to be empty")
        await until(lambda: not dashboard.chat.answering, "the answer")
        first = last_reply(dashboard).metrics
        assert first.prompt_tokens == told

        # AND with a file along, in the same conversation, what is new and what is in the cache
        dashboard.chat.prompt.attach(Attachment("notes.md", "The sea is green in the evening. " * 20))
        await pilot.press(*"Summarise.")
        await until(lambda: area.cost is not None and area.cost.new.exact, "the count")
        await until(lambda: area.cost.cached > 0, "the cached part")
        cost = area.cost
        assert cost.tokens_per_second is not None
        await pilot.press("enter")
        await until(lambda: not dashboard.chat.answering and last_reply(dashboard).metrics is not first)
        second = last_reply(dashboard).metrics
        assert (second.cached_tokens, second.prompt_tokens) == (cost.cached, cost.cached + cost.new.count)
        question = dashboard.chat.conversation.messages[-2]
        assert isinstance(question, Question)
        assert question.attachments[0].name == "notes.md"


async def test_while_an_answer_is_written_the_engine_is_not_asked():
    async with running(settings=Settings(context=2048, temperature=0)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask(pilot, "Write a very long story about a fox.")
        await until(lambda: last_reply(dashboard).text != "", "some text")
        await pilot.press(*"next")
        await until(lambda: dashboard.chat.prompt_area.cost is not None, "the estimate")
        assert dashboard.chat.prompt_area.cost.new.exact is False
        # AND at its end it is counted
        await pilot.press("escape")
        await until(lambda: dashboard.chat.prompt_area.cost.new.exact, "the count")


async def test_what_was_asked_is_there_again_after_a_restart():
    async with running() as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask(pilot, "Name a colour.")
        await until(lambda: not dashboard.chat.answering)
        await until(lambda: read_prompt_history() == ["Name a colour."], "the file")
    async with running() as (pilot, dashboard):
        await until(lambda: dashboard.models.settled, "every size")
        await pilot.press("f3")
        await until(lambda: dashboard.chat.prompt._history, "the earlier questions")
        await pilot.press("up")
        assert dashboard.chat.prompt.text == "Name a colour."
