"""Tasks: their seeds, the turns that a model answers, and the hash of a set."""

import msgspec

from tui.chat.trials.task import TaskSet, TaskTurn, TextCheck, TrialTask

QUESTION = TaskTurn("prompt", "Hello?")
TASK = TrialTask("one", (QUESTION,))


def test_temperature_is_zero_unless_several_seeds_would_then_be_the_same() -> None:
    assert TASK.sampling(1).temperature == 0
    repeated = msgspec.structs.replace(TASK, seeds=(1, 2))
    assert (repeated.sampling(2).temperature, repeated.sampling(2).seed) == (0.7, 2)
    assert msgspec.structs.replace(repeated, temperature=0.1).sampling(1).temperature == 0.1


def test_the_model_answers_prompts_and_results_but_not_where_the_task_has_the_answer() -> None:
    kinds = ("prompt", "answer", "prompt", "calls", "result", "result", "prompt", "result")
    task = TrialTask("many", tuple(TaskTurn(kind) for kind in kinds))
    answered = [number for number in range(len(kinds)) if task.is_answered(number)]
    assert answered == [5, 6, 7]
    assert task.answers == 3


def test_the_hash_changes_with_what_is_asked_and_not_with_title_or_seeds() -> None:
    tasks = TaskSet("A", (TASK,))
    checked = msgspec.structs.replace(
        TASK, turns=(msgspec.structs.replace(QUESTION, checks=(TextCheck(("x",)),)),)
    )
    assert TaskSet("B", (msgspec.structs.replace(TASK, seeds=(7,)),)).digest == tasks.digest
    assert TaskSet("A", (checked,)).digest != tasks.digest
    assert TaskSet("A", (msgspec.structs.replace(TASK, system="Be brief."),)).digest != tasks.digest


def test_trials_are_every_task_with_each_seed() -> None:
    other_task = TrialTask("two", (QUESTION,), seeds=(4, 5))
    assert TaskSet("A", (TASK, other_task)).trials == ((TASK, 1), (other_task, 4), (other_task, 5))
