"""Answers: from the engine's events to a view and to a conversation, by a script and with the real engine."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
import pytest_asyncio

from tests.chat.scripted_comparison import metrics
from tests.chat.scripted_comparison import model as model_on_disk
from tests.services.scripted_place import DIED, ScriptedPlace, opening
from tests.waiting import until
from tui.chat.asking import PartSettings
from tui.chat.context import ContextParts, ContextPlan, Turn
from tui.chat.conversation import Conversation, Reply
from tui.engine.client import ReplyEvent
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings, SamplingSettings
from tui.engine.protocol import Failed, Finished, Prompted, PromptProgress, Text
from tui.models.model import Model
from tui.models.model_file import model_file
from tui.sentences import Reason, reason
from tui.services import answering
from tui.services.answering import answer_completely, answer_conversation
from tui.services.host import EngineHost

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONE = model_on_disk("One")
SMALL = LoadSettings(context=256)
GREEDY = AnswerRequest(sampling=SamplingSettings(temperature=0, max_tokens=8))
END = Finished(2, "end", metrics(), raw="raw text")
PROMPT = Prompted(2, "the whole prompt", 10)


class NotedAnswer:
    """Notes what a view is told, and keeps the text in the conversation as the chat does."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self.notes: list[tuple[object, ...]] = []
        self.on_text: Callable[[], None] = lambda: None

    @property
    def names(self) -> list[object]:
        return [note[0] for note in self.notes]

    def show_reading(self, done_tokens: int, total_tokens: int, seconds_left: float | None) -> None:
        assert seconds_left is None or seconds_left >= 0
        self.notes.append(("reading", done_tokens, total_tokens, seconds_left is not None))

    def hide_reading(self) -> None:
        self.notes.append(("hide",))

    def show_first_token(self, seconds: float) -> None:
        assert seconds >= 0
        self.notes.append(("first token",))

    def show_context_used(self, tokens: int) -> None:
        self.notes.append(("used", tokens))

    def append_text(
        self,
        text: str,
        tokens: int | None = None,
        seconds: float | None = None,
        *,
        thinking: bool = False,
    ) -> None:
        self.notes.append(("thinking" if thinking else "text", text, tokens))
        if self._conversation.open_reply_id is not None:
            self._conversation.append(text, thinking)
        self.on_text()

    def end_reply(self, end: Finished | Failed) -> None:
        self.notes.append(("end", end))
        if self._conversation.open_reply_id is None:
            return
        if isinstance(end, Finished):
            self._conversation.finish_reply(end.reason, end.metrics, end.raw)
        else:
            self._conversation.abort_reply(end.reason)

    def refuse(self, failed: Failed | None) -> None:
        self.notes.append(("refuse", failed))
        self._conversation.withdraw_question()

    def note_transcript(self, reason: Reason) -> None:
        self.notes.append(("transcript", reason))

    def note_schema(self, *, followed: bool) -> None:
        self.notes.append(("schema", followed))


class ScriptedPlanner:
    """Gives one plan, after a change of the test's own."""

    def __init__(self, plan: ContextPlan | None, change: Callable[[], object] = lambda: None) -> None:
        self._plan = plan
        self._change = change
        self.declined_plans: list[ContextPlan] = []

    async def plan(self, _conversation: Conversation) -> ContextPlan | None:
        self._change()
        return self._plan

    def declined(self, plan: ContextPlan) -> None:
        self.declined_plans.append(plan)


def asked(*questions: str) -> Conversation:
    """A conversation whose last question waits for its answer."""
    conversation = Conversation()
    for question in questions[:-1]:
        conversation.add_user(question)
        conversation.begin_reply("One")
        conversation.append(f"answer to {question}")
        conversation.finish_reply("end")
    conversation.add_user(questions[-1])
    conversation.begin_reply("One")
    return conversation


async def loaded(place: ScriptedPlace) -> EngineHost:
    host = EngineHost(open_place=opening(place))
    await host.load(ONE, SMALL)
    return host


async def notes_of(
    *events: ReplyEvent, request: AnswerRequest = GREEDY, template: str = "model"
) -> NotedAnswer:
    """Answer one question with these events."""
    place = ScriptedPlace(events)
    place.template = template
    conversation = asked("Hello")
    view = NotedAnswer(conversation)
    await answer_conversation(await loaded(place), view, conversation, lambda: request)
    return view


def plan_of(conversation: Conversation, *, context: int, dropped: int = 0) -> ContextPlan:
    """A plan for a context of that many tokens, with the first turns left out."""
    *turns, question = [
        Turn(message.id, 10) for message in conversation.messages if not isinstance(message, Reply)
    ]
    return ContextPlan(ContextParts(0, tuple(turns), question), context, 0, tuple(turns[:dropped]))


# By a script


async def test_the_events_of_a_reply_are_shown_in_their_order() -> None:
    view = await notes_of(
        PROMPT,
        PromptProgress(2, 10, 10, 4),
        Text(2, "First", 3, 0.0, thinking=True),
        Text(2, "Good", 5, 0.0),
        END,
    )
    assert view.notes == [
        ("hide",),
        ("first token",),
        ("hide",),
        # All of the prompt is in the context, also what was cached.
        ("used", 13),
        ("thinking", "First", 3),
        ("used", 15),
        ("text", "Good", 5),
        ("end", END),
    ]


async def test_progress_of_a_long_prompt_counts_only_what_has_to_be_read() -> None:
    progress = (PromptProgress(2, 4, 12, 4), PromptProgress(2, 6, 12, 4), PromptProgress(2, 12, 12, 4))
    view = await notes_of(*progress, END)
    # Before anything was read nobody knows how long it will take.
    assert view.notes == [("reading", 0, 8, False), ("reading", 2, 8, True), ("hide",), ("end", END)]


async def test_the_time_left_is_not_that_of_the_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    # The first 16 tokens take 5 seconds, and each 64 after them one.
    times = iter([0.0, 0.0, 5.0, 6.0, 7.0])
    monkeypatch.setattr(answering, "time", SimpleNamespace(monotonic=lambda: next(times)))
    seconds: list[float | None] = []
    monkeypatch.setattr(
        NotedAnswer, "show_reading", lambda _view, _done, _total, seconds_left: seconds.append(seconds_left)
    )
    writer = answering._ReplyWriter(
        NotedAnswer(Conversation()), Conversation(), PartSettings(SamplingSettings()), has_template=True
    )
    for done in (0, 16, 80, 144):
        writer.take(PromptProgress(2, done, 208, 0))
    assert seconds == [None, 60.0, 2.0, 1.0]


@pytest.mark.parametrize("kind", ["prompt_too_long", "schema"])
async def test_refused_prompt_returns_to_the_input(kind: str) -> None:
    refused = Failed(2, kind, reason("engine.prompt_empty"))  # type: ignore[arg-type]
    view = await notes_of(refused)
    assert view.notes == [("refuse", refused)]


async def test_a_reply_whose_engine_dies_keeps_its_text_and_has_no_cost() -> None:
    conversation = asked("Hello")
    view = NotedAnswer(conversation)
    place = ScriptedPlace((PROMPT, Text(2, "Half an", 2, 0.0), END), answer_waits=True)
    view.on_text = place.kill
    cost = await answer_conversation(await loaded(place), view, conversation, lambda: GREEDY)
    assert cost is None
    assert view.notes[-1] == ("end", DIED)
    reply = conversation.messages[-1]
    assert isinstance(reply, Reply)
    assert (reply.text, reply.interrupted) == ("Half an", DIED.reason)


async def test_question_without_a_model_returns_with_advice() -> None:
    conversation = asked("Hello")
    view = NotedAnswer(conversation)
    assert await answer_conversation(EngineHost(), view, conversation, lambda: GREEDY) is None
    ((name, failed),) = view.notes
    assert (name, isinstance(failed, Failed)) == ("refuse", True)
    assert isinstance(failed, Failed)
    assert failed.reason.code == "engine.no_model"
    assert conversation.messages == ()


async def test_question_waits_for_the_current_load() -> None:
    place = ScriptedPlace(load_waits=True)
    host = EngineHost(open_place=opening(place))
    load = asyncio.create_task(host.load(ONE, SMALL))
    await until(lambda: place.current, "the load")
    conversation = asked("Hello")
    view = NotedAnswer(conversation)
    # The settings are taken once the model is there, since they depend on it.
    models: list[Model | None] = []

    def make_request() -> AnswerRequest:
        models.append(host.model)
        return GREEDY

    answer = asyncio.create_task(answer_conversation(host, view, conversation, make_request))
    await asyncio.sleep(0)
    assert view.notes == []
    place.go_on()
    assert await answer is not None
    await load
    assert models == [ONE]
    assert view.names[-1] == "end"


async def test_question_withdrawn_during_the_load_is_not_sent() -> None:
    place = ScriptedPlace(load_waits=True)
    host = EngineHost(open_place=opening(place))
    load = asyncio.create_task(host.load(ONE, SMALL))
    await until(lambda: place.current, "the load")
    conversation = asked("Hello")
    view = NotedAnswer(conversation)
    answer = asyncio.create_task(answer_conversation(host, view, conversation, lambda: GREEDY))
    await asyncio.sleep(0)
    # WHEN a new chat takes it away, and something else is asked there
    conversation.clear()
    conversation.add_user("Another")
    conversation.begin_reply("One")
    place.go_on()
    assert await answer is None
    await load
    # THEN the first answer ends, and does not answer the second question
    ((name, end),) = view.notes
    assert isinstance(end, Failed)
    assert (name, end.kind, end.reason.code) == ("end", "stopped", "services.question_withdrawn")
    assert place.requests == []


async def test_question_withdrawn_while_counting_is_not_sent() -> None:
    place = ScriptedPlace()
    conversation = asked("Hello")
    view = NotedAnswer(conversation)
    planner = ScriptedPlanner(None, conversation.clear)
    host = await loaded(place)
    assert await answer_conversation(host, view, conversation, lambda: GREEDY, planner) is None
    assert view.names == ["end"]
    assert place.requests == []


async def test_prompt_that_does_not_fit_is_declined_without_sending() -> None:
    place = ScriptedPlace()
    conversation = asked("one", "two")
    view = NotedAnswer(conversation)
    planner = ScriptedPlanner(plan := plan_of(conversation, context=15))
    assert plan.over_tokens > 0
    host = await loaded(place)
    assert await answer_conversation(host, view, conversation, lambda: GREEDY, planner) is None
    # The question is back first, and the planner says why.
    assert view.notes == [("refuse", None)]
    assert planner.declined_plans == [plan]
    assert place.requests == []


async def test_turns_that_the_plan_leaves_out_are_not_sent() -> None:
    place = ScriptedPlace()
    conversation = asked("one", "two", "three")
    planner = ScriptedPlanner(plan_of(conversation, context=500, dropped=1))
    view = NotedAnswer(conversation)
    await answer_conversation(await loaded(place), view, conversation, lambda: GREEDY, planner)
    (request,) = place.requests
    assert [message.content for message in request.messages] == ["two", "answer to two", "three"]


async def test_continued_reply_is_sent_with_its_text_so_far() -> None:
    place = ScriptedPlace()
    conversation = asked("one")
    conversation.append("I think", thinking=True)
    conversation.append("so far")
    conversation.finish_reply("max_tokens")
    conversation.continue_reply("One")
    await answer_conversation(await loaded(place), NotedAnswer(conversation), conversation, lambda: GREEDY)
    (request,) = place.requests
    assert (request.continued_text, request.continued_thinking) == ("so far", "I think")
    assert [message.content for message in request.messages] == ["one"]


async def test_prompt_and_seed_are_saved_with_the_reply() -> None:
    place = ScriptedPlace((PROMPT, Text(2, "Good", 1, 0.0), END))
    conversation = asked("one")
    assert GREEDY.sampling.seed is None
    await answer_conversation(await loaded(place), NotedAnswer(conversation), conversation, lambda: GREEDY)
    reply = conversation.messages[-1]
    assert isinstance(reply, Reply)
    (part,) = reply.part_settings
    assert part.sampling == place.requests[0].sampling
    assert part.sampling.seed is not None
    assert conversation.prompts.get(reply.id) == PROMPT.text


async def test_end_of_a_withdrawn_reply_is_reported_and_changes_no_other() -> None:
    place = ScriptedPlace((Text(2, "Old", 1, 0.0), PROMPT, END))
    conversation = asked("one")
    view = NotedAnswer(conversation)

    def new_chat() -> None:
        view.on_text = lambda: None
        conversation.clear()
        conversation.add_user("two")
        conversation.begin_reply("One")

    view.on_text = new_chat
    await answer_conversation(await loaded(place), view, conversation, lambda: GREEDY)
    # The prompt of the old reply came late, and is not kept with the new one.
    reply = conversation.messages[-1]
    assert reply.text == ""
    assert conversation.prompts.get(reply.id) is None
    assert view.names[-1] == "end"


@pytest.mark.parametrize(("template", "is_news"), [("model", True), ("fallback", False), ("none", False)])
async def test_plain_transcript_is_reported_only_for_models_with_a_template(
    template: str, is_news: bool
) -> None:
    why = reason("engine.template_too_long")
    transcript = msgspec.structs.replace(PROMPT, reason=why)
    view = await notes_of(transcript, Text(2, "Good", 1, 0.0), END, template=template)
    assert (("transcript", why) in view.notes) is is_news
    # AND it stands below the reply, not in its way
    assert view.names.index("end") == len(view.names) - 1 - is_news


@pytest.mark.parametrize("follows", [True, False])
async def test_an_answer_by_a_schema_is_checked_at_its_end(follows: bool) -> None:
    request = msgspec.structs.replace(GREEDY, json_schema="{}")
    prompt = msgspec.structs.replace(PROMPT, follows_schema=follows)
    view = await notes_of(prompt, Text(2, "{}", 1, 0.0), END, request=request)
    assert view.notes[-1] == ("schema", follows)
    assert "schema" not in (await notes_of(prompt, END)).names


async def test_an_answer_without_an_end_is_an_error_of_the_program() -> None:
    class EndlessHost(EngineHost):
        async def answer(
            self, request: AnswerRequest, reply_id: int | None = None
        ) -> AsyncIterator[ReplyEvent]:
            yield Text(2, "Good", 1, 0.0)

    with pytest.raises(RuntimeError):
        await answer_completely(EndlessHost(), GREEDY)  # type: ignore[arg-type]


async def test_a_complete_answer_tells_thinking_from_text_and_why_it_read_a_transcript() -> None:
    why = reason("engine.template_too_long")
    place = ScriptedPlace(
        (
            msgspec.structs.replace(PROMPT, reason=why),
            Text(2, "Let me", 1, 0.0, thinking=True),
            Text(2, " see", 2, 0.0, thinking=True),
            Text(2, "Good", 3, 0.1),
            END,
        )
    )
    pieces: list[str] = []
    answer = await answer_completely(await loaded(place), GREEDY, on_text=pieces.append)
    assert (answer.thinking, answer.text, pieces) == ("Let me see", "Good", ["Good"])
    assert (answer.finish_reason, answer.metrics, answer.template_reason) == ("end", END.metrics, why)


# With the real engine


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real_host(smollm2: Path) -> AsyncIterator[EngineHost]:
    """The real model, loaded once for this module."""
    file = model_file(smollm2, "test")
    host = EngineHost(text_interval=0.0)
    await host.load(
        Model(file.name, file.quant, file.weights_bytes, file.shape, file, None),
        LoadSettings(context=512, threads=1),
    )
    yield host
    await host.close()


def question(text: str, **sampling: int) -> AnswerRequest:
    return AnswerRequest(
        (ChatMessage("user", text),), SamplingSettings(**{"temperature": 0, "max_tokens": 8, **sampling})
    )


async def test_the_pieces_of_a_real_answer_are_its_text(real_host: EngineHost) -> None:
    pieces: list[str] = []
    answer = await answer_completely(real_host, question("Name a colour."), on_text=pieces.append)
    assert "".join(pieces) == answer.text
    assert answer.text.strip()
    assert len(pieces) > 1
    assert answer.metrics.generated_tokens <= 8
    assert (answer.thinking, answer.template_reason) == ("", None)


async def test_stopped_real_answer_keeps_its_text(real_host: EngineHost) -> None:
    answer = await answer_completely(
        real_host,
        question("Count from one to a thousand.", max_tokens=400),
        on_text=lambda _text: real_host.stop(),
    )
    assert answer.finish_reason == "stopped"
    assert answer.text != ""
    assert answer.metrics.generated_tokens < 400


async def test_a_prompt_longer_than_the_context_is_an_error_with_both_figures(real_host: EngineHost) -> None:
    with pytest.raises(EngineFailure) as caught:
        await answer_completely(real_host, question("word " * 900))
    why = caught.value.failed.reason
    assert (caught.value.failed.kind, why.facts["context"]) == ("prompt_too_long", 512)
    assert int(str(why.facts["tokens"])) > 900


async def test_second_turn_reads_only_new_tokens(real_host: EngineHost) -> None:
    conversation = asked("Name a colour.")
    view = NotedAnswer(conversation)
    first = await answer_conversation(real_host, view, conversation, lambda: GREEDY)
    conversation.add_user("Another one.")
    conversation.begin_reply("One")
    second = await answer_conversation(real_host, view, conversation, lambda: GREEDY)
    assert first is not None
    assert second is not None
    assert second.cached_tokens >= first.prompt_tokens
    assert conversation.messages[-1].text != ""
