"""What would make a model fit: a smaller KV type, a shorter context, programs to close, other weights."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tui.engine.options import LoadSettings
from tui.fit.changes.programs import closing
from tui.fit.changes.search import (
    Change,
    Judge,
    Question,
    best,
    is_usable,
    lighter_here,
    lighter_published,
    most_usable,
    reach,
    smaller_types,
)
from tui.fit.contexts import CONTEXTS
from tui.fit.placement import parts_of
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.programs import Program
from tui.models.model import Model

_NOTHING = len(Verdict)
"""The rank of no change at all."""


def changes(
    model: Model,
    fit: Fit,
    pools: Sequence[Pool],
    settings: LoadSettings,
    judge: Judge,
    others: Iterable[Model] = (),
    programs: Sequence[Program] = (),
) -> tuple[Change, ...]:
    """The changes that give a better verdict: those that make it fit first, each group from cheap to dear.

    A pure function of its arguments. Several changes at once are offered only where they do more than one.

    Args:
        model: the one in question.
        fit: the verdict on it; nothing is offered for one that fits or cannot be sized.
        pools: the machine's pools, fastest first.
        settings: those that the verdict is for, before the model's own longest context cuts them.
        judge: the verdict on a model with other settings.
        others: the list it is in.
        programs: what could be closed.
    """
    if not _can_change(fit):
        return ()
    asked = Question(model, fit, settings, judge, tuple(others))
    parts = parts_of(model, fit.footprint, settings) if fit.footprint and pools and pools[0].share else None
    closed = [
        Change("close", sum(one.memory_bytes for one in chosen), Verdict.FITS, programs=chosen)
        for chosen in closing(fit, pools, settings, programs, parts)
    ]
    found = list(_singles(asked, closed))
    found += _pairs(asked, found)
    lowest = _rank(found)
    if lowest > 0:
        found += [change for change in _everything(asked) if change.rank < lowest]
    return tuple(sorted(found, key=lambda change: change.rank))


def cheapest(
    model: Model, fit: Fit, settings: LoadSettings, judge: Judge, others: Iterable[Model] = ()
) -> Change | None:
    """The first of `changes` without programs, found without looking at all of them; None for none."""
    if not _can_change(fit):
        return None
    others = tuple(others)
    for change in _singles(Question(model, fit, settings, judge, others), ()):
        if change.verdict is Verdict.FITS:
            return change
    return next(iter(changes(model, fit, (), settings, judge, others)), None)


def least(
    model: Model, fit: Fit, settings: LoadSettings, judge: Judge, others: Iterable[Model] = ()
) -> tuple[Model, Fit]:
    """The model as small as it can be made, with everything changed that can be, and the verdict on that."""
    asked = Question(model, fit, settings, judge, tuple(others))
    lightest = _lightest(asked)
    smallest = msgspec.structs.replace(
        settings,
        context=min(CONTEXTS[0], fit.context),
        kv_type=(settings.kv_type, *smaller_types(asked))[-1],
    )
    return lightest, judge(lightest, smallest)


def _can_change(fit: Fit) -> bool:
    return fit.footprint is not None and fit.verdict not in (Verdict.FITS, Verdict.UNKNOWN)


def _rank(found: Iterable[Change]) -> int:
    return min((change.rank for change in found), default=_NOTHING)


def _lightest(asked: Question) -> Model:
    models = [asked.model, *lighter_here(asked), *lighter_published(asked)]
    return min(models, key=lambda one: one.weights_bytes)


def _singles(asked: Question, closed: Iterable[Change]) -> Iterator[Change]:
    """One change each, from cheap to dear: q8_0 loses hardly anything, a very short context is dear.

    Of two that differ only in how far they go, the further one comes only where it does more.
    """
    half = reach(asked, kv_type="q8_0") if "q8_0" in smaller_types(asked) else None
    yield from _told(half)
    context = reach(asked, shorter=True)
    if context is not None and is_usable(context):
        yield context
    yield from closed
    here = best(reach(asked, model=one) for one in lighter_here(asked))
    yield from _told(here)
    quarter = reach(asked, kv_type="q4_0") if "q4_0" in smaller_types(asked) else None
    if quarter is not None and quarter.rank < _rank(_told(half)):
        yield quarter
    published = best(reach(asked, model=one) for one in lighter_published(asked))
    if published is not None and _worth_a_download(published, here):
        yield published
    if context is not None and not is_usable(context):
        yield context


def _pairs(asked: Question, singles: Sequence[Change]) -> Iterator[Change]:
    """Two changes at once, where they do more: context and KV type than either, others than any alone."""
    alone = _rank(change for change in singles if change.kind in ("context", "kv_type"))
    pair = most_usable(
        [reach(asked, kv_type=one, shorter=True) for one in smaller_types(asked)] if alone else ()
    )
    if pair is not None and pair.rank < alone:
        yield pair
    lowest = min(_rank(singles), _rank(_told(pair)))
    for models in (lighter_here(asked), lighter_published(asked)) if lowest else ():
        lighter = list(models)
        both = best(
            reach(asked, model=model, kv_type=one) for one in smaller_types(asked) for model in lighter
        )
        shorter = most_usable([reach(asked, model=model, shorter=True) for model in lighter])
        for change in (*_told(both), *_told(shorter)):
            if change.rank < lowest:
                yield change


def _everything(asked: Question) -> Iterator[Change]:
    """All that can be changed at once, with the longest context that still does it."""
    lightest, types = _lightest(asked), smaller_types(asked)
    if lightest is not asked.model and types:
        yield from _told(reach(asked, model=lightest, kv_type=types[-1], shorter=True))


def _told(change: Change | None) -> tuple[Change, ...]:
    return () if change is None else (change,)


def _worth_a_download(published: Change, here: Change | None) -> bool:
    """False where a file on this disk does as much and is at least as heavy."""
    if here is None or here.model is None or published.model is None:
        return True
    return published.rank < here.rank or published.model.weights_bytes > here.model.weights_bytes
