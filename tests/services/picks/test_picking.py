"""Picks out of a list: what is judged, and which quantizations are tried."""

from collections.abc import Sequence

import msgspec

from tests.services.picks.samples import CODE, coding
from tests.ui.model_samples import fit
from tui.engine.options import LoadSettings
from tui.fit.speed import BandwidthSpeeds
from tui.fit.verdict import Fit, Speed, Verdict
from tui.hardware.profiles import PROFILES
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model
from tui.models.model import Model
from tui.sentences import reason
from tui.services.picks.picking import pick_by_known_sizes, pick_models, smaller_quantizations
from tui.services.sizing import JudgedModel
from tui.units import GIB

ENTRIES = {entry.name: entry for entry in load_catalogue().entries}
GEMMA = catalogue_model(ENTRIES["gemma-3-12b-it"], "Q5_K_M")
SMALL = catalogue_model(ENTRIES["Qwen3.5-2B"])


def verdict_on(model: Model, room: int) -> Fit:
    verdict = Verdict.FITS if model.weights_bytes <= room else Verdict.TOO_BIG
    size = model.weights_bytes / GIB
    return msgspec.structs.replace(fit(verdict, size), speed=Speed(20.0, "estimated"))


async def test_tries_smaller_quantizations_of_what_is_too_big():
    judged_labels: list[list[str]] = []
    room = GEMMA.weights_bytes - 1

    async def judge_all(models: Sequence[Model], settings: LoadSettings) -> list[Fit]:
        judged_labels.append([model.label for model in models])
        assert settings.context == CODE.context
        return [verdict_on(model, room) for model in models]

    figures = coding({GEMMA.name: 30, SMALL.name: 10})
    result = await pick_models([GEMMA, SMALL], CODE, LoadSettings(256), judge_all, evidence=figures)
    assert judged_labels[0] == [GEMMA.label, SMALL.label]
    assert len(judged_labels) == 2
    best = result.picks[0].candidate.model
    assert best.name == GEMMA.name
    assert best.label in judged_labels[1]
    assert best.weights_bytes < GEMMA.weights_bytes


async def test_verdicts_that_wait_for_nothing_give_the_same_picks():
    room = GEMMA.weights_bytes - 1

    async def judge_all(models: Sequence[Model], settings: LoadSettings) -> list[Fit]:
        return [judge(model, settings) for model in models]

    def judge(model: Model, settings: LoadSettings) -> Fit:
        assert settings.context == CODE.context
        return verdict_on(model, room)

    models = [GEMMA, SMALL]
    result = pick_by_known_sizes(models, CODE, LoadSettings(256), judge)
    assert {pick.candidate.model.name for pick in result.picks} == {GEMMA.name, SMALL.name}
    assert result == await pick_models(models, CODE, LoadSettings(256), judge_all)


def test_rough_speeds_count_only_where_the_machine_was_never_measured():
    too_slow = msgspec.structs.replace(PROFILES["hp-i5-1035g1"], memory_bandwidth=1e9)

    def names(speed: Speed | None) -> list[str]:
        def judge(model: Model, _settings: LoadSettings) -> Fit:
            return msgspec.structs.replace(fit(Verdict.FITS), speed=speed)

        rough_speeds = BandwidthSpeeds(too_slow)
        result = pick_by_known_sizes([SMALL], CODE, LoadSettings(256), judge, rough_speeds=rough_speeds)
        basis.append(result.speed_basis)
        return [item.why.code for item in result.closed]

    basis: list[str] = []
    assert names(None) == ["services.gate_slow"]
    assert names(Speed(None, None, reason=reason("fit.machine_not_measured"))) == ["services.gate_slow"]
    assert names(Speed(None, None, reason=reason("fit.token_bytes_unknown"))) == []
    assert names(Speed(20.0, "measured")) == []
    assert basis == ["class", "class", "unknown", "own"]


async def test_judges_nothing_of_an_empty_list():
    async def judge_all(models: Sequence[Model], settings: LoadSettings) -> list[Fit]:
        raise AssertionError(models, settings)

    assert (await pick_models([], CODE, LoadSettings(256), judge_all)).picks == ()


def test_tries_the_largest_smaller_quantization_of_4_bits():
    too_big = JudgedModel(GEMMA, verdict_on(GEMMA, 0))
    smaller = smaller_quantizations([too_big, too_big], CODE)
    assert [model.quant[:3].lstrip("I")[:2] for model in smaller] == ["Q4"]
    assert smaller_quantizations([JudgedModel(SMALL, verdict_on(SMALL, GIB * 9))], CODE) == []
