"""Picks for a wish out of a list of models, each at the quantization that suits the machine."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec

from tui.engine.options import LoadSettings
from tui.fit.board import Measurements
from tui.fit.verdict import Fit
from tui.models.evidence.evidence import Evidence
from tui.models.evidence.evidence_files import shipped_evidence
from tui.models.listing import catalogue_model
from tui.models.model import CatalogueEntry, Model
from tui.models.quantizations import UnknownQuantError
from tui.services.picks.candidates import FULL_PRECISION_BITS, candidates, quant_bits
from tui.services.picks.gates import closed_gate, unsuitable
from tui.services.picks.measured_here import MeasuredHere
from tui.services.picks.recommendation import PICKS, Recommendation, recommend
from tui.services.picks.wish import Wish
from tui.services.sizing import JudgedModel

JudgeAll = Callable[[Sequence[Model], LoadSettings], Awaitable[Sequence[Fit]]]
"""Gives the verdicts on models with these settings, in their order."""

_SMALLER_HELPS = frozenset({"services.gate_tight", "services.gate_too_big", "services.gate_slow"})
"""Gates that a smaller quantization may pass."""


async def pick_models(
    models: Sequence[Model],
    wish: Wish,
    settings: LoadSettings,
    judge_all: JudgeAll,
    *,
    evidence: Evidence | None = None,
    measured: Iterable[MeasuredHere] = (),
    rough_speeds: Measurements | None = None,
    count: int = PICKS,
) -> Recommendation:
    """Return the picks for a wish.

    Args:
        models: the list, each row of which stands for itself; of what is not on this disk, smaller
            quantizations are tried too.
        wish: task, language and limits; its context is used in place of that of the settings.
        settings: how to load.
        judge_all: gives verdicts on this machine or another one.
        evidence: the published figures; None for those that come with the program.
        measured: results of this machine.
        rough_speeds: speeds for models of which the verdict has none; None to leave them unknown.
        count: number of picks.
    """
    settings = msgspec.structs.replace(settings, context=wish.context)

    async def judge(models: Sequence[Model]) -> list[JudgedModel]:
        fits = await judge_all(models, settings) if models else ()
        pairs = zip(models, fits, strict=True)
        return [_with_speed(JudgedModel(model, fit), settings, rough_speeds) for model, fit in pairs]

    judged = await judge(_suitable(models, wish))
    judged += await judge(smaller_quantizations(judged, wish))
    if evidence is None:
        evidence = shipped_evidence()
    return recommend(judged, wish, evidence, measured, count)


def pick_by_known_sizes(
    models: Sequence[Model],
    wish: Wish,
    settings: LoadSettings,
    judge: Callable[[Model, LoadSettings], Fit],
    measured: Iterable[MeasuredHere] = (),
    rough_speeds: Measurements | None = None,
) -> Recommendation:
    """Return the picks for a wish as `pick_models` does, by verdicts that wait for nothing; for a thread.

    Args:
        models: the list.
        wish: task, language and limits; its context is used in place of that of the settings.
        settings: how to load.
        judge: gives the verdict on a model with these settings at once.
        measured: results of this machine.
        rough_speeds: speeds for models of which the verdict has none; None to leave them unknown.
    """
    settings = msgspec.structs.replace(settings, context=wish.context)

    def judge_all(models: Sequence[Model]) -> list[JudgedModel]:
        judged = (JudgedModel(model, judge(model, settings)) for model in models)
        return [_with_speed(item, settings, rough_speeds) for item in judged]

    judged = judge_all(_suitable(models, wish))
    judged += judge_all(smaller_quantizations(judged, wish))
    return recommend(judged, wish, shipped_evidence(), measured)


def _with_speed(item: JudgedModel, settings: LoadSettings, rough_speeds: Measurements | None) -> JudgedModel:
    """Return a model with a rough speed where none is known because the machine was never measured."""
    speed = item.fit.speed
    why = speed.reason.code if speed is not None and speed.reason is not None else "fit.machine_not_measured"
    is_known = speed is not None and speed.value is not None
    if rough_speeds is None or is_known or why != "fit.machine_not_measured":
        return item
    rough = rough_speeds.speed(item.model, item.fit, settings)
    return msgspec.structs.replace(item, fit=msgspec.structs.replace(item.fit, speed=rough))


def _suitable(models: Sequence[Model], wish: Wish) -> list[Model]:
    return [model for model in models if model.entry is not None and not unsuitable(model.entry, wish)]


def smaller_quantizations(judged: Sequence[JudgedModel], wish: Wish) -> list[Model]:
    """Return the largest smaller quantization of 4 bits of each model that is too large or too slow."""
    models: list[Model] = []
    names: set[str] = set()
    for candidate in candidates(judged, wish):
        entry, why = candidate.entry, closed_gate(candidate, wish)
        if entry is None or entry.name in names or why is None or why.code not in _SMALLER_HELPS:
            continue
        names.add(entry.name)
        smaller = [
            model
            for model in _smaller_than(candidate.model, entry)
            if quant_bits(model.quant) == FULL_PRECISION_BITS
        ]
        if smaller:
            models.append(max(smaller, key=lambda model: model.weights_bytes))
    return models


def _smaller_than(model: Model, entry: CatalogueEntry) -> list[Model]:
    smaller: list[Model] = []
    for quant in entry.quants:
        try:
            other_model = catalogue_model(entry, quant)
        except UnknownQuantError:
            continue
        if other_model.weights_bytes < model.weights_bytes:
            smaller.append(other_model)
    return smaller
