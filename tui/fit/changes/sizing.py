"""Sizes of what is not loaded so yet: near a known footprint by formula, and settled by asking the engine."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from tui.engine.footprint import Footprint
from tui.engine.options import LoadSettings
from tui.fit import formula
from tui.fit.board import fit_model, settings_for
from tui.fit.changes.changes import changes, least
from tui.fit.changes.search import Change, Judge
from tui.fit.sizing import Sized, Sizer
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.programs import Program
from tui.models.model import Model

_ROUNDS = 6
"""An answer may lead to other questions; after this many rounds the estimates are close enough."""

Answer = TypeVar("Answer")


class Start(msgspec.Struct, frozen=True):
    """Where changes start from: a model as it is judged now."""

    model: Model
    fit: Fit
    settings: LoadSettings
    """Those of the whole list."""


class Offer(msgspec.Struct, frozen=True):
    """What can be changed about a model, with exact figures where there is an engine to ask."""

    model: Model
    fit: Fit
    changes: tuple[Change, ...]
    floor: tuple[Model, Fit] | None = None
    """Where nothing helps, the model at its smallest and the verdict on that."""


async def make_offer(
    start: Start,
    sizer: Sizer,
    pools: Sequence[Pool],
    others: Sequence[Model],
    programs: Sequence[Program] = (),
) -> Offer:
    """What would make a model fit; see `changes`. Nothing for one that fits or cannot be sized."""
    model, fit, settings = start.model, start.fit, start.settings

    def ask(judge: Judge) -> tuple[tuple[Change, ...], tuple[Model, Fit] | None]:
        found = changes(model, fit, pools, settings, judge, others, programs)
        helpless = not found and fit.verdict not in (Verdict.FITS, Verdict.UNKNOWN)
        return found, least(model, fit, settings, judge, others) if helpless else None

    return Offer(model, fit, *await settled(start, sizer, pools, ask))


def near(start: Start, sizer: Sizer, pools: Sequence[Pool]) -> Judge:
    """A judge of other settings and quantizations of a model, by what is known without waiting.

    Where the engine has sized only the start, its footprint is moved along by the closed form's difference.
    The verdict on show counts as the previous one, so that a promised verdict holds when it is applied.
    """

    def judge(model: Model, settings: LoadSettings) -> Fit:
        wanted = settings_for(model, settings)
        sized = sizer.now(model, wanted)
        known = start.fit.footprint
        if sized.footprint is not None and known is not None and sized.footprint.source == "formula":
            sized = Sized(_moved_along(known, start, sized.footprint))
        return fit_model(model, sized, pools, wanted, start.fit)

    return judge


async def settled(
    start: Start, sizer: Sizer, pools: Sequence[Pool], ask: Callable[[Judge], Answer]
) -> Answer:
    """The answer of `ask`, asked again until the engine has sized every candidate that it looked at."""
    judge = near(start, sizer, pools)
    for _round in range(_ROUNDS):
        seen: list[tuple[Model, LoadSettings]] = []

        def noting(
            model: Model, settings: LoadSettings, seen: list[tuple[Model, LoadSettings]] = seen
        ) -> Fit:
            seen.append((model, settings_for(model, settings)))
            return judge(model, settings)

        answer = ask(noting)
        open_ones = [each for each in seen if sizer.needs_engine(*each)]
        if not open_ones:
            return answer
        for model, settings in open_ones:
            await sizer.size_quickly(model, settings)
    return ask(judge)


def _moved_along(known: Footprint, start: Start, other: Footprint) -> Footprint:
    shape = start.model.shape
    if known.source == "formula" or shape is None:
        return other
    here = formula.footprint(shape, start.model.weights_bytes, settings_for(start.model, start.settings))
    return msgspec.structs.replace(
        known,
        weights_bytes=known.weights_bytes + other.weights_bytes - here.weights_bytes,
        kv_bytes=known.kv_bytes + other.kv_bytes - here.kv_bytes,
        compute_bytes=max(0, known.compute_bytes + other.compute_bytes - here.compute_bytes),
        source="formula",
        device_bytes=0,
        devices=(),
    )
