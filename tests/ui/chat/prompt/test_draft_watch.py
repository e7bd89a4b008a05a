"""What a draft costs, counted by the real engine while it is written."""

import pytest
from textual.pilot import Pilot

from tests.ui.chat.chat_host import screen
from tests.ui.dashboard.running_dashboard import ask, last_reply, load_first, running
from tests.ui.typing import type_text
from tests.waiting import until
from tui.chat.messages import Attachment, Question
from tui.chat.prompt_history import read_prompt_history
from tui.settings.settings import Settings
from tui.units import format_tokens


async def test_the_count_of_a_draft_is_what_the_engine_reads():
    async with running() as (pilot, dashboard):
        area = dashboard.chat.prompt_area
        # GIVEN no model, an estimate
        await pilot.press("f3")
        await type_text(pilot, "Name a colour.")
        await until(lambda: area.cost is not None, "the estimate")
        assert area.cost.new.exact is False
        # WHEN the model is there, it is counted
        await pilot.press("f2")
        await load_first(pilot, dashboard)
        await until(lambda: area.cost is not None and area.cost.new.exact, "the count")
        shown_tokens = area.cost.new.count + area.cost.cached
        # THEN so many tokens are read
        await pilot.press("enter")
        await until(lambda: area.cost is None, "the edge to be empty")
        await until(lambda: not dashboard.chat.answering, "the answer")
        first = last_reply(dashboard).metrics
        assert first.prompt_tokens == shown_tokens

        # AND with a file along, in the same conversation, what is new and what is in the cache
        dashboard.chat.prompt.attach(Attachment("notes.md", "The sea is green in the evening. " * 20))
        await type_text(pilot, "Summarise.")
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


async def test_earlier_questions_are_in_the_history_after_a_restart():
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


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_a_long_paste_has_one_number_of_tokens_everywhere(size: tuple[int, int]):
    async with running(size) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        chat = dashboard.chat
        await pilot.press("f3")
        chat.prompt.attach(Attachment("pasted.txt", "The sea is green in the evening. " * 25_000))
        # GIVEN a count of the whole prompt
        await until(lambda: chat.prompt_area.cost and chat.prompt_area.cost.new.exact, "the count")
        cost = chat.prompt_area.cost
        total = cost.new.count + cost.cached
        await until(lambda: chat.strip.filling.used_tokens == total, "the same in the strip")
        tokens = format_tokens(total)
        # THEN chip, edge and strip have that number
        await until(lambda: f"pasted.txt · {tokens} tokens" in drawn(pilot), "the chip")
        assert f"{tokens} new tokens" in drawn(pilot)
        assert f"{tokens} / 2,048" in drawn(pilot)
        # AND so has the refusal
        await pilot.press("enter")
        await until(lambda: f"This is {tokens} tokens" in drawn(pilot), "the refusal")
        assert chat.prompt.attachments


def drawn(pilot: Pilot[None]) -> str:
    """Everything on the screen in one line."""
    return " ".join(" ".join(screen(pilot.app)).split())
