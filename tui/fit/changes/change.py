"""A change to a model or its settings: its steps, what it frees, and the verdict it gives."""

from collections.abc import Iterable, Sequence

import msgspec

from tui.engine.options import LoadSettings
from tui.fit.changes.context import ShorterContext
from tui.fit.changes.programs import ClosePrograms
from tui.fit.changes.quantization import LighterQuantization
from tui.fit.changes.step import ChangeStep, Setup
from tui.fit.verdict import Verdict
from tui.hardware.programs import Program
from tui.models.model import Model

RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}
"""Verdicts from the best, 0, on."""


class Change(msgspec.Struct, frozen=True):
    """Steps that lead to a better verdict together."""

    steps: tuple[ChangeStep, ...]
    frees_bytes: int
    """The difference of the two footprints; of programs, the memory they hold."""
    verdict: Verdict
    """Verdict that it would give."""

    @property
    def kind(self) -> str:
        """Names of its steps, as JSON has them: `context+kv_type`."""
        return "+".join(sorted(step.kind for step in self.steps))

    @property
    def rank(self) -> int:
        """Rank of its verdict, 0 for one that fits."""
        return RANKS[self.verdict]

    @property
    def changes_settings(self) -> bool:
        """True when every model of the list is judged anew after it."""
        return any(step.changes_settings for step in self.steps)

    @property
    def gain_is_rough(self) -> bool:
        """True when what it frees is known only roughly."""
        return any(step.gain_is_rough for step in self.steps)

    @property
    def programs_to_close(self) -> tuple[Program, ...]:
        """Programs that are asked to close, which the user has to agree to; empty for none."""
        closing = (step.programs for step in self.steps if isinstance(step, ClosePrograms))
        return next(closing, ())

    @property
    def downloads(self) -> bool:
        """True when it needs a file that is not on this disk."""
        return any(isinstance(step, LighterQuantization) and step.downloads for step in self.steps)

    @property
    def is_usable(self) -> bool:
        """False for a context that is shorter than a conversation needs."""
        return all(step.is_usable for step in self.steps if isinstance(step, ShorterContext))

    def apply(self, model: Model, settings: LoadSettings) -> Setup:
        """Return what to load and how once all its steps are done."""
        return apply_steps(self.steps, Setup(model, settings))


def apply_steps(steps: Iterable[ChangeStep], setup: Setup) -> Setup:
    """Return the setup with all these steps done, one after another."""
    for step in steps:
        setup = step.apply(setup)
    return setup


def first_best(changes: Iterable[Change | None]) -> Change | None:
    """Return the first change that fits, looking no further, else the first of the best verdict."""
    best: Change | None = None
    for change in changes:
        if change is not None and (best is None or change.rank < best.rank):
            best = change
            if best.rank == 0:
                break
    return best


def most_usable(changes: Sequence[Change | None]) -> Change | None:
    """Return, of the best verdict, the first change with a usable context, else the longest context."""
    real_changes = [change for change in changes if change is not None]
    lowest = min((change.rank for change in real_changes), default=0)
    best_changes = [change for change in real_changes if change.rank == lowest]
    usable = (change for change in best_changes if change.is_usable)
    return next(usable, max(best_changes, key=_context, default=None))


def _context(change: Change) -> int:
    """Return the context it shortens to, in tokens; 0 where it stays."""
    return next((step.context for step in change.steps if isinstance(step, ShorterContext)), 0)
