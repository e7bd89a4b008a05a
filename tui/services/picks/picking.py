"""Picks for a wish out of a list of models, each at the quantization that suits the machine."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec

from tui.engine.options import LoadSettings
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
        count: number of picks.
    """
    settings = msgspec.structs.replace(settings, context=wish.context)
    suitable = [model for model in models if model.entry is not None and not unsuitable(model.entry, wish)]
    judged = await _judged(suitable, settings, judge_all)
    judged += await _judged(smaller_quantizations(judged, wish), settings, judge_all)
    if evidence is None:
        evidence = shipped_evidence()
    return recommend(judged, wish, evidence, measured, count)


async def _judged(models: Sequence[Model], settings: LoadSettings, judge_all: JudgeAll) -> list[JudgedModel]:
    fits = await judge_all(models, settings) if models else ()
    return [JudgedModel(model, fit) for model, fit in zip(models, fits, strict=True)]


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
