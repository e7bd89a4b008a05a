"""Task files: TOML and JSON lines, the shipped ones, and every mistake with its line."""

from pathlib import Path

import pytest

from tui.chat.trials.task import CallCheck, TaskTurn, TextCheck
from tui.chat.trials.task_file import (
    BUILT_IN,
    TaskFileError,
    built_in_set,
    example_text,
    read_task_file,
    with_repeat,
)
from tui.engine.options import ToolCall
from tui.services.sentences import sentence


def written(folder: Path, text: str, name: str = "tasks.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> tuple[list[str], str]:
    with pytest.raises(TaskFileError) as caught:
        read_task_file(path)
    return [sentence(mistake) for mistake in caught.value.mistakes], sentence(caught.value.reason)


def test_the_example_runs_and_shows_every_use_but_drafts(tmp_path: Path) -> None:
    tasks = read_task_file(written(tmp_path, example_text()))
    assert tasks.name == "Example"
    assert [task.use for task in tasks.tasks] == [
        *("summarise", "translate", "extract", "reasoning", "code", "chat", "tools")
    ]
    assert all(turn.checks for task in tasks.tasks for turn in task.turns)


def test_the_trials_of_tool_calls_are_the_same_in_both_languages() -> None:
    tasks = built_in_set()
    assert (tasks.name, tasks.is_built_in, len(tasks.trials)) == (BUILT_IN, True, 36)
    kinds: dict[str, list[str]] = {"en": [], "es": []}
    for task in tasks.tasks:
        kind, _dash, language = task.name.rpartition("-")
        kinds[language].append(kind)
        assert task.use == "tools"
    assert kinds["en"] == kinds["es"]
    assert kinds["en"] == [
        *("right-tool", "no-tool", "two-calls", "nested", "use-result", "missing-argument"),
    ]
    # Where a call is refused, no other check can hide that.
    refusals = [task for task in tasks.tasks if task.name.startswith(("no-tool", "missing"))]
    assert all(CallCheck() in task.turns[-1].checks for task in refusals)


def test_files_and_schemas_are_read_from_beside_the_task_file(tmp_path: Path) -> None:
    written(tmp_path, "The roof leaks.", "letter.txt")
    written(tmp_path, '{"type": "object"}', "schema.json")
    path = written(
        tmp_path,
        '[[task]]\nprompt = "Sum up."\nfiles = ["letter.txt"]\nschema = "schema.json"\n'
        'check = { contains = "roof" }\n',
    )
    (task,) = read_task_file(path).tasks
    assert task.name == "1"
    assert task.turns[0].text == "File letter.txt:\n```\nThe roof leaks.\n```\n\nSum up."
    assert task.schema == '{"type": "object"}'
    assert task.turns[0].checks == (TextCheck(("roof",)),)


def test_json_lines_have_defaults_and_turns_with_calls(tmp_path: Path) -> None:
    tool = '{"name": "clock", "description": "Tells the time."}'
    path = written(
        tmp_path,
        f'{{"name": "Mine", "defaults": {{"tools": [{tool}], "repeat": 2, "for": "tools"}}}}\n\n'
        '{"name": "a", "turns": [{"prompt": "Time?"}, {"call": {"name": "clock"}}, '
        '{"result": {"time": "9:00"}}], "check": {"contains": "9:00"}}\n'
        '{"name": "b", "prompt": "Hi", "seeds": [7]}\n',
        "tasks.jsonl",
    )
    tasks = read_task_file(path)
    assert (tasks.name, [task.seeds for task in tasks.tasks]) == ("Mine", [(1, 2), (7,)])
    assert tasks.tasks[0].turns == (
        TaskTurn("prompt", "Time?"),
        TaskTurn("calls", calls=(ToolCall("clock", "{}"),)),
        TaskTurn("result", '{"time": "9:00"}', checks=(TextCheck(("9:00",)),)),
    )


def test_mistakes_are_all_told_with_their_lines(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
name = 3
[defaults]
temperature = 9
[[task]]
name = "a"
promt = "x"
check = { contain = "x",
  max_words = -1 }
[[task]]
name = "a"
prompt = '''
for = 3
'''
repeat = 0
for = "poetry"
[task.schema]
type = "blob"
[[task]]
turns = [{ result = "x" }, { prompt = "y", answer = "z" }]
""",
    )
    mistakes, reason = refusal(path)
    joined = "\n".join(mistakes)
    for text in (
        "line 2: name is 3; expected a text",
        "line 4: temperature is 9; expected a number from 0 to 5",
        'line 7, task "a": there is no key "promt". Did you mean "prompt"?',
        'line 8, task "a": there is no key "check.contain". Did you mean "contains"?',
        'line 9, task "a": check.max_words is -1',
        'line 5, task "a": there is no prompt.',
        'line 11, task "a": another task is called "a" too',
        'line 15, task "a": repeat is 0',
        'line 16, task "a": for is "poetry"',
        'line 17, task "a": schema cannot be followed',
        'line 20, task "3": a turn has one of prompt, answer, call and result',
        'line 20, task "3": the first turn must be a prompt',
    ):
        assert text in joined, joined
    assert joined.count("temperature") == 1
    assert reason.startswith("tasks.toml has 12 mistakes, so nothing was asked.")


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ("[[task]\n", "t.toml", "is not valid TOML"),
        ("", "t.toml", "t.toml has no task."),
        ('{"prompt": "x"}\n{"prompt": \n', "t.jsonl", "t.jsonl, line 2: this is not valid JSON"),
        ('"x"\n', "t.jsonl", "line 1: this is JSON, but not an object"),
        ("  ", "t.jsonl", "t.jsonl is empty."),
    ],
)
def test_a_file_that_is_no_task_file_is_refused(tmp_path: Path, text: str, name: str, why: str) -> None:
    path = written(tmp_path, text, name)
    if not text:
        path.write_text("# nothing\n")
    assert why in refusal(path)[1]
    assert "There is no file" in refusal(tmp_path / "gone.toml")[1]


@pytest.mark.parametrize(
    ("keys", "mistake"),
    [
        ('prompt = "x"\nturns = [{ prompt = "y" }]', "prompt is for tasks of one turn"),
        ('turns = [{ prompt = "y" }, { answer = "z" }]', "the last turn must be a prompt or a result"),
        (
            'turns = [{ prompt = "y", check = { contains = "a" } }, { answer = "z" }, { prompt = "q" }]',
            "its own",
        ),
        ('prompt = "x"\nfiles = ["gone.txt"]', "There is no file"),
        ('prompt = "x"\nseeds = [1, 1]', "different whole numbers"),
        ('prompt = "x"\nseeds = [1]\nrepeat = 2', "exclude each other"),
        ('prompt = "x"\ntools = [{ description = "y" }]', "a list of tools, each with name"),
        ('prompt = "x"\ntools = [{ name = "a" }, { name = "a" }]', 'another tool is called "a" too'),
        (
            'prompt = "x"\ntools = [{ name = "a", parameters = { properties = 3 } }]',
            "a JSON schema of an object",
        ),
    ],
)
def test_tasks_that_cannot_be_asked_are_refused(tmp_path: Path, keys: str, mistake: str) -> None:
    mistakes, _reason = refusal(written(tmp_path, f"[[task]]\n{keys}\n"))
    assert mistake in "\n".join(mistakes)


def test_tasks_can_be_repeated() -> None:
    tasks = with_repeat(built_in_set(), 5)
    assert {task.seeds for task in tasks.tasks} == {(1, 2, 3, 4, 5)}
    assert tasks.digest == built_in_set().digest
