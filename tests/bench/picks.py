"""Picks: three hundred rows put into the order of each task, and the whole of its picks."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable

from tests.bench import common
from tui.engine.options import LoadSettings
from tui.fit.board import fit_model, settings_for
from tui.fit.pools import pools
from tui.fit.sizing import Sizer
from tui.fit.speed import BandwidthSpeeds
from tui.hardware.profiles import PROFILES
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.evidence.evidence_files import shipped_evidence
from tui.models.listing import catalogue_model
from tui.models.model import Use
from tui.services.picks.candidates import candidates
from tui.services.picks.evidence_order import EvidenceOrder
from tui.services.picks.gates import closed_gate
from tui.services.picks.recommendation import recommend
from tui.services.picks.wish import TASKS, Wish
from tui.services.sizing import JudgedModel

ROWS = 300
CONTEXT = 8192
TARGET = 50.0
"""Milliseconds for the order of one task."""
_ROUNDS = 5
_MACHINE = "pc-24gb"
"""A machine on which most of the rows pass, so that much is compared."""


def judged_rows() -> list[JudgedModel]:
    """Return rows of the catalogue, each model at several quantizations, with their verdicts."""
    entries = load_catalogue().entries
    most = max(len(entry.quants) for entry in entries)
    pairs = [
        (entry, entry.quants[-1 - index])
        for index in range(most)
        for entry in entries
        if index < len(entry.quants)
    ]
    machine, sizer = PROFILES[_MACHINE], Sizer(None)
    memory, speeds = pools(machine, None), BandwidthSpeeds(machine)
    rows: list[JudgedModel] = []
    for entry, quant in pairs[:ROWS]:
        model = catalogue_model(entry, quant)
        load = settings_for(model, LoadSettings(context=CONTEXT))
        size = sizer.known_size(model, load)
        rows.append(JudgedModel(model, fit_model(model, size, memory, load, measurements=speeds)))
    return rows


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of a piece of work."""
    times: list[float] = []
    for _round in range(_ROUNDS):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def measure(rows: list[JudgedModel], task: Use) -> tuple[float, float]:
    """Return the milliseconds of the order of a task, gates included, and of its picks with their reasons."""
    wish, evidence = Wish(task, "es", CONTEXT), shipped_evidence()

    def order() -> None:
        passing = [candidate for candidate in candidates(rows, wish) if closed_gate(candidate, wish) is None]
        EvidenceOrder(passing, wish, evidence)

    return milliseconds(order), milliseconds(lambda: recommend(rows, wish, evidence))


def main() -> int:
    """Print both times of each task beside the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--noise", type=float, default=5.0, help="percent of the machine that others may use")
    options = parser.parse_args()
    print(f"others use {common.wait_for_quiet(options.noise, 60):.0f} % of the machine")
    rows = judged_rows()
    is_met = True
    for task in TASKS:
        order, picks = measure(rows, task)
        is_met &= common.verdict(f"order of {len(rows)} rows, {task}", order, TARGET, unit=" ms")
        print(f"      picks with reasons: {picks:.1f} ms")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
