"""Index of the models of the list: order and filter, with little to do after each change."""

import msgspec
import pytest

from tests.ui.model_samples import ALL, ALL_FITS, fit, many
from tui.fit.verdict import Fit, Speed, Verdict
from tui.services.model_columns import SORTS, sort_models
from tui.ui.models import index as index_module
from tui.ui.models.index import ModelIndex


def names(models):
    return [listed_model.name for listed_model in models]


@pytest.fixture
def index():
    index = ModelIndex()
    index.set_models(ALL)
    index.set_fits(ALL_FITS)
    return index


def test_the_matching_models_are_sorted(index):
    by_size = ["tiny", "small", "medium", "huge", "broken", "new"]
    assert names(index.listed("q4_k", "size")) == by_size
    assert names(index.listed("on disk", "verdict")) == ["tiny", "broken"]
    assert names(index.listed("", "size")) == by_size


@pytest.mark.parametrize("sort", SORTS)
def test_after_each_change_the_order_is_that_of_a_new_list(index, sort):
    fits = dict(ALL_FITS)
    for key in list(fits):
        fits[key] = msgspec.structs.replace(fits[key], verdict=Verdict.TOO_BIG)
        index.set_fits(fits)
        assert index.listed("", sort) == sort_models(ALL, fits, sort)
    index.set_models(ALL[1:])
    assert index.listed("", sort) == sort_models(ALL[1:], fits, sort)


def test_only_a_model_whose_fit_changed_gets_another_place(index, monkeypatch):
    keyed = []

    def sort_figures(sort):
        def figures(model, fit):
            keyed.append(model.name)
            return ()

        return figures

    monkeypatch.setattr(index_module, "sort_figures", sort_figures)
    index.listed("", "size")
    assert len(keyed) == len(ALL)
    keyed.clear()
    key = next(iter(ALL_FITS))
    index.set_fits({**ALL_FITS, key: fit(Verdict.SPLIT)})
    index.listed("", "size")
    assert len(keyed) == 1
    # WHEN another order comes in between THEN the first is kept
    index.listed("", "name")
    keyed.clear()
    index.listed("", "size")
    assert not keyed


def test_a_first_fit_and_one_for_other_settings_are_told_from_a_live_one(index):
    key = next(iter(ALL_FITS))
    assert not index.set_fits(ALL_FITS)
    assert not index.set_fits({**ALL_FITS, key: msgspec.structs.replace(ALL_FITS[key], max_context=512)})
    assert index.set_fits({**ALL_FITS, key: msgspec.structs.replace(ALL_FITS[key], context=512)})
    assert index.set_fits({})
    assert index.set_fits(ALL_FITS)


def test_a_first_speed_is_told_from_another_one(index):
    key = next(iter(ALL_FITS))

    def with_speed(value: float | None) -> dict[str, Fit]:
        return {**ALL_FITS, key: msgspec.structs.replace(ALL_FITS[key], speed=Speed(value, "estimated"))}

    assert not index.set_fits(with_speed(None))
    assert index.set_fits(with_speed(5.0))
    assert not index.set_fits(with_speed(6.0))
    assert index.set_fits(with_speed(None))


def test_a_model_of_a_new_list_keeps_its_fit_and_one_that_left_is_forgotten(index):
    index.set_models(ALL[:2])
    assert index.fits == ALL_FITS
    assert len(index.listed("", "name")) == 2
    assert len(index.listed("q4_k", "name")) == 2


def test_a_list_that_the_caller_changes_stays_as_it_was(index):
    listed = index.listed("", "name")
    listed.clear()
    assert len(index.listed("", "name")) == len(ALL)


def test_facts_are_folded_in_parts_or_when_a_filter_needs_them():
    models, fits = many(30)
    index = ModelIndex()
    index.set_models(models)
    index.set_fits(fits)
    assert not index.fold(20)
    assert index.fold(20)
    half = ModelIndex()
    half.set_models(models)
    half.set_fits(fits)
    half.fold(7)
    assert half.listed("a", "name") == index.listed("a", "name")
    assert half.fold(0)
