"""Offers of changes to a model, with sizes first by formula and then from the engine."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from tui.engine.footprint import Footprint
from tui.engine.options import LoadSettings
from tui.fit import formula
from tui.fit.board import fit_model, settings_for
from tui.fit.changes.change import Change
from tui.fit.changes.search import Judge, find_changes, smallest_setup
from tui.fit.sizing import Sized, Sizer
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.programs import Program
from tui.models.model import Model

_ROUNDS = 6
"""An answer may lead to other questions; after this many rounds the estimates are close enough."""

_WITHOUT_CHANGES = (Verdict.FITS, Verdict.NO_CHAT, Verdict.UNKNOWN, Verdict.ELSEWHERE)
"""Verdicts that no change of model or settings would help."""

Answer = TypeVar("Answer")


class ChangeStart(msgspec.Struct, frozen=True):
    """A model as it is judged now, from which changes start."""

    model: Model
    fit: Fit
    settings: LoadSettings
    """Those of the whole list."""


class Offer(msgspec.Struct, frozen=True):
    """Changes that help a model, with exact figures where there is an engine to ask."""

    model: Model
    fit: Fit
    changes: tuple[Change, ...]
    floor: tuple[Model, Fit] | None = None
    """Model at its smallest and the verdict on that, for when nothing helps."""


async def make_offer(
    start: ChangeStart,
    sizer: Sizer,
    pools: Sequence[Pool],
    models: Sequence[Model],
    programs: Sequence[Program] = (),
) -> Offer:
    """Return what would make a model fit, by `find_changes`; nothing for one that fits."""
    model, fit, settings = start.model, start.fit, start.settings

    def ask(judge: Judge) -> tuple[tuple[Change, ...], tuple[Model, Fit] | None]:
        changes = find_changes(model, fit, pools, settings, judge, models, programs)
        is_helpless = not changes and fit.verdict not in _WITHOUT_CHANGES
        return changes, smallest_setup(model, fit, settings, judge, models) if is_helpless else None

    return Offer(model, fit, *await settle(start, sizer, pools, ask))


def judge_by_formula(start: ChangeStart, sizer: Sizer, pools: Sequence[Pool]) -> Judge:
    """Return a judge of other settings and quantizations of a model, by what is known without waiting.

    Where the engine has sized only the start, its footprint is moved along by the closed form's difference.
    The verdict on show counts as the previous one, so that a promised verdict holds when it is applied.
    """

    def judge(model: Model, settings: LoadSettings) -> Fit:
        model_settings = settings_for(model, settings)
        sized = sizer.known_size(model, model_settings)
        footprint = start.fit.footprint
        if sized.footprint is not None and footprint is not None and sized.footprint.source == "formula":
            sized = Sized(_moved_along(footprint, start, sized.footprint))
        return fit_model(model, sized, pools, model_settings, start.fit)

    return judge


async def settle(
    start: ChangeStart, sizer: Sizer, pools: Sequence[Pool], ask: Callable[[Judge], Answer]
) -> Answer:
    """Return the answer of `ask`, asked again until the engine has sized every candidate it looked at."""
    judge = judge_by_formula(start, sizer, pools)
    for _round in range(_ROUNDS):
        candidates: list[tuple[Model, LoadSettings]] = []

        def noting_judge(
            model: Model, settings: LoadSettings, candidates: list[tuple[Model, LoadSettings]] = candidates
        ) -> Fit:
            candidates.append((model, settings_for(model, settings)))
            return judge(model, settings)

        answer = ask(noting_judge)
        unsized = [candidate for candidate in candidates if sizer.needs_engine(*candidate)]
        if not unsized:
            return answer
        for model, settings in unsized:
            await sizer.size_quickly(model, settings)
    return ask(judge)


def _moved_along(exact: Footprint, start: ChangeStart, changed: Footprint) -> Footprint:
    """Return an exact footprint moved by what the closed form says that the change makes of it."""
    shape = start.model.shape
    if exact.source == "formula" or shape is None:
        return changed
    unchanged = formula.footprint(shape, start.model.weights_bytes, settings_for(start.model, start.settings))
    return msgspec.structs.replace(
        exact,
        weights_bytes=exact.weights_bytes + changed.weights_bytes - unchanged.weights_bytes,
        kv_bytes=exact.kv_bytes + changed.kv_bytes - unchanged.kv_bytes,
        compute_bytes=max(0, exact.compute_bytes + changed.compute_bytes - unchanged.compute_bytes),
        source="formula",
        device_bytes=0,
        devices=(),
    )
