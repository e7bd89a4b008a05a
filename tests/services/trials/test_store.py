"""Kept results: by machine, model and set of tasks; a newer file stays as it is."""

import sqlite3
from pathlib import Path

from tests.chat.scripted_comparison import model
from tests.services.trials.scripted_trials import open_store
from tui.chat.comparing.checks import Mark
from tui.chat.trials.checking import CheckOutcome
from tui.chat.trials.result import TrialResult, TurnAnswer
from tui.chat.trials.task import TaskSet, TaskTurn, TrialTask
from tui.sentences import reason
from tui.services.sentences import sentence
from tui.services.trials.store import model_key

TASKS = TaskSet("mine", (TrialTask("a", (TaskTurn("prompt", "?"),), use="chat", seeds=(1, 2)),))


def result(seed: int, mark: Mark = "pass") -> TrialResult:
    outcome = CheckOutcome(mark, reason("trials.text_equal"))
    return TrialResult("a", seed, (TurnAnswer(0, "x", outcomes=(outcome,)),))


def test_scores_are_those_of_the_newest_results_of_each_set_on_this_machine(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first = store.begin(TASKS)
    for seed in (1, 2):
        store.add(first, "key", "One Q4", "chat", result(seed, "fail"))
    second = store.begin(TASKS)
    store.add(second, "key", "Renamed Q4", "chat", result(1))
    store.add(second, "other", "Two Q4", None, result(1))
    (score,) = store.scores()
    assert (score.model_key, score.model, score.use, score.set_name) == ("key", "Renamed Q4", "chat", "mine")
    assert (score.passed, score.total, score.set_digest) == (1, 2, TASKS.digest)
    assert score.seconds > 1.7e9
    assert score.is_complete
    assert store.newest_run(TASKS) == second
    assert [trial.seed for trial in store.results(first, "key")] == [1, 2]
    assert open_store(tmp_path, "another machine").scores() == []
    assert open_store(tmp_path, "another machine").newest_run(TASKS) is None


def test_a_run_that_was_cut_short_is_not_complete(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.add(store.begin(TASKS), "key", "One Q4", "chat", result(1))
    (score,) = store.scores()
    assert (score.passed, score.total, score.is_complete) == (1, 1, False)


def test_a_file_of_a_newer_version_is_left_alone_and_told(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    file = tmp_path / "results.sqlite"
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    content = file.read_bytes()
    store = open_store(tmp_path)
    assert store.problem is not None
    assert "was written by a newer llmtui" in sentence(store.problem)
    assert store.begin(TASKS) == 0
    store.add(0, "key", "One", "chat", result(1))
    assert store.scores() == []
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_told_and_loses_nothing_else(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    store = open_store(blocked)
    assert store.problem is not None
    assert sentence(store.problem).startswith("Results are not kept: ")
    assert store.newest_run(TASKS) is None


def test_a_result_that_cannot_be_read_is_asked_again(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    number = store.begin(TASKS)
    store.add(number, "key", "One", "chat", result(1))
    with sqlite3.connect(tmp_path / "results.sqlite") as db:
        db.execute("UPDATE results SET result = '{}'")
    db.close()
    assert store.results(number, "key") == ()


def test_a_model_is_the_same_by_whatever_name_its_file_has(tmp_path: Path) -> None:
    for name, content in (("a.gguf", b"same"), ("b.gguf", b"same"), ("c.gguf", b"more")):
        (tmp_path / name).write_bytes(content)
    keys = [model_key(model(name, path=tmp_path / f"{name}.gguf")) for name in ("a", "b", "c")]
    assert keys[0] == keys[1] != keys[2]
    assert model_key(model("gone")) == "|gone Q4_1|104857600"
