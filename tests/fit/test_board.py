"""The verdicts on a list of models, on this machine and on others."""

import msgspec
import pytest

from tests.fit.machines import NOT_SIZED, RAM_NAME, SMALL, footprint
from tui.engine.options import LoadSettings
from tui.fit import board
from tui.fit.pools import pools
from tui.fit.rates import Rates
from tui.fit.sizing import Sized, Sizer
from tui.fit.speed import BandwidthSpeeds, Speeds
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.profiles import PROFILES
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model, find_entry
from tui.models.model import Model, Shape
from tui.sentences import reason
from tui.services.sentences import sentence
from tui.units import GIB, MIB

SHAPE = Shape("llama", 2, 64, 128, 4, (2, 2), 16, 16, 1000, 4096)
MODEL = Model("A model", "Q4_K_M", 100 * MIB, SHAPE, None, None)
CATALOGUE = load_catalogue()
RAM = Pool(RAM_NAME, "ram", 16 * GIB, 10 * GIB, GIB)


def verdict_on(machine: str, name: str, quant: str, context: int = 8192) -> Fit:
    """The verdict on a catalogue's model on an idle machine, in closed form."""
    entry = find_entry(CATALOGUE, name)
    assert entry is not None
    model = catalogue_model(entry, quant)
    load = board.settings_for(model, LoadSettings(context=context))
    return board.fit_model(model, Sizer(None).known_size(model, load), pools(PROFILES[machine], None), load)


@pytest.mark.parametrize(
    ("machine", "name", "quant", "verdict"),
    [
        ("m1-8gb", "Llama-3.2-3B-Instruct", "Q4_K_M", Verdict.FITS),
        ("m1-8gb", "Llama-3.2-3B-Instruct", "F16", Verdict.TOO_BIG),
        ("m1-8gb", "Qwen2.5-7B-Instruct", "Q8_0", Verdict.TOO_BIG),
        ("m1-8gb", "Llama-3.1-8B-Instruct", "Q8_0", Verdict.TOO_BIG),
        ("m1-8gb", "EuroLLM-9B-Instruct", "Q8_0", Verdict.TOO_BIG),
        ("hp-i5-1035g1", "Qwen2.5-7B-Instruct", "Q4_K_M", Verdict.FITS),
        ("hp-i5-1035g1", "gemma-3-12b-it", "BF16", Verdict.TOO_BIG),
        ("pc-12gb", "gemma-3-12b-it", "Q4_K_M", Verdict.FITS),
        ("pc-12gb", "gemma-3-12b-it", "BF16", Verdict.SPLIT),
        ("pc-24gb", "gemma-3-12b-it", "Q8_0", Verdict.FITS),
        ("m3-max-64gb", "gemma-3-12b-it", "BF16", Verdict.FITS),
    ],
)
def test_models_on_machines_that_people_own(machine: str, name: str, quant: str, verdict: Verdict) -> None:
    fit = verdict_on(machine, name, quant)

    assert fit.verdict is verdict, str(fit.reason)
    assert fit.footprint is not None
    assert fit.footprint.source == "formula"


@pytest.mark.parametrize("machine", ["m1-8gb", "hp-i5-1035g1", "pc-24gb"])
def test_every_quantization_of_the_catalogue_has_a_verdict(machine: str) -> None:
    sizer, memory = Sizer(None), pools(PROFILES[machine], None)
    for entry in CATALOGUE.entries:
        for quant in entry.quants:
            model = catalogue_model(entry, quant)
            load = board.settings_for(model, LoadSettings())
            fit = board.fit_model(model, sizer.known_size(model, load), memory, load)
            assert fit.verdict.is_sized, (entry.name, quant)
            assert fit.footprint is not None
            assert fit.footprint.weights_bytes == model.weights_bytes


@pytest.mark.parametrize("machine", PROFILES)
def test_every_model_of_the_catalogue_gets_a_verdict_with_a_reason(machine: str) -> None:
    for entry in CATALOGUE.entries:
        fit = verdict_on(machine, entry.name, entry.default_quant)
        assert fit.verdict is not Verdict.UNKNOWN
        where = ("layers on the RTX", "the Radeon") if fit.verdict is Verdict.SPLIT else ("iB",)
        assert any(pattern in sentence(fit.reason) for pattern in where)


def test_a_context_is_never_longer_than_the_model_was_trained_for() -> None:
    settings = LoadSettings(context=100_000, kv_type="q8_0")

    assert board.settings_for(MODEL, settings) == msgspec.structs.replace(settings, context=4096)
    assert board.settings_for(MODEL, LoadSettings(context=512)) == LoadSettings(context=512)


@pytest.mark.parametrize("shape", [None, msgspec.structs.replace(SHAPE, context_length=0)])
def test_an_unknown_training_context_caps_nothing(shape: Shape | None) -> None:
    model = msgspec.structs.replace(MODEL, shape=shape)
    settings = LoadSettings(context=100_000)

    assert board.settings_for(model, settings) == settings


def test_a_model_that_cannot_be_sized_is_unknown() -> None:
    fit = board.fit_model(MODEL, Sized(None, NOT_SIZED), [RAM], LoadSettings())

    assert fit.verdict is Verdict.UNKNOWN
    assert fit.reason == NOT_SIZED


def test_the_longest_context_goes_up_to_what_the_model_was_trained_for() -> None:
    load = LoadSettings(context=512)
    fit = board.fit_model(MODEL, Sizer(None).known_size(MODEL, load), [RAM], load)
    without = board.fit_model(msgspec.structs.replace(MODEL, shape=None), Sized(SMALL), [RAM], load)

    assert fit.max_context == 4096
    assert without.max_context is None


def test_the_longest_context_really_fits_and_a_longer_one_does_not() -> None:
    entry = find_entry(CATALOGUE, "Llama-3.2-3B-Instruct")
    assert entry is not None
    model = catalogue_model(entry)
    m1_pools = pools(PROFILES["m1-8gb"], None)
    longest = verdict_on("m1-8gb", entry.name, entry.default_quant).max_context
    assert longest is not None

    fits = [
        board.fit_model(model, Sizer(None).known_size(model, load), m1_pools, load).verdict
        for load in (LoadSettings(context=longest), LoadSettings(context=longest + 256))
    ]

    assert fits[0] is Verdict.FITS
    assert fits[1] is not Verdict.FITS


def test_a_previous_verdict_is_held_steady() -> None:
    sized = Sized(footprint(9 * GIB - MIB))
    first = board.fit_model(MODEL, sized, [RAM], LoadSettings())
    tight = msgspec.structs.replace(first, verdict=Verdict.TIGHT)

    assert first.verdict is Verdict.FITS
    assert board.fit_model(MODEL, sized, [RAM], LoadSettings(), tight).verdict is Verdict.TIGHT


@pytest.mark.parametrize(
    ("new_pools", "moved"),
    [
        ([RAM], False),
        ([msgspec.structs.replace(RAM, free_bytes=RAM.free_bytes + 50 * MIB)], False),
        ([msgspec.structs.replace(RAM, free_bytes=RAM.free_bytes - GIB)], True),
        ([msgspec.structs.replace(RAM, capacity_bytes=8 * GIB)], True),
        ([RAM, RAM], True),
        ([], True),
    ],
)
def test_only_a_notable_memory_change_triggers_a_new_verdict(new_pools: list[Pool], moved: bool) -> None:
    assert board.free_memory_moved([RAM], new_pools) is moved


def test_a_model_at_another_place_is_judged_without_a_size_or_a_speed() -> None:
    served = msgspec.structs.replace(MODEL, place="localhost:8080")
    rates = Rates(2e10, {"Q4_K": 8e-11}, 1e-4)

    for measurements in (Speeds(rates), BandwidthSpeeds(PROFILES["m1-8gb"])):
        fit = board.fit_model(served, Sized(None), [RAM], LoadSettings(), measurements=measurements)

        assert (fit.verdict, fit.footprint) == (Verdict.ELSEWHERE, None)
        assert fit.speed is not None
        assert (fit.speed.value, fit.speed.reason) == (None, reason("fit.speed_elsewhere"))
    assert not Sizer("a build").needs_engine(served, LoadSettings())
