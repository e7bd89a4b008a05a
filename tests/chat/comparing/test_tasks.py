"""The built-in tasks ask for what their checks want."""

import json

import pytest

from tests.reasons import sentence_of
from tui.chat.comparing.tasks import (
    KINDS,
    DraftCheck,
    ExtractionCheck,
    SummaryCheck,
    Task,
    ToolCheck,
    TranslationCheck,
    UnknownTaskError,
    all_tasks,
    task_names,
    tasks_named,
)
from tui.engine.schema import check_schema

TASKS = {task.name: task for task in all_tasks()}


def test_every_kind_of_task_exists_in_both_languages():
    kinds = {(task.kind, task.language) for task in all_tasks()}
    assert kinds == {(kind, language) for kind in KINDS for language in ("en", "es")}
    assert len(set(task_names())) == len(all_tasks())
    assert all(task.sampling.temperature == 0 for task in all_tasks())
    assert len({sentence_of(task.title) for task in all_tasks()}) == len(all_tasks())


def test_checks_want_values_that_the_prompts_ask_for():
    for task in all_tasks():
        check = task.check
        match check:
            case SummaryCheck():
                assert str(check.words_most) in task.prompt
            case DraftCheck():
                assert f" {check.words_least} " in task.prompt
                assert f" {check.words_most} " in task.prompt
                assert all(mention[0] in task.prompt for mention in check.mentions)
            case ExtractionCheck():
                assert all(f'"{key}"' in task.prompt for key in check.fields)
            case ToolCheck():
                assert check.name in task.prompt
                assert all(key in task.prompt for key in check.arguments)
            case TranslationCheck():
                assert len(check.terms) >= 5
            case _:
                pass


def test_task_schema_is_valid_and_has_the_fields_of_the_check():
    tasks = [task for task in all_tasks() if task.json_schema]
    assert {task.language for task in tasks} == {"en", "es"}
    for task in tasks:
        assert check_schema(task.json_schema) is None
        assert isinstance(task.check, ExtractionCheck)
        schema = json.loads(task.json_schema)
        assert set(schema["properties"]) == set(schema["required"]) == set(task.check.fields)


def test_the_sums_are_right():
    assert TASKS["arithmetic-en"].check.value == 24 * 17 - 9
    assert TASKS["arithmetic-es"].check.value == pytest.approx(3 * 2.40 + 1.15)


def test_tasks_are_selected_by_name_kind_language_or_all():
    def names(*arguments: str) -> list[str]:
        return [task.name for task in tasks_named(arguments)]

    assert names("all") == list(task_names())
    assert names("tool") == ["tool-en", "tool-es"]
    assert names("arithmetic-es", "summary-en", "summary-en") == ["summary-en", "arithmetic-es"]
    assert {task.language for task in tasks_named(["es"])} == {"es"}
    with pytest.raises(UnknownTaskError, match="poetry"):
        tasks_named(["tool", "poetry"])


def test_task_name_is_one_shell_word():
    assert all(task.name == task.name.lower() and " " not in task.name for task in all_tasks())
    assert all(isinstance(task, Task) for task in all_tasks())
