"""Filter of the list of models."""

import pytest

from tests.ui.model_samples import ALL, ALL_FITS
from tui.ui.models.filter import filtered_and_sorted, matches


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
