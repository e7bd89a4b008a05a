"""The order by evidence: what decides, what ties, and what a changed figure changes."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.services.picks.samples import (
    ANSWERED,
    CODE,
    CODING,
    INDEX,
    MAKERS_OWN,
    UNFAITHFUL,
    candidate,
    coding,
    evidence,
    figure,
    order_of,
)
from tui.models.evidence.evidence import Evidence, PublishedFigure
from tui.services.picks.evidence_order import EvidenceOrder
from tui.services.picks.measured_here import MeasuredHere
from tui.services.picks.wish import Wish

NAMES = ["a", "b", "c", "d", "e"]
slow_machine = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SUMMARISE = Wish("summarise", "en", 8192)
Scores = Mapping[str, tuple[int | None, int | None, int | None]]
SCORES = st.fixed_dictionaries(
    {
        name: st.tuples(
            st.none() | st.integers(0, 40), st.none() | st.integers(0, 40), st.none() | st.integers(0, 40)
        )
        for name in NAMES
    }
)
"""Scores of each model in the benchmark of code, the general index and that of a maker."""


def of_scores(scores: Scores) -> Evidence:
    benchmarks = (CODING, INDEX, MAKERS_OWN)
    return evidence(
        *(
            figure(name, benchmark, score)
            for name, own_scores in scores.items()
            for benchmark, score in zip(benchmarks, own_scores, strict=True)
            if score is not None
        )
    )


@slow_machine
@given(SCORES, st.sampled_from(NAMES), st.integers(0, 2), st.integers(1, 30))
def test_a_better_figure_never_lowers_a_place(scores: Scores, name: str, benchmark: int, gain: int):
    if scores[name][benchmark] is None:
        return
    better = dict(scores)
    own_scores = list(scores[name])
    own_scores[benchmark] = (own_scores[benchmark] or 0) + gain
    better[name] = (own_scores[0], own_scores[1], own_scores[2])
    rank = order_of(NAMES, of_scores(scores)).index(name)
    assert order_of(NAMES, of_scores(better)).index(name) <= rank


@slow_machine
@given(SCORES)
def test_unknown_stands_behind_makers_figures_and_those_behind_independent_ones(scores: Scores):
    levels = {
        name: 0 if coding_score is not None or index is not None else 1 if own is not None else 2
        for name, (coding_score, index, own) in scores.items()
    }
    order = [levels[name] for name in order_of(NAMES, of_scores(scores))]
    assert order == sorted(order)


@slow_machine
@given(SCORES, st.permutations(NAMES))
def test_the_order_does_not_depend_on_the_order_of_the_list(scores: Scores, names: list[str]):
    assert order_of(names, of_scores(scores)) == order_of(NAMES, of_scores(scores))


@slow_machine
@given(SCORES, st.sampled_from(NAMES), st.integers(0, 40))
def test_a_general_index_changes_nothing_between_models_of_a_closer_benchmark(
    scores: Scores, name: str, index: int
):
    """All have the benchmark of code, so that the other figures never decide."""
    full = {key: (own[0] or 0, own[1], own[2]) for key, own in scores.items()}
    changed = full | {name: (full[name][0], index, full[name][2])}
    assert order_of(NAMES, of_scores(changed)) == order_of(NAMES, of_scores(full))


def test_a_gap_within_the_noise_is_a_tie_that_the_newer_model_wins():
    old, new = candidate("a", released="2025-01"), candidate("b", released="2026-01")
    assert order_of([old, new], coding({"a": 31.5, "b": 30.0})) == ["b", "a"]
    assert order_of([old, new], coding({"a": 31.6, "b": 30.0})) == ["a", "b"]


def test_the_general_index_decides_where_no_benchmark_of_the_task_is_shared():
    figures = evidence(figure("a", CODING, 40), figure("a", INDEX, 5), figure("b", INDEX, 9))
    assert order_of(["a", "b"], figures) == ["b", "a"]


def test_a_superseded_model_sinks_below_its_successor_only():
    old = candidate("a", superseded_by="b")
    figures = coding({"a": 40, "b": 20, "c": 30, "d": 10})
    assert order_of([old, candidate("b"), candidate("c"), candidate("d")], figures) == ["c", "b", "a", "d"]


def test_a_benchmark_of_which_less_is_better_is_turned():
    figures = evidence(
        figure("a", UNFAITHFUL, 4),
        figure("a", ANSWERED, 99),
        figure("b", UNFAITHFUL, 9),
        figure("b", ANSWERED, 99),
    )
    assert order_of(["b", "a"], figures, SUMMARISE) == ["a", "b"]


def test_summaries_of_a_model_that_leaves_texts_out_do_not_count():
    figures = evidence(
        figure("a", UNFAITHFUL, 1),
        figure("a", ANSWERED, 67),
        figure("b", UNFAITHFUL, 9),
        figure("b", ANSWERED, 99),
    )
    assert order_of(["a", "b"], figures, SUMMARISE) == ["b", "a"]


def test_a_figure_of_thinking_does_not_stand_for_an_answer_without():
    items = [candidate("a", thinking="no"), candidate("b", thinking="no")]
    figures = evidence(figure("a", CODING, 40, "thinking"), figure("b", CODING, 10, "non-thinking"))
    assert order_of(items, figures) == ["b", "a"]


def test_a_figure_without_thinking_stands_for_thinking_with_a_lower_mark():
    items = [candidate("a", thinking="yes"), candidate("b", thinking="yes")]
    figures = evidence(figure("a", CODING, 40, "non-thinking"), figure("b", CODING, 10, "thinking"))
    places = EvidenceOrder(items, CODE, figures).places
    assert [(place.candidate.name, place.mark) for place in places] == [("a", "B"), ("b", "A")]


@pytest.mark.parametrize(
    ("own_figure", "mark"),
    [
        (figure("a", CODING, 20), "A"),
        (figure("a", CODING, 20, estimated=True), "B"),
        (figure("a", INDEX, 20), "B"),
        (figure("a", MAKERS_OWN, 20), "C"),
        (figure("a", UNFAITHFUL, 20), "D"),
    ],
)
def test_marks_the_worth_of_the_evidence(own_figure: PublishedFigure, mark: str):
    order = EvidenceOrder([candidate("a")], CODE, evidence(own_figure))
    assert [place.mark for place in order.places] == [mark]


def test_makers_figures_are_compared_within_one_source():
    figures = evidence(figure("a", MAKERS_OWN, 20), figure("b", MAKERS_OWN, 40))
    items = [candidate("a"), candidate("b")]
    comparison = EvidenceOrder(items, CODE, figures).compare(*items)
    assert comparison is not None
    assert (comparison.gap, comparison.is_tie, comparison.mark) == (-20, False, "C")


def test_nothing_shared_is_no_comparison():
    items = [candidate("a"), candidate("b")]
    assert EvidenceOrder(items, CODE, coding({"a": 1})).compare(*items) is None


def test_what_was_measured_here_comes_before_anything_published():
    measured = (
        MeasuredHere("a Q4_K_M", "code", "mine", 18, 20, "2026-11-30"),
        MeasuredHere("b Q4_K_M", "code", "mine", 9, 20, "2026-11-30"),
        MeasuredHere("b Q4_K_M", "chat", "mine", 20, 20, "2026-11-30"),
    )
    figures = coding({"a": 10, "b": 40})
    assert order_of(["a", "b"], figures) == ["b", "a"]
    assert order_of(["a", "b"], figures, measured=measured) == ["a", "b"]


def test_results_of_two_sets_are_not_compared():
    measured = (
        MeasuredHere("a Q4_K_M", "code", "mine", 18, 20, "2026-11-30"),
        MeasuredHere("b Q4_K_M", "code", "hers", 9, 20, "2026-11-30"),
    )
    assert order_of(["a", "b"], coding({"a": 10, "b": 40}), measured=measured) == ["b", "a"]


def test_each_pair_of_300_models_is_compared():
    items = [candidate(f"m{number:03}") for number in range(300)]
    figures = evidence(
        *(figure(item.name, CODING, 7 * number % 100) for number, item in enumerate(items) if number % 3),
        *(figure(item.name, INDEX, 5 * number % 100) for number, item in enumerate(items)),
    )
    places = EvidenceOrder(items, CODE, figures).places
    assert {place.wins + place.losses + place.ties for place in places} == {299}
