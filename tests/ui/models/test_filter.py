"""Filter of the list of models."""

import pytest

from tests.ui.model_samples import fit, model
from tui.fit.verdict import Verdict
from tui.sentences import reason
from tui.ui.models.filter import filtered_and_sorted, matches
from tui.units import GIB

FITS = model("small", is_local=False, weights=GIB)


FITS_HERE = model("tiny", is_local=True, weights=GIB // 4)


TIGHT = model("medium", weights=4 * GIB)


TOO_BIG = model("huge", weights=40 * GIB)


UNSIZED = model("new")


BROKEN = model("broken", error=reason("models.header_cut_off", byte=9))


ALL = [UNSIZED, BROKEN, TOO_BIG, TIGHT, FITS, FITS_HERE]


ALL_FITS = {
    FITS.key: fit(Verdict.FITS, 1.3),
    FITS_HERE.key: fit(Verdict.FITS, 0.4),
    TIGHT.key: fit(Verdict.TIGHT, 5.2),
    TOO_BIG.key: fit(Verdict.TOO_BIG, 42),
}


def names(models):
    return [listed_model.name for listed_model in models]


@pytest.mark.parametrize(
    ("query", "matching"),
    [
        ("", ["new", "broken", "huge", "medium", "small", "tiny"]),
        ("HUGE", ["huge"]),
        ("q4_k tight", ["medium"]),
        ("too big", ["huge"]),
        ("on disk", ["broken", "tiny"]),
        ("meta unknown", ["broken"]),
        ("nothing like it", []),
    ],
)
def test_every_word_of_the_filter_must_match(query, matching):
    matched = [candidate for candidate in ALL if matches(candidate, ALL_FITS.get(candidate.key), query)]
    assert names(matched) == matching


def test_the_matching_models_are_sorted():
    by_size = ["tiny", "small", "medium", "huge", "broken", "new"]
    assert names(filtered_and_sorted(ALL, ALL_FITS, "q4_k", "size")) == by_size
    assert names(filtered_and_sorted(ALL, ALL_FITS, "on disk", "verdict")) == ["tiny", "broken"]
