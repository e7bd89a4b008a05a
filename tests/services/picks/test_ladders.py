"""Ladders: every rung is a benchmark with figures, and the general index decides last."""

import pytest

from tui.models.evidence.evidence_files import shipped_evidence
from tui.models.model import Use
from tui.services.picks.ladders import GENERAL, LADDERS, OF_MAKERS, Rung, ladder, maker_ladder
from tui.services.picks.wish import TASKS

BENCHMARKS = shipped_evidence().benchmarks


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("task", TASKS)
def test_every_rung_is_a_benchmark_that_stands_there_once(task: Use, language: str):
    names = [rung.benchmark for rung in ladder(task, language)]
    assert set(names) <= set(BENCHMARKS)
    assert len(names) == len(set(names))
    assert GENERAL.benchmark in names
    assert {BENCHMARKS[name].kind for name in names} == {"independent"}


@pytest.mark.parametrize("task", TASKS)
def test_makers_benchmarks_are_makers(task: Use):
    names = maker_ladder(task)
    assert {BENCHMARKS[name].kind for name in names} == {"maker"}
    assert len(names) == len(set(names))


def test_every_task_has_a_ladder():
    assert set(LADDERS) == set(OF_MAKERS) == set(TASKS)


def test_a_language_comes_before_the_general_index():
    names = [rung.benchmark for rung in ladder("draft", "es")]
    assert names[-3:] == ["euroeval-es", "euroeval-es-validation", "aa-index"]
    assert ladder("chat", "es")[0] == Rung("euroeval-es")
    assert "euroeval-es" not in [rung.benchmark for rung in ladder("code", "es")]
