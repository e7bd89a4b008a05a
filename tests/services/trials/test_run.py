"""Runs of tasks: scores of scripted models, crashes that cost only their own tasks, and resuming."""

from pathlib import Path

import pytest

from tests.chat.scripted_comparison import died, model, ready
from tests.reasons import reason_with_text
from tests.services.trials.scripted_trials import (
    Reply,
    TrialHost,
    calls_wrongly,
    never_calls,
    open_store,
    perfect,
)
from tui.chat.comparing.comparison import PreparedLoad
from tui.chat.trials.result import Score, TrialBoard
from tui.chat.trials.task import TaskSet, TaskTurn, TextCheck, TrialTask
from tui.chat.trials.task_file import built_in_set
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings, ToolCall
from tui.engine.protocol import Failed
from tui.models.model import Model
from tui.services.comparing.comparison_run import Prepare
from tui.services.sentences import sentence, sentences
from tui.services.trials.run import TrialRun, estimate_seconds, kept_board

ONE, TWO = model("One"), model("Two")
HI = TrialTask("hi", (TaskTurn("prompt", "Hi?", checks=(TextCheck(("hello",)),)),), use="chat")
BYE = TrialTask("bye", (TaskTurn("prompt", "Bye?", checks=(TextCheck(("bye",)),)),), use="chat")
TASKS = TaskSet("greetings", (HI, BYE))


async def run(
    folder: Path,
    reply: Reply,
    tasks: TaskSet = TASKS,
    models: tuple[Model, ...] = (ONE,),
    *,
    resume: bool = False,
    prepare: Prepare = ready,
) -> tuple[TrialBoard, TrialHost]:
    host, store = TrialHost(reply), open_store(folder)
    try:
        board = await TrialRun(models, tasks, host, prepare, store, resume=resume).run()
    finally:
        store.close()
    return board, host


def polite(_model: str, request: AnswerRequest) -> str:
    return "Hello there." if request.messages[-1].content == "Hi?" else "No."


@pytest.mark.parametrize(
    ("reply", "score"),
    [(perfect, Score(36)), (calls_wrongly, Score(0, 36)), (never_calls, Score(18, 18))],
)
async def test_scripted_models_get_the_score_that_they_deserve(
    tmp_path: Path, reply: Reply, score: Score
) -> None:
    board, host = await run(tmp_path, reply, built_in_set())
    (side,) = board.sides
    assert side.score == score
    assert {request.sampling.seed for request in host.requests} == {1, 2, 3}
    assert {request.sampling.temperature for request in host.requests} == {0.7}
    assert all(request.tools and request.think is False for request in host.requests)
    if reply is never_calls:
        passed = {result.task.rpartition("-")[0] for result in side.results if result.mark == "pass"}
        assert passed == {"no-tool", "use-result", "missing-argument"}


async def test_an_answer_is_kept_with_its_checks_and_its_reasons(tmp_path: Path) -> None:
    board, _host = await run(tmp_path, polite)
    hi, bye = board.sides[0].results
    assert (hi.mark, bye.mark) == ("pass", "fail")
    assert sentence(bye.outcomes[0].reason) == '"bye" is not in it'
    store = open_store(tmp_path)
    assert [result.was_kept for result in kept_board((ONE, TWO), TASKS, store).sides[0].results] == [
        True,
        True,
    ]
    assert kept_board((TWO,), TASKS, store).sides[0].results == ()


async def test_turns_are_sent_with_what_was_said_and_called_before(tmp_path: Path) -> None:
    task = TrialTask(
        "clock",
        (
            TaskTurn("prompt", "Time?"),
            TaskTurn("result", "9:00"),
            TaskTurn("prompt", "Thanks"),
        ),
        system="Be brief.",
        tools='[{"name": "clock", "description": "", "parameters": {}}]',
    )
    replies = iter(
        ('<tool_call>{"name": "clock", "arguments": {}}</tool_call>', "<think>x</think>Nine.", "Bye")
    )
    board, host = await run(tmp_path, lambda _model, _request: next(replies), TaskSet("A", (task,)))
    assert host.requests[-1].messages == (
        ChatMessage("system", "Be brief."),
        ChatMessage("user", "Time?"),
        ChatMessage("assistant", "", (ToolCall("clock", "{}"),)),
        ChatMessage("tool", "9:00", tool="clock"),
        ChatMessage("assistant", "Nine."),
        ChatMessage("user", "Thanks"),
    )
    assert [answer.tool_form for answer in board.sides[0].results[0].answers] == ["template"] * 3


async def test_without_a_call_there_is_no_result_to_give(tmp_path: Path) -> None:
    task = TrialTask(
        "clock",
        (TaskTurn("prompt", "Time?"), TaskTurn("result", "9:00")),
        tools='[{"name": "clock", "description": "", "parameters": {}}]',
    )
    board, host = await run(tmp_path, lambda _model, _request: "Nine.", TaskSet("A", (task,)))
    (result,) = board.sides[0].results
    assert result.mark == "fail"
    assert result.missing is not None
    assert sentence(result.missing.reason).startswith("it called no tool")
    assert len(host.requests) == 1


async def test_a_dead_engine_fails_its_task_and_a_new_one_gets_the_next(tmp_path: Path) -> None:
    def dies_at_hi(model: str, request: AnswerRequest) -> str | Failed:
        is_deadly = model == "One" and request.messages[-1].content == "Hi?"
        return died() if is_deadly else "Hello and bye."

    board, host = await run(tmp_path, dies_at_hi, models=(ONE, TWO))
    first, second = board.sides
    assert [result.mark for result in first.results] == ["fail", "pass"]
    assert first.results[0].failure == died()
    assert second.score == Score(2)
    assert host.log == [
        *("load One", "ask One", "load One", "ask One", "unload One"),
        *("load Two", "ask Two", "ask Two", "unload Two"),
    ]


async def test_an_engine_that_always_dies_fails_every_task_with_the_reason(tmp_path: Path) -> None:
    tasks = TaskSet("many", tuple(TrialTask(str(n), HI.turns) for n in range(6)))
    board, host = await run(
        tmp_path, lambda model, _request: died() if model == "One" else "Hello", tasks, (ONE, TWO)
    )
    first, second = board.sides
    assert host.log.count("load One") == 3
    assert first.score == Score(0, 6)
    assert first.results[-1].failure is not None
    assert sentences(first.results[-1].failure.reasons) == (
        "Not asked: the engine had ended and was not started again. The engine's process ended."
    )
    assert second.score == Score(6)


async def test_a_model_that_is_refused_has_no_results_and_the_next_runs(tmp_path: Path) -> None:
    why = Failed(0, "memory", reason_with_text("Too big."))

    async def prepare(next_model: Model) -> PreparedLoad:
        return PreparedLoad(LoadSettings(), refused=why if next_model is ONE else None)

    board, _host = await run(tmp_path, polite, models=(ONE, TWO), prepare=prepare)
    assert (board.sides[0].failure, board.sides[0].results) == (why, ())
    assert board.sides[1].score == Score(1, 1)


async def test_a_model_that_cannot_be_sized_costs_only_itself(tmp_path: Path) -> None:
    async def prepare(next_model: Model) -> PreparedLoad:
        if next_model is ONE:
            raise EngineFailure(died())
        return PreparedLoad(LoadSettings())

    board, _host = await run(tmp_path, polite, models=(ONE, TWO), prepare=prepare)
    assert board.sides[0].failure == died()
    assert board.sides[1].score == Score(1, 1)


async def test_a_run_that_was_killed_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    def killed(_model: str, request: AnswerRequest) -> str:
        if request.messages[-1].content == "Bye?":
            raise RuntimeError("the power went")
        return "Hello"

    with pytest.raises(RuntimeError):
        await run(tmp_path, killed, models=(ONE, TWO))
    board, host = await run(tmp_path, lambda _model, _request: "Hello, bye", models=(ONE, TWO), resume=True)
    assert host.log.count("ask One") == 1
    assert [result.was_kept for result in board.sides[0].results] == [True, False]
    assert [side.score for side in board.sides] == [Score(2), Score(2)]

    # AND what is done needs no load
    board, host = await run(tmp_path, polite, resume=True)
    assert host.log == []
    assert board.sides[0].score == Score(2)

    # BUT without resuming everything is asked anew, and an unfinished run is told of
    store = open_store(tmp_path)
    assert not TrialRun((ONE,), TASKS, TrialHost(polite), ready, store).unfinished
    board, host = await run(tmp_path, polite)
    assert board.sides[0].score == Score(1, 1)


def test_the_time_left_follows_the_size_of_models_that_have_not_run() -> None:
    assert estimate_seconds([[], []], [100, 200], [3, 3]) is None
    assert estimate_seconds([[2.0, 4.0, 3.0], []], [100, 200], [1, 3]) == 3 + 3 * 6
    assert estimate_seconds([[2.0], [9.0]], [100, 200], [0, 2]) == 18
    assert estimate_seconds([[2.0], []], [0, 0], [1, 1]) is None


async def test_stopping_leaves_what_is_done_and_says_that_it_is_not_complete(tmp_path: Path) -> None:
    store = open_store(tmp_path)

    def stop_at_bye(_model: str, request: AnswerRequest) -> str | Failed:
        if request.messages[-1].content == "Bye?":
            trial_run.stop()
            return Failed(0, "stopped", reason_with_text("Stopped."))
        return "Hello"

    trial_run = TrialRun((ONE, TWO), TASKS, TrialHost(stop_at_bye), ready, store)
    board = await trial_run.run()
    assert board.ended == "stopped"
    assert [len(side.results) for side in board.sides] == [1, 0]
    # The newest run is not complete now.
    assert TrialRun((ONE,), TASKS, TrialHost(polite), ready, store).unfinished
