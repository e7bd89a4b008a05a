"""A conversation that outgrows a context of 512 tokens, on the real engine with the real model."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.ui.dashboard.running_dashboard import last_reply, load_first, running
from tests.waiting import until
from tui.chat.context import FullContextPolicy
from tui.chat.conversation import Question
from tui.services.context_remedies import LongerContext, Remedy
from tui.settings.settings import Settings
from tui.ui.chat.context.remedy_panel import RemedyList
from tui.ui.chat.context.remedy_words import remedy_content
from tui.ui.dashboard.dashboard import Dashboard

NAMES = ("alpha", "bravo", "charlie", "delta")
"""Each question has one, to tell which were sent."""


@asynccontextmanager
async def small(
    when_full: FullContextPolicy = "stop", max_tokens: int = 6
) -> AsyncIterator[tuple[Pilot[None], Dashboard]]:
    """The model loaded with the shortest context, answering in a few tokens."""
    settings = Settings(
        context=512, temperature=0, max_tokens=max_tokens, when_full=when_full, measure_speed=False
    )
    async with running(settings=settings) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        yield pilot, dashboard


def question(name: str, tokens: int = 120) -> str:
    return f"{name} " + "word " * (tokens - 1) + "word"


async def send(pilot: Pilot[None], dashboard: Dashboard, text: str) -> None:
    """Write it, and send it when the strip has taken it in."""
    await write(dashboard, text)
    await pilot.press("enter")
    await until(lambda: not dashboard.chat.answering and dashboard.chat.prompt.text == "", "the answer")


async def write(dashboard: Dashboard, text: str) -> None:
    dashboard.chat.prompt.text = text
    await until(lambda: drafted(dashboard) >= len(text.split()), "the count of the draft")


def drafted(dashboard: Dashboard) -> int:
    filling = dashboard.chat.strip.filling
    return (
        filling.plan.parts.question.tokens if filling and filling.is_draft and filling.plan.parts.exact else 0
    )


def prompt(dashboard: Dashboard) -> str:
    """What the model read for its newest reply."""
    return dashboard.chat.conversation.prompts[last_reply(dashboard).id]


def dropped(dashboard: Dashboard) -> list[int]:
    """The messages that are drawn as not sent any more."""
    return [view.message_id for view in dashboard.chat.transcript.views if view.has_class("-dropped")]


def names_in(text: str) -> list[str]:
    return [name for name in NAMES if name in text]


async def test_a_blocked_question_is_sent_after_a_longer_context_is_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with small() as (pilot, dashboard):
        chat = dashboard.chat
        for name in NAMES[:3]:
            await send(pilot, dashboard, question(name))
        assert names_in(prompt(dashboard)) == [*NAMES[:3]]
        # The parts add up to what the engine read.
        metrics = last_reply(dashboard).metrics
        assert metrics is not None

        # GIVEN a question that does not fit any more
        await write(dashboard, question("delta"))
        # THEN that is said before it is sent
        await until(lambda: "too many for the context of 512" in chat.remedy_panel.sentence, "the warning")
        old_messages = chat.conversation.messages

        # WHEN it is sent all the same
        await pilot.press("enter")
        await until(lambda: not chat.answering and chat.remedy_panel.remedies, "the refusal")
        # THEN nothing was, it is still there, and what helps is offered
        assert chat.conversation.messages == old_messages
        assert chat.prompt.text == question("delta")
        await until(
            lambda: any(isinstance(remedy, LongerContext) for remedy in chat.remedy_panel.remedies),
            "the verdict",
        )
        longer, drop = chat.remedy_panel.remedies
        assert remedy_content(longer).plain.startswith("Context 1024: ● fits, ")
        assert remedy_content(longer).plain.endswith(" MiB")
        assert remedy_content(drop).plain.startswith("Drop the oldest turn (1")

        # WHEN everything is judged again while it is about to be chosen
        await pilot.press("ctrl+g")
        assert isinstance(dashboard.focused, RemedyList)
        with monkeypatch.context() as patch:
            remedy_lists: list[Sequence[Remedy]] = []

            def show(sentence: str, remedies: Sequence[Remedy], *, is_blocked: bool) -> None:
                remedy_lists.append(tuple(remedies))

            patch.setattr(chat.remedy_panel, "show", show)
            await dashboard._chat_side._context_watch.update()
        # THEN it stays the first row throughout
        assert [isinstance(remedies[0], LongerContext) for remedies in remedy_lists] == [True, True]

        # WHEN the longer context is chosen
        await pilot.press("enter")
        await until(lambda: len(chat.conversation.messages) == 8 and not chat.answering, "the answer")
        # THEN the model was loaded with it, and the same question asked, with all that came before
        assert names_in(prompt(dashboard)) == [*NAMES]
        assert last_reply(dashboard).metrics.context == 1024
        await until(lambda: chat.strip.live_filling.plan.context == 1024, "the strip")
        assert not chat.remedy_panel.sentence
        assert chat.prompt.has_focus


async def test_the_oldest_turns_are_dropped_after_a_warning() -> None:
    async with small("drop_oldest") as (pilot, dashboard):
        chat = dashboard.chat
        for name in NAMES[:3]:
            await send(pilot, dashboard, question(name, 100))
        assert names_in(prompt(dashboard)) == [*NAMES[:3]]

        # GIVEN a question for which there is no room
        await write(dashboard, question("delta", 150))
        await until(
            lambda: chat.remedy_panel.sentence.startswith("Sending drops the oldest turn (1"), "the warning"
        )
        assert chat.strip.filling is not None
        assert chat.strip.filling.newly_dropped == 1
        assert dropped(dashboard) == []

        # WHEN it is sent
        await send(pilot, dashboard, question("delta", 150))
        # THEN the model did not see the first turn, and the screen shows that
        assert names_in(prompt(dashboard)) == [*NAMES[1:]]
        first, answer, *_messages = chat.conversation.messages
        await until(lambda: dropped(dashboard) == [first.id, answer.id], "the turn that is left out")
        assert not chat.remedy_panel.sentence


async def test_pinned_turns_stay_while_others_are_dropped() -> None:
    async with small("keep_pinned") as (pilot, dashboard):
        chat = dashboard.chat
        for name in NAMES[:3]:
            await send(pilot, dashboard, question(name, 100))
        first = chat.conversation.messages[0]
        assert isinstance(first, Question)
        chat.conversation.pin_question(first.id, True)
        await write(dashboard, question("delta", 150))
        await until(lambda: "not pinned" in chat.remedy_panel.sentence, "the warning")
        await send(pilot, dashboard, question("delta", 150))
        assert names_in(prompt(dashboard)) == ["alpha", "charlie", "delta"]


async def test_dropping_can_be_chosen_when_a_question_is_refused() -> None:
    async with small() as (pilot, dashboard):
        chat = dashboard.chat
        for name in NAMES[:3]:
            await send(pilot, dashboard, question(name))
        await write(dashboard, question("delta"))
        await pilot.press("enter")
        await until(lambda: not chat.answering and len(chat.remedy_panel.remedies) == 2, "what helps")
        await pilot.press("ctrl+g", "down", "enter")
        await until(lambda: chat.prompt.text == "" and not chat.answering, "the answer")
        assert names_in(prompt(dashboard)) == [*NAMES[1:]]
        assert chat.strip.policy == "drop_oldest"
        # AND a new chat begins with the policy of the settings
        await pilot.press("ctrl+n")
        await until(lambda: chat.strip.policy == "stop", "the policy")


async def test_an_answer_that_the_context_cuts_offers_a_longer_one() -> None:
    async with small(max_tokens=0) as (pilot, dashboard):
        chat = dashboard.chat
        long = "The fox lived in a wood by the river. " * 42
        await write(dashboard, f"{long}Write a very long story about it.")
        await until(lambda: chat.remedy_panel.sentence.startswith("Only "), "the warning")
        await pilot.press("enter")
        await until(lambda: chat.conversation.messages and not chat.answering, "the answer")
        assert last_reply(dashboard).finish == "context_full"
        await until(lambda: chat.remedy_panel.sentence.startswith("The context is full"), "the offer")
        # Its only turn cannot be dropped.
        await until(lambda: chat.remedy_panel.remedies, "the longer context")
        (remedy,) = chat.remedy_panel.remedies
        assert remedy_content(remedy).plain.startswith("Context 1024: ● fits, ")

        # WHEN it is chosen, the very answer goes on
        cut = last_reply(dashboard)
        await pilot.press("ctrl+g", "enter")
        await until(lambda: last_reply(dashboard).text != cut.text, "more of it")
        await pilot.press("escape")
        await until(lambda: not chat.answering, "the stop")
        assert last_reply(dashboard).id == cut.id
        assert last_reply(dashboard).text.startswith(cut.text)


async def test_the_strip_can_be_reached_and_changes_the_policy() -> None:
    async with small() as (pilot, dashboard):
        chat = dashboard.chat
        await until(lambda: chat.strip.filling and chat.strip.filling.plan.parts.exact, "the counts")
        assert chat.strip.filling.plan.parts.system_tokens > 0
        await pilot.press("ctrl+g")
        assert chat.strip.has_focus
        await pilot.press("w")
        assert chat.strip.policy == "drop_oldest"
        await pilot.press("escape")
        assert chat.prompt.has_focus
