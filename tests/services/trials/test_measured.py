"""Results of tasks on this machine as evidence."""

import time
from pathlib import Path

import pytest

from tests.chat.scripted_comparison import model, ready
from tests.services.trials.scripted_trials import TrialHost, never_calls, perfect
from tui.chat.trials.task_file import built_in_set, with_repeat
from tui.engine.options import AnswerRequest
from tui.hardware.profiles import PROFILES
from tui.services.trials import store
from tui.services.trials.measured import measured_results
from tui.services.trials.run import TrialRun

MACHINE = PROFILES["m1-8gb"]


async def test_complete_runs_of_this_machine_are_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "data_folder", lambda: tmp_path)
    assert measured_results(MACHINE) == ()
    tasks = with_repeat(built_in_set(), 1)
    for name, reply in (("Good", perfect), ("Mute", never_calls)):
        kept_store = store.open_trial_store(MACHINE)
        await TrialRun([model(name)], tasks, TrialHost(reply), ready, kept_store).run()
        kept_store.close()
    results = measured_results(MACHINE)
    task_set = f"tool-calls ({tasks.digest[:6]})"
    assert [(item.model, item.task, item.task_set, item.passed, item.total) for item in results] == [
        ("Good Q4_1", "tools", task_set, 12, 12),
        ("Mute Q4_1", "tools", task_set, 6, 12),
    ]
    assert all(time.strptime(item.date, "%Y-%m-%d").tm_year >= 2026 for item in results)
    assert measured_results(PROFILES["m3-max-64gb"]) == ()


async def test_a_run_that_was_cut_short_is_no_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "data_folder", lambda: tmp_path)

    def stop_late(name: str, request: AnswerRequest) -> str | None:
        if len(host.requests) > 8:
            run.stop()
        return perfect(name, request)

    host = TrialHost(stop_late)
    kept_store = store.open_trial_store(MACHINE)
    run = TrialRun([model("Good")], with_repeat(built_in_set(), 1), host, ready, kept_store)
    assert (await run.run()).ended == "stopped"
    assert len(kept_store.scores()) == 1
    kept_store.close()
    assert measured_results(MACHINE) == ()
