"""The built-in trials of tool calls on the real small model: its score beside a second, simple reading."""

import json
from pathlib import Path
from typing import Any

import msgspec

from tests.services.trials.scripted_trials import open_store
from tui.chat.comparing.comparison import PreparedLoad
from tui.chat.trials.result import TrialResult
from tui.chat.trials.task import CallCheck, TextCheck, TrialTask
from tui.chat.trials.task_file import built_in_set, with_repeat
from tui.engine.options import LoadSettings
from tui.models.model import Model
from tui.models.model_file import model_file
from tui.services.host import EngineHost
from tui.services.trials.run import TrialRun
from tui.services.trials.store import model_key

TOKENS = 32
"""Longest answer: enough for one call, and for a sentence."""


async def test_the_score_is_right_for_what_the_real_model_answered(smollm2: Path, tmp_path: Path) -> None:
    # GIVEN every built-in trial once, with short answers
    once = with_repeat(built_in_set(), 1)
    short = tuple(msgspec.structs.replace(task, max_tokens=TOKENS) for task in once.tasks)
    tasks = msgspec.structs.replace(once, tasks=short)
    file = model_file(smollm2, "file")
    model = Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)

    async def prepare(_model: Model) -> PreparedLoad:
        return PreparedLoad(LoadSettings(context=2048), None)

    store = open_store(tmp_path)
    board = await TrialRun((model,), tasks, EngineHost(), prepare, store).run()
    store.close()

    # WHEN the answers that are on the disk are read a second time, by the marks of JSON alone
    store = open_store(tmp_path)
    run = store.newest_run(tasks)
    assert run is not None
    results = {result.task: result for result in store.results(run, model_key(model))}
    store.close()
    marks = {task.name: second_mark(task, results[task.name]) for task in tasks.tasks}

    # THEN every task was answered, and both readings agree on each
    assert board.ended == "done"
    assert {task: result.mark for task, result in results.items()} == marks
    score = board.sides[0].score
    counts = [list(marks.values()).count(mark) for mark in ("pass", "fail", "look")]
    assert [score.passed, score.failed, score.to_look_at] == counts
    assert score.total == len(tasks.tasks) == 12


def second_mark(task: TrialTask, result: TrialResult) -> str:
    """Return the mark of a result by a reading that knows nothing but JSON and letters."""
    assert result.failure is None
    (answer,) = result.answers
    text = answer.raw or answer.text
    is_right = bool(text.strip())
    for check in task.turns[answer.turn].checks:
        match check:
            case CallCheck():
                wanted = [{"name": call.name, "arguments": call.arguments} for call in check.calls]
                is_right = is_right and in_order(calls_in(text, task.tools)) == in_order(wanted)
            case TextCheck():
                is_right = is_right and any(wanted in text.casefold() for wanted in check.texts)
            case _:
                raise AssertionError(check)
    if is_right and answer.finish == "max_tokens":
        return "look"
    return "pass" if is_right else "fail"


def calls_in(text: str, tools: str) -> list[dict[str, Any]]:
    """Return the JSON objects of a text, alone or in lists, that name a tool."""
    names = {tool["name"] for tool in json.loads(tools)}
    calls: list[dict[str, Any]] = []
    position = 0
    while position < len(text):
        try:
            value, position = json.JSONDecoder().raw_decode(text, position)
        except ValueError:
            position += 1
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and item.get("name") in names:
                calls.append({"name": item["name"], "arguments": item.get("arguments")})
    return calls


def in_order(calls: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(call, sort_keys=True) for call in calls)
