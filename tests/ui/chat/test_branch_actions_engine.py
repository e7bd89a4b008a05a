"""Whole flow: a conversation is steered with the real model, that reads what is shown; the cache survives."""

from pathlib import Path

from textual.pilot import Pilot

from tests.engine.random_models import random_llama
from tests.ui.dashboard.running_dashboard import NAME, last_reply, load_first, running
from tests.ui.typing import type_text
from tests.waiting import until
from tui.chat.conversation import Conversation
from tui.chat.messages import Question, Reply
from tui.services.finding import SearchPaths
from tui.settings.settings import Settings
from tui.ui.chat.branch_words import remarks
from tui.ui.dashboard.dashboard import Dashboard

SHORT = Settings(temperature=0, max_tokens=12, context=2048)


async def after(pilot: Pilot[None], dashboard: Dashboard, *keys: str, text: str = "") -> Reply:
    """The reply that comes of a text and these keys; it may be there before one looks."""
    conversation = dashboard.chat.conversation
    states_before = {(message.id, getattr(message, "parts", 0)) for message in conversation.all_messages}
    if text:
        await type_text(pilot, text)
    await pilot.press(*keys)

    def is_there() -> bool:
        last = conversation.messages[-1]
        is_new = isinstance(last, Reply) and (last.id, last.parts) not in states_before
        return is_new and not dashboard.chat.answering

    await until(is_there, "the answer")
    return last_reply(dashboard)


async def ask_and_wait(pilot: Pilot[None], dashboard: Dashboard, text: str) -> Reply:
    return await after(pilot, dashboard, "enter", text=text)


def prompt_holds(conversation: Conversation, reply: Reply) -> None:
    """The prompt has the text of every message shown before the reply, in order, and of no other."""
    prompt = conversation.prompts[reply.id]
    position = 0
    visible = [message for message in conversation.messages if message.id != reply.id]
    for message in visible:
        position = prompt.index(message.text.strip(), position)
    hidden = [message for message in conversation.all_messages if message not in conversation.messages]
    assert all(message.text.strip() not in prompt for message in hidden if isinstance(message, Question))


def drawn_with(dashboard: Dashboard, names: tuple[str, ...]) -> bool:
    """True when below each answer stands the name."""
    views = [view for view in dashboard.chat.transcript.views if view.is_reply]
    drawn = [" ".join(view.lines.text_of(y) for y in range(view.lines.count)) for view in views]
    return all(name in text for name, text in zip(names, drawn, strict=True))


async def test_the_model_reads_the_branch_that_is_shown() -> None:
    async with running(settings=SHORT) as (pilot, dashboard):
        # GIVEN two turns
        await load_first(pilot, dashboard)
        conversation = dashboard.chat.conversation
        await ask_and_wait(pilot, dashboard, "Name a colour of the rainbow.")
        second = await ask_and_wait(pilot, dashboard, "Name a fruit that grows in summer.")
        prompt_holds(conversation, second)
        # WHEN the second question is edited THEN the first turn comes from the cache
        dashboard.chat.transcript.focus()
        await pilot.press("k", "k", "e")
        edited = await after(pilot, dashboard, "shift+home", *"And a vegetable?", "enter")
        prompt_holds(conversation, edited)
        assert edited.metrics is not None
        assert edited.metrics.cached_tokens > 40
        # WHEN one walks back and asks on THEN only that branch is read
        dashboard.chat.transcript.focus()
        await pilot.press("k", "k", "left")
        dashboard.chat.prompt.focus()
        third = await ask_and_wait(pilot, dashboard, "Thank you.")
        assert len(conversation.messages) == 6
        prompt_holds(conversation, third)
        # WHEN the first turn is deleted and the last answer regenerated THEN it is nowhere in the prompt
        dashboard.chat.show_message(conversation.messages[0].id)
        dashboard.chat.transcript.focus()
        await until(lambda: dashboard.chat.transcript.marked == conversation.messages[0].id, "the mark")
        await pilot.press("d", "d")
        await until(lambda: len(conversation.messages) == 4, "the deletion")
        again = await after(pilot, dashboard, "ctrl+r")
        prompt_holds(conversation, again)
        assert "rainbow" not in conversation.prompts[again.id]
        assert conversation.place_among_alternatives(again.id) == (1, 2)
        # AND asking the very same again read next to nothing
        same = await after(pilot, dashboard, "ctrl+r")
        assert same.metrics is not None
        assert same.metrics.prompt_tokens - same.metrics.cached_tokens < 5
        assert same.text == again.text


async def test_continued_answer_equals_an_uninterrupted_one() -> None:
    # GIVEN what the model says in one go
    async with running(settings=Settings(temperature=0, max_tokens=24, context=2048)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        complete_reply = await ask_and_wait(pilot, dashboard, "Give me tips for better sleep.")
    # WHEN it is cut after half of that, and goes on
    async with running(settings=SHORT) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        conversation = dashboard.chat.conversation
        half = await ask_and_wait(pilot, dashboard, "Give me tips for better sleep.")
        assert half.finish == "max_tokens"
        both = await after(pilot, dashboard, "ctrl+l")
        # THEN it is one reply with the same words
        assert both.text == complete_reply.text
        assert both.id == half.id
        assert conversation.prompts[both.id].endswith(half.text)
        assert (both.raw or "").startswith(half.text)
        # AND what it cost is that of both, of which the second read next to nothing
        assert both.metrics is not None
        assert half.metrics is not None
        assert both.metrics.generated_tokens == 24
        read = both.metrics.prompt_tokens - both.metrics.cached_tokens
        assert read - (half.metrics.prompt_tokens - half.metrics.cached_tokens) < 5
        await until(lambda: last_reply(dashboard).receipt is not None, "a receipt")
        await until(lambda: last_reply(dashboard).receipt.parts == 2, "both receipts")
        assert last_reply(dashboard).receipt.generated_tokens == 24


async def test_a_load_in_the_middle_of_a_conversation_keeps_it() -> None:
    async with running(settings=SHORT) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        conversation = dashboard.chat.conversation
        first = await ask_and_wait(pilot, dashboard, "Name a colour of the rainbow.")
        messages_before = conversation.messages
        # WHEN it is loaded in another way, and the conversation goes on
        await pilot.press("f2", "right_square_bracket", "enter")
        await until(
            lambda: dashboard._workbench.host.loaded and dashboard._workbench.host.loaded.context != 2048,
            "the load",
        )
        second = await ask_and_wait(pilot, dashboard, "Name a fruit that grows in summer.")
        # THEN nothing is lost, and the model reads all of it
        assert [(message.id, message.text) for message in conversation.messages[:2]] == [
            (message.id, message.text) for message in messages_before
        ]
        prompt_holds(conversation, second)
        assert second.metrics is not None
        assert second.metrics.cached_tokens == 0
        assert first.model == second.model


async def test_another_model_answers_the_next_question_under_its_own_name(tmp_path: Path) -> None:
    # GIVEN a question that one model answered
    other_file = random_llama(tmp_path / "babbler.gguf", metadata={"general.name": "Babbler"})
    async with running(settings=SHORT, places=SearchPaths(files=(other_file,))) as (pilot, dashboard):
        listing = dashboard.models.listing
        await until(lambda: any(message.name == NAME for message in listing.models), "both models")
        small = next(message for message in listing.models if message.name == NAME and message.file)
        assert listing.highlight(small.key)
        await load_first(pilot, dashboard)
        conversation = dashboard.chat.conversation
        first = await ask_and_wait(pilot, dashboard, "Name a colour.")
        # WHEN another is loaded and asked
        await pilot.press("f2")
        assert listing.highlight(str(other_file))
        await pilot.press("enter")
        await until(lambda: listing.loaded_key == str(other_file), "the other model")
        second = await ask_and_wait(pilot, dashboard, "And a fruit?")
        # THEN it has read the whole conversation, and each answer has its model below it
        prompt_holds(conversation, second)
        assert first.model != second.model
        assert {id: remark.plain for id, remark in remarks(conversation).items()} == {
            **dict.fromkeys([message.id for message in conversation.messages], ""),
            first.id: first.model,
            second.id: second.model,
        }
        await until(lambda: drawn_with(dashboard, (NAME, "babbler")), "the names")


async def test_model_continues_exactly_from_an_edited_answer() -> None:
    async with running(settings=SHORT) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask_and_wait(pilot, dashboard, "Name a colour.")
        conversation = dashboard.chat.conversation
        # WHEN the answer is rewritten
        dashboard.chat.transcript.focus()
        await pilot.press("k", "e")
        await until(lambda: dashboard.chat.editing is not None, "the answer in the prompt")
        dashboard.chat.prompt.text = 'My list:\n1. Yellow\n2. "Pur'
        assert dashboard.chat.prompt_area.cost is None
        await pilot.press("enter")
        await until(lambda: getattr(conversation.messages[-1], "edited", False), "the other version")
        # THEN the model goes on from that text and none other
        reply = await after(pilot, dashboard, "ctrl+l")
        assert reply.text.startswith('My list:\n1. Yellow\n2. "Pur')
        assert len(reply.text) > len('My list:\n1. Yellow\n2. "Pur')
        assert conversation.prompts[reply.id].endswith('assistant\nMy list:\n1. Yellow\n2. "Pur')
        assert reply.metrics is not None
        assert reply.metrics.generated_tokens <= 12
        assert reply.raw is not None
        assert (reply.text + "<|im_end|>").startswith('My list:\n1. Yellow\n2. "Pur' + reply.raw[:5])
        # AND the next question is read behind it, and most comes from the cache
        second = await ask_and_wait(pilot, dashboard, "Another one.")
        prompt_holds(conversation, second)
        assert second.metrics is not None
        assert second.metrics.cached_tokens > second.metrics.prompt_tokens / 2
