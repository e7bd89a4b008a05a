"""Offers of changes, with every size settled by the engine."""

import msgspec
import pytest

from tests.fit.changes.judged_models import (
    BY_FORMULA,
    ENTRIES,
    M1,
    QWEN,
    judged_on,
    model_of,
    ram,
)
from tui.engine.options import LoadSettings
from tui.fit.board import fit_model
from tui.fit.changes.offer import ChangeStart, judge_by_formula, make_offer, settle
from tui.fit.plans import Sized
from tui.fit.verdict import Verdict
from tui.models.listing import catalogue_model
from tui.models.model import Model
from tui.units import GIB, MIB


def test_only_the_difference_to_an_engine_footprint_is_estimated():
    model = catalogue_model(QWEN)
    load = LoadSettings()
    by_formula = BY_FORMULA.known_size(model, load).footprint
    # GIVEN an engine that changes 40 MiB more in the buffers than the closed form
    by_engine = msgspec.structs.replace(
        by_formula, source="engine", compute_bytes=by_formula.compute_bytes + 40 * MIB
    )
    fit = fit_model(model, Sized(by_engine), ram(3 * GIB), load)
    judge = judge_by_formula(ChangeStart(model, fit, load), BY_FORMULA, ram(3 * GIB))
    shorter = msgspec.structs.replace(load, context=2048)
    after = judge(model, shorter).footprint
    assert after.total_bytes == BY_FORMULA.known_size(model, shorter).footprint.total_bytes + 40 * MIB
    assert after.source == "formula"


class Engine:
    """A sizer that knows a size only once it was asked, and finds 1 GiB more than the closed form."""

    def __init__(self) -> None:
        self.sized_setups: set[tuple[str, LoadSettings]] = set()

    def known_size(self, model: Model, load: LoadSettings) -> Sized:
        size = BY_FORMULA.known_size(model, load).footprint
        if not self.needs_engine(model, load):
            size = msgspec.structs.replace(size, source="engine", compute_bytes=size.compute_bytes + GIB)
        return Sized(size)

    def needs_engine(self, model: Model, load: LoadSettings) -> bool:
        return (model.key, load) not in self.sized_setups

    async def size_quickly(self, model: Model, load: LoadSettings) -> Sized:
        self.sized_setups.add((model.key, load))
        return self.known_size(model, load)


async def test_every_offered_size_comes_from_the_engine():
    model, load, sizer = catalogue_model(QWEN, "Q8_0"), LoadSettings(), Engine()
    fit = fit_model(model, sizer.known_size(model, load), M1, load)
    offer = await make_offer(ChangeStart(model, fit, load), sizer, M1, ())
    # THEN what the formula lets through, Q4_K_M, is not offered, for the engine says that it does not fit
    assert [model_of(change).quant for change in offer.changes if change.kind == "quant"] == ["Q3_K_M"]
    for change in offer.changes:
        setup = change.apply(model, load)
        changed, changed_load = setup.model, setup.settings
        assert (changed.key, changed_load) in sizer.sized_setups
        assert (
            sizer.known_size(changed, changed_load).footprint.total_bytes
            == fit.footprint.total_bytes - change.frees_bytes
        )
    assert offer.floor is None


async def test_offer_without_open_questions_is_immediate():
    fit = judged_on(catalogue_model(QWEN), M1).fit
    start = ChangeStart(catalogue_model(QWEN), fit, LoadSettings())
    assert await settle(start, BY_FORMULA, M1, lambda _judge: 7) == 7


@pytest.mark.parametrize("name", ["Llama-3.3-70B-Instruct", "Qwen2.5-7B-Instruct"])
async def test_an_offer_has_either_changes_or_the_smallest_or_fits(name: str):
    judged = judged_on(catalogue_model(ENTRIES[name]), M1)
    offer = await make_offer(ChangeStart(judged.model, judged.fit, judged.settings), BY_FORMULA, M1, ())
    assert bool(offer.floor) == (judged.fit.verdict is not Verdict.FITS)
    assert offer.changes == ()
