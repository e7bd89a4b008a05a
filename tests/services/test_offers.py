"""Offers of changes: which programs are looked at, and what helps models on this machine and on others."""

import msgspec
import pytest

from tests.fit.machines import NOT_SIZED, RAM_NAME
from tests.ui.model_samples import fit
from tui.engine.options import LoadSettings
from tui.fit.board import fit_model
from tui.fit.changes.offer import ChangeStart, Offer
from tui.fit.changes.programs import ClosePrograms
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.profiles import PROFILES
from tui.hardware.programs import ProcessId, Program
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model, find_entry
from tui.models.model import Model
from tui.services import offers, sizing
from tui.services.offers import offer_for, offers_for, programs_to_close
from tui.services.sizing import JudgedModel, judge_models
from tui.units import GIB, MIB

SETTINGS = LoadSettings(context=8192)
BROWSER = Program("firefox", (ProcessId(1, 1.0),), (ProcessId(1, 1.0),), 3 * GIB)
CATALOGUE = load_catalogue()


def published(name: str) -> Model:
    entry = find_entry(CATALOGUE, name)
    assert entry is not None
    return catalogue_model(entry)


LLAMA = published("Llama-3.1-8B-Instruct")
LARGE = published("Llama-3.3-70B-Instruct")
SMALL = published("gemma-3-270m-it")


@pytest.fixture(autouse=True)
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the programs of this machine were looked at; one browser runs. No engine is installed."""
    looks: list[int] = []

    def largest(limit: int) -> tuple[Program, ...]:
        looks.append(limit)
        return (BROWSER,)

    monkeypatch.setattr(offers, "largest_programs", largest)
    monkeypatch.setattr(sizing, "installed_build", lambda: None)
    return looks


def tight() -> tuple[Fit, list[Pool]]:
    """The 8B model where it has room for itself and not for its reserve, and that memory."""
    need = Sizer(None).known_size(LLAMA, SETTINGS).footprint
    assert need is not None
    pools = [Pool(RAM_NAME, "ram", need.total_bytes + 2 * GIB, need.total_bytes, 512 * MIB)]
    return fit_model(LLAMA, Sizer(None).known_size(LLAMA, SETTINGS), pools, SETTINGS), pools


def closes_programs(offer: Offer) -> bool:
    return any(isinstance(step, ClosePrograms) for change in offer.changes for step in change.steps)


def test_programs_are_listed_only_when_closing_one_could_help(looked_at: list[int]) -> None:
    other_fits = [fit(verdict) for verdict in Verdict if verdict is not Verdict.TIGHT]
    assert programs_to_close(other_fits) == programs_to_close([]) == ()
    assert looked_at == []
    assert programs_to_close([*other_fits, fit(Verdict.TIGHT)]) == (BROWSER,)
    assert len(looked_at) == 1


@pytest.mark.parametrize("close_programs", [True, False])
async def test_a_program_is_offered_for_closing_on_this_machine_alone(
    looked_at: list[int], close_programs: bool
) -> None:
    verdict, pools = tight()
    assert verdict.verdict is Verdict.TIGHT
    start = ChangeStart(LLAMA, verdict, SETTINGS)
    offer = await offer_for(start, Sizer(None), pools, [LLAMA], close_programs=close_programs)
    assert offer.changes
    assert closes_programs(offer) is close_programs
    assert bool(looked_at) is close_programs


SERVED = msgspec.structs.replace(LARGE, place="localhost:8080")


@pytest.mark.parametrize(
    ("model", "verdict"), [(SMALL, Verdict.FITS), (SERVED, Verdict.ELSEWHERE)], ids=["fits", "elsewhere"]
)
async def test_no_change_is_offered_when_none_helps(model: Model, verdict: Verdict) -> None:
    pools = tight()[1]
    judged = fit_model(model, Sizer(None).known_size(model, SETTINGS), pools, SETTINGS)
    assert judged.verdict is verdict
    start = ChangeStart(model, judged, SETTINGS)
    offer = await offer_for(start, Sizer(None), pools, [model], close_programs=True)
    assert (offer.changes, offer.floor) == ((), None)


async def test_every_model_has_its_offer_in_the_order_of_the_list(looked_at: list[int]) -> None:
    machine = PROFILES["m1-8gb"]
    models = [LARGE, SMALL, LLAMA]
    judged = await judge_models(models, SETTINGS, machine, None)
    offers = await offers_for(judged, SETTINGS, models, machine, None)
    assert [offer.model for offer in offers] == models
    hopeless, needless, helped = offers
    # One is too large whatever is done, and the offer says how small it gets.
    assert (hopeless.changes, hopeless.floor is not None) == ((), True)
    assert (needless.changes, needless.floor) == ((), None)
    assert helped.changes
    assert all(change.verdict is not Verdict.TOO_BIG for change in helped.changes)
    # AND programs of this machine are nobody else's
    assert looked_at == []


async def test_no_models_have_no_offers() -> None:
    assert await offers_for([], SETTINGS, [], PROFILES["m1-8gb"], None) == []


async def test_a_model_that_could_not_be_judged_has_an_offer_of_nothing() -> None:
    unknown = Fit(Verdict.UNKNOWN, NOT_SIZED, None, None, None, 8192, "f16")
    bad = Model("bad", "", 0, None, None, None)
    (offer,) = await offers_for([JudgedModel(bad, unknown)], SETTINGS, [bad], PROFILES["m1-8gb"], None)
    assert (offer.changes, offer.floor) == ((), None)
