"""The picks in the manual: none crawls, swaps, is superseded or does not know the language."""

import pytest

from tests.docs.pick_table import LANGUAGES, MACHINES, picks, recommendation, why_not
from tui.fit.verdict import Verdict
from tui.models.evidence.evidence_files import shipped_evidence
from tui.services.picks.wish import TASKS


@pytest.mark.parametrize("machine", MACHINES)
def test_every_pick_runs_well_and_suits(machine: str):
    for task in TASKS:
        for language in LANGUAGES:
            result = recommendation(machine, task, language)
            assert len(result.picks) == 3, (task, language)
            for pick in result.picks:
                entry, fit = pick.candidate.entry, pick.candidate.fit
                assert entry is not None
                assert language in entry.languages
                assert entry.superseded_by is None
                assert fit.verdict in (Verdict.FITS, Verdict.SPLIT)
                assert fit.speed is not None
                assert fit.speed.value is not None
                assert fit.speed.value >= 5
                assert pick.place.mark in "AB"


def test_every_figure_of_a_pick_is_in_the_files():
    own_figures = {figure for own in shipped_evidence().figures.values() for figure in own}
    for machine in MACHINES:
        for pick in recommendation(machine, "code", "en").picks:
            assert pick.place.proof is not None
            assert pick.place.proof.figure in own_figures


def test_the_table_has_a_row_for_each_pick():
    assert picks("m1-8gb").count("\n") == 1 + 3 * len(TASKS) * len(LANGUAGES)
    assert "can be given to a model" not in picks("m1-8gb")
    assert why_not("m1-8gb").startswith("| model | why not |")
