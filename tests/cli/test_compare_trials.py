"""`llmtui compare --tasks FILE`: tasks of one's own on the real engine, what is kept, and bad files."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chat.scripted_comparison import ready
from tests.cli.command_results import MODEL, Result, unexplained
from tests.scripted_model import write_scripted
from tests.services.trials.scripted_trials import Reply, TrialHost, never_calls
from tui.chat.comparing.comparison import PreparedLoad
from tui.chat.trials.task_file import example_text
from tui.cli import compare, compare_trials
from tui.cli.arguments import parse
from tui.engine.options import AnswerRequest
from tui.models.model import Model

Run = Callable[..., Result]
Scripted = Callable[[Reply], TrialHost]

TASKS = """
name = "short"

[[task]]
name = "clock"
for = "tools"
prompt = "What time is it?"
max_tokens = 12
check = { call = { name = "clock" } }
tools = [{ name = "clock", description = "Tells the time." }]

[[task]]
name = "number"
for = "reasoning"
prompt = "Say 7."
max_tokens = 3
repeat = 2
check = { number = 7 }
"""


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    path = tmp_path / "tasks.toml"
    path.write_text(TASKS, encoding="utf-8")
    return path


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Has a scripted host answer in place of an engine, with models that are not weighed."""

    async def prepare(model: Model, _load: object) -> PreparedLoad:
        return await ready(model)

    def answer_with(reply: Reply) -> TrialHost:
        host = TrialHost(reply)
        monkeypatch.setattr(compare_trials, "EngineHost", lambda: host)
        return host

    monkeypatch.setattr(compare, "prepare_on_this_machine", prepare)
    return answer_with


def sevens(_model: str, request: AnswerRequest) -> str:
    return '{"name": "clock", "arguments": {}}' if request.tools else "7"


def test_real_models_are_asked_checked_ranked_and_kept(llmtui: Run, tasks: Path, tmp_path: Path) -> None:
    caller = write_scripted(tmp_path / "caller.gguf", ['{"name": "clock", "arguments": {}}'])
    command = ("compare", MODEL, caller, "--tasks", tasks, "--ctx", "512", "--json")
    result = llmtui(*command)
    assert result.code == 0, result.err
    assert list(unexplained(result.json)) == []
    small, scripted = result.json["models"]
    assert scripted["place"] == 1
    assert scripted["passed"] == 1
    clock = scripted["results"][0]["answers"][0]
    assert clock["calls"] == [{"name": "clock", "arguments": {}}]
    assert clock["tool_form"] == "text"
    assert clock["checks"] == [
        {"check": "pass", "reason": "the right tool and arguments", "reason_code": "trials.calls_right"}
    ]
    assert [answer["seed"] for answer in small["results"]] == [1, 1, 2]
    assert small["results"][0]["check"] == "fail"
    assert small["results"][0]["answers"][0]["text"]
    assert "clock, seed 1 (1 of 3)" in result.err
    # AND a second look at it asks nothing
    again = llmtui(*command, "--kept")
    assert "Loading" not in again.err
    assert all(answer["kept"] for side in again.json["models"] for answer in side["results"])
    assert [side["passed"] for side in again.json["models"]] == [small["passed"], 1]


def test_the_result_is_a_table_or_a_document(inside: Run, scripted: Scripted, tasks: Path) -> None:
    scripted(sevens)
    table = inside("compare", MODEL, "--tasks", tasks)
    assert table.code == 0
    assert table.out.startswith("short: 2 tasks, 3 trials a model\n\n")
    assert "1  SmolLM2-135M-Instruct Q4_1  3 of 3" in table.out
    assert "== number · SmolLM2-135M-Instruct Q4_1 · seed 2 · pass\n7\n-- pass: 7 is right\n" in table.out
    document = inside("compare", MODEL, "--tasks", tasks, "--markdown", "--repeat", "1")
    assert document.out.startswith("# short: 2 tasks\n")


@pytest.mark.skipif(sys.platform == "win32", reason="there the first Ctrl+C ends the command")
def test_ctrl_c_leaves_what_is_done_and_resuming_asks_only_what_is_missing(
    inside: Run, scripted: Scripted, tasks: Path
) -> None:
    def interrupted(_model: str, request: AnswerRequest) -> str | None:
        if request.tools:
            return sevens(_model, request)
        os.kill(os.getpid(), signal.SIGINT)
        return None

    scripted(interrupted)
    stopped = inside("compare", MODEL, "--tasks", tasks, "--json")
    assert stopped.code == 130
    assert "The same command with --resume goes on from here." in stopped.err
    assert stopped.json["stopped"] is True
    assert list(unexplained(stopped.json)) == []
    assert len(stopped.json["models"][0]["results"]) == 1
    host = scripted(sevens)
    resumed = inside("compare", MODEL, "--tasks", tasks, "--resume")
    assert resumed.code == 0
    assert len(host.requests) == 2
    assert "kept from an earlier run" in resumed.out
    assert "3 of 3" in resumed.out


def test_the_trials_of_tool_calls_have_a_name(inside: Run, scripted: Scripted) -> None:
    host = scripted(never_calls)
    result = inside("compare", MODEL, "--tasks", "tool-calls", "--json", "--repeat", "1")
    assert result.json["task_set"]["built_in"] is True
    assert result.json["models"][0]["uses"] == [{"for": "tools", "passed": 6, "total": 12}]
    assert len(host.requests) == 12


def test_the_example_is_written_once_and_can_be_asked(
    inside: Run, scripted: Scripted, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    assert inside("compare", "--example-tasks").out == example_text()
    assert "Wrote " in inside("compare", "--example-tasks", path).err
    assert "is there already and stays as it is" in inside("compare", "--example-tasks", path).failure
    assert "cannot be written" in inside("compare", "--example-tasks", tmp_path / "no" / "x.toml").failure
    scripted(sevens)
    assert inside("compare", MODEL, "--tasks", path).code == 0


def test_mistakes_of_a_file_are_told_before_anything_is_loaded(
    inside: Run, scripted: Scripted, tasks: Path
) -> None:
    host = scripted(sevens)
    tasks.write_text(TASKS.replace("repeat = 2", "repeats = 2").replace("max_tokens = 3", "max_tokens = 0"))
    result = inside("compare", MODEL, "--tasks", tasks)
    assert result.failure.startswith("tasks.toml has 2 mistakes, so nothing was asked.")
    assert 'line 16, task "number": max_tokens is 0' in result.err
    assert 'there is no key "repeats". Did you mean "repeat"?' in result.err
    assert "There is no file" in inside("compare", MODEL, "--tasks", tasks.with_name("gone.toml")).failure
    assert host.log == []


def test_kept_results_that_are_not_there_and_a_newer_file_are_told(
    inside: Run, scripted: Scripted, tasks: Path, home: Path
) -> None:
    scripted(sevens)
    nothing = inside("compare", MODEL, "--tasks", tasks, "--kept")
    assert nothing.failure.startswith("No results of these tasks and models are kept on this machine.")
    (file,) = home.rglob("task_results.sqlite")
    file.write_bytes(b"no database" * 100)
    result = inside("compare", MODEL, "--tasks", tasks)
    assert result.code == 0
    assert "Results are not kept: " in result.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["one", "--tasks", "fr"], "fr is none of all, en, es, tool-calls, and no file"),
        (["one", "--tasks", "x.toml", "--task", "tool"], "is asked alone"),
        (["one", "--tasks", "x.toml", "--prompt", "Hi"], "is asked alone"),
        (["one", "--tasks", "x.toml", "--resume", "--kept"], "--resume and --kept exclude each other"),
        (["one", "--tasks", "x.toml", "--repeat", "101"], "--repeat takes at most 100"),
        (["one", "two", "--kept"], "--kept goes with a file of tasks"),
        (["--tasks", "x.toml"], "required: MODEL"),
    ],
)
def test_wrong_usage_is_explained(inside: Run, arguments: list[str], message: str) -> None:
    result = inside("compare", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[-1]


def test_a_file_is_told_apart_from_the_name_of_built_in_tasks() -> None:
    assert parse(["compare", "a", "--tasks", "my.toml"]).tasks == [Path("my.toml")]
    assert parse(["compare", "a", "--tasks", "es"]).tasks == ["es"]
