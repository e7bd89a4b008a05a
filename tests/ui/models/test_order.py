"""Filter and order of the list of models."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.model_samples import fit, model
from tui.fit.verdict import Verdict
from tui.sentences import reason
from tui.ui.models.order import SORTS, matches, next_sort, sort_models
from tui.units import GIB

FITS = model("small", here=False, weights=GIB)


FITS_HERE = model("tiny", here=True, weights=GIB // 4)


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
    return [each.name for each in models]


def test_by_verdict_the_best_comes_first_and_of_equals_what_is_on_the_disk():
    assert names(sort_models(ALL, ALL_FITS, "verdict")) == [
        "tiny",
        "small",
        "medium",
        "huge",
        "broken",
        "new",
    ]


def test_by_size_goes_from_small_to_large_and_the_unsized_come_last():
    assert names(sort_models(ALL, ALL_FITS, "size")) == ["tiny", "small", "medium", "huge", "broken", "new"]


def test_by_disk_the_files_come_first_in_the_order_of_their_verdicts():
    assert names(sort_models(ALL, ALL_FITS, "disk"))[:2] == ["tiny", "broken"]


def test_by_name_ignores_case():
    assert names(sort_models([model("b"), model("C"), model("A")], {}, "name")) == ["A", "b", "C"]


@given(st.permutations(ALL), st.sampled_from(SORTS))
def test_the_order_does_not_depend_on_the_order_before(shuffled, sort):
    assert sort_models(shuffled, ALL_FITS, sort) == sort_models(ALL, ALL_FITS, sort)


def test_the_sort_key_goes_through_all_orders_and_around():
    seen = [SORTS[0]]
    for _step in SORTS:
        seen.append(next_sort(seen[-1]))
    assert tuple(seen) == (*SORTS, SORTS[0])


@pytest.mark.parametrize(
    ("query", "found"),
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
def test_every_word_of_the_filter_must_be_found(query, found):
    assert names(each for each in ALL if matches(each, ALL_FITS.get(each.key), query)) == found
