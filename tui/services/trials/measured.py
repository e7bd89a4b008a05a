"""Results of tasks on this machine as evidence: what was measured here comes before anything published."""

import contextlib
import time

from tui.hardware.machine import Machine
from tui.services.picks.measured_here import MeasuredHere
from tui.services.trials.store import KeptScore, open_trial_store

_DIGEST_LETTERS = 6
"""Letters of a set's hash that are shown: results of sets with one name and other tasks are not compared."""


def measured_results(machine: Machine) -> tuple[MeasuredHere, ...]:
    """Return what is kept of a machine, newest last; a run that is not complete counts for nothing."""
    with contextlib.closing(open_trial_store(machine)) as store:
        return tuple(_evidence(score) for score in store.scores() if score.is_complete)


def _evidence(score: KeptScore) -> MeasuredHere:
    return MeasuredHere(
        model=score.model,
        task=score.use,
        task_set=f"{score.set_name} ({score.set_digest[:_DIGEST_LETTERS]})",
        passed=score.passed,
        total=score.total,
        date=time.strftime("%Y-%m-%d", time.localtime(score.seconds)),
    )
