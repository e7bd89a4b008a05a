"""The search for changes that make a model fit, from cheap to dear.

A smaller KV type, a shorter context, programs to close and a lighter quantization, each alone and composed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from tui.engine.options import LoadSettings
from tui.fit.changes.change import RANKS, Change, apply_steps, first_best, most_usable
from tui.fit.changes.context import ShorterContext
from tui.fit.changes.kv_type import SmallerKvType, smaller_kv_types
from tui.fit.changes.programs import programs_to_close
from tui.fit.changes.quantization import LighterQuantization, lighter_downloads, lighter_files
from tui.fit.changes.step import ChangeStep, Setup
from tui.fit.contexts import CONTEXTS
from tui.fit.placement import parts_of
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.programs import Program
from tui.models.model import Model

Judge = Callable[[Model, LoadSettings], Fit]

_NO_CHANGE_RANK = len(Verdict)


class ChangeableModel(msgspec.Struct, frozen=True):
    """A model under a verdict, and what may be changed about it."""

    model: Model
    fit: Fit
    settings: LoadSettings
    """The settings of the whole list; a model's own longest context may be shorter."""
    judge: Judge
    """The verdict on a model with other settings."""
    models: tuple[Model, ...] = ()
    """The list it is in, for its other quantizations on this disk."""

    @property
    def can_change(self) -> bool:
        """False for a model that fits, or cannot be sized."""
        return self.fit.footprint is not None and self.fit.verdict not in (Verdict.FITS, Verdict.UNKNOWN)

    @property
    def kv_steps(self) -> list[SmallerKvType]:
        """A step for each smaller KV type, the largest first."""
        return [SmallerKvType(kv_type) for kv_type in smaller_kv_types(self.model, self.settings)]

    @property
    def file_steps(self) -> list[LighterQuantization]:
        """A step for each lighter quantization on this disk, the heaviest first."""
        return [LighterQuantization(model) for model in lighter_files(self.model, self.models)]

    @property
    def download_steps(self) -> Iterator[LighterQuantization]:
        """A step for each lighter quantization to download, the heaviest first."""
        return (LighterQuantization(model) for model in lighter_downloads(self.model, self.models))


def find_changes(
    model: Model,
    fit: Fit,
    pools: Sequence[Pool],
    settings: LoadSettings,
    judge: Judge,
    models: Iterable[Model] = (),
    programs: Sequence[Program] = (),
) -> tuple[Change, ...]:
    """Return the changes that give a better verdict: those that make it fit first, each group by cost.

    A pure function of its arguments. Several steps at once are offered only where they do more than one.

    Args:
        model: the one in changeable.
        fit: the verdict on it; nothing is offered for one that fits or cannot be sized.
        pools: the machine's pools, fastest first.
        settings: those that the verdict is for, before the model's own longest context cuts them.
        judge: the verdict on a model with other settings.
        models: the list it is in.
        programs: what could be closed.
    """
    changeable = ChangeableModel(model, fit, settings, judge, tuple(models))
    if not changeable.can_change:
        return ()
    parts = parts_of(model, fit.footprint, settings) if fit.footprint and pools and pools[0].share else None
    closing = [
        Change((step,), step.memory_bytes, Verdict.FITS)
        for step in programs_to_close(fit, pools, settings, programs, parts)
    ]
    changes = list(single_changes(changeable, closing))
    changes += _pairs(changeable, changes)
    lowest = _best_rank(changes)
    if lowest > 0:
        changes += [change for change in _everything(changeable) if change.rank < lowest]
    return tuple(sorted(changes, key=lambda change: change.rank))


def cheapest_change(
    model: Model, fit: Fit, settings: LoadSettings, judge: Judge, models: Iterable[Model] = ()
) -> Change | None:
    """Return the first change without programs, found without looking at all of them; None for none."""
    changeable = ChangeableModel(model, fit, settings, judge, tuple(models))
    if not changeable.can_change:
        return None
    for change in single_changes(changeable, ()):
        if change.verdict is Verdict.FITS:
            return change
    return next(iter(find_changes(model, fit, (), settings, judge, changeable.models)), None)


def smallest_setup(
    model: Model, fit: Fit, settings: LoadSettings, judge: Judge, models: Iterable[Model] = ()
) -> tuple[Model, Fit]:
    """Return the model as small as it can be made, all changed that can be, and the verdict on that."""
    changeable = ChangeableModel(model, fit, settings, judge, tuple(models))
    shortest = ShorterContext(min(CONTEXTS[0], fit.context))
    steps: list[ChangeStep] = [
        *changeable.kv_steps[-1:],
        shortest,
        LighterQuantization(_lightest(changeable)),
    ]
    setup = apply_steps(steps, Setup(model, settings))
    return setup.model, judge(setup.model, setup.settings)


def single_changes(changeable: ChangeableModel, closing: Iterable[Change]) -> Iterator[Change]:
    """Yield the changes of one step, from cheap to dear.

    The type q8_0 loses hardly anything, a very short context is dear. Of two steps that differ only in how
    far they go, the further one comes only where it does more.
    """
    by_type = {step.kv_type: step for step in changeable.kv_steps}
    half = try_steps(changeable, by_type["q8_0"]) if "q8_0" in by_type else None
    if half is not None:
        yield half
    shorter = try_shorter_context(changeable)
    if shorter is not None and shorter.is_usable:
        yield shorter
    yield from closing
    file = first_best(try_steps(changeable, step) for step in changeable.file_steps)
    if file is not None:
        yield file
    quarter = try_steps(changeable, by_type["q4_0"]) if "q4_0" in by_type else None
    if quarter is not None and (half is None or quarter.rank < half.rank):
        yield quarter
    download = first_best(try_steps(changeable, step) for step in changeable.download_steps)
    if download is not None and (file is None or _is_worth_downloading(changeable, download, file)):
        yield download
    if shorter is not None and not shorter.is_usable:
        yield shorter


def try_steps(changeable: ChangeableModel, *steps: ChangeStep) -> Change | None:
    """Return the change of these steps; None when the verdict does not get better."""
    setup = apply_steps(steps, Setup(changeable.model, changeable.settings))
    fit = changeable.judge(setup.model, setup.settings)
    footprint, changed_footprint = changeable.fit.footprint, fit.footprint
    if footprint is None or changed_footprint is None or RANKS[fit.verdict] >= RANKS[changeable.fit.verdict]:
        return None
    return Change(steps, footprint.total_bytes - changed_footprint.total_bytes, fit.verdict)


def try_shorter_context(changeable: ChangeableModel, *steps: ChangeStep) -> Change | None:
    """Return the change of these steps at the longest shorter context of those with the best verdict."""
    contexts = [ShorterContext(context) for context in CONTEXTS if context < changeable.fit.context]
    # If the shortest one does nothing, none does.
    if not contexts or _with_context(changeable, contexts[0], steps) is None:
        return None
    return first_best(_with_context(changeable, context, steps) for context in reversed(contexts))


def _with_context(
    changeable: ChangeableModel, context: ShorterContext, steps: Sequence[ChangeStep]
) -> Change | None:
    settings_steps = [step for step in steps if step.changes_settings]
    model_steps = [step for step in steps if not step.changes_settings]
    return try_steps(changeable, *settings_steps, context, *model_steps)


def _best_rank(changes: Iterable[Change]) -> int:
    return min((change.rank for change in changes), default=_NO_CHANGE_RANK)


def _lightest(changeable: ChangeableModel) -> Model:
    lighter = [step.model for step in (*changeable.file_steps, *changeable.download_steps)]
    return min((changeable.model, *lighter), key=lambda model: model.weights_bytes)


def _pairs(changeable: ChangeableModel, singles: Sequence[Change]) -> Iterator[Change]:
    """Yield changes of two steps, where they do more than one.

    Context and KV type have to do more than either of them, all others more than any single step.
    """
    best_alone = _best_rank(change for change in singles if change.kind in ("context", "kv_type"))
    pair = most_usable(
        [try_shorter_context(changeable, step) for step in changeable.kv_steps] if best_alone else ()
    )
    if pair is not None and pair.rank < best_alone:
        yield pair
    lowest = min(_best_rank(singles), pair.rank if pair is not None else _NO_CHANGE_RANK)
    if not lowest:
        return
    for models in (changeable.file_steps, list(changeable.download_steps)):
        smaller_cache = first_best(
            try_steps(changeable, kv_step, model_step)
            for kv_step in changeable.kv_steps
            for model_step in models
        )
        shorter = most_usable([try_shorter_context(changeable, step) for step in models])
        for change in (smaller_cache, shorter):
            if change is not None and change.rank < lowest:
                yield change


def _everything(changeable: ChangeableModel) -> Iterator[Change]:
    """Yield all that can be changed at once, with the longest context that still does it."""
    lightest, kv_steps = _lightest(changeable), changeable.kv_steps
    if lightest is changeable.model or not kv_steps:
        return
    change = try_shorter_context(changeable, kv_steps[-1], LighterQuantization(lightest))
    if change is not None:
        yield change


def _is_worth_downloading(changeable: ChangeableModel, download: Change, file: Change) -> bool:
    """False where a file on this disk does as much and is at least as heavy."""
    downloaded = download.apply(changeable.model, changeable.settings).model
    on_disk = file.apply(changeable.model, changeable.settings).model
    return download.rank < file.rank or downloaded.weights_bytes > on_disk.weights_bytes
