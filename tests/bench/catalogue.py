"""Catalogue: reading it, and a verdict for every quantization of every entry on three machines."""

import argparse
import statistics
import sys
import time

import msgspec

from tests.bench import common
from tui.engine.options import LoadSettings
from tui.fit.board import fit_model, settings_for
from tui.fit.pools import pools
from tui.fit.sizing import Sizer
from tui.hardware.profiles import PROFILES
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model

MACHINES = ("m1-8gb", "hp-i5-1035g1", "pc-24gb")
TARGET = 5.0
"""Seconds for everything."""


class Times(msgspec.Struct):
    """Seconds of one round."""

    read: float
    weighed: float
    judged: float
    verdicts: int

    @property
    def total(self) -> float:
        return self.read + self.weighed + self.judged


def one_round() -> Times:
    """Read, weigh and judge, with no cache of any kind but what the round itself fills."""
    started = time.monotonic()
    catalogue = load_catalogue()
    read = time.monotonic()
    models = [catalogue_model(entry, quant) for entry in catalogue.entries for quant in entry.quants]
    weighed = time.monotonic()
    verdicts = 0
    for machine in MACHINES:
        sizer, memory = Sizer(None), pools(PROFILES[machine], None)
        for model in models:
            load = settings_for(model, LoadSettings())
            if not fit_model(model, sizer.known_size(model, load), memory, load).verdict.is_sized:
                raise SystemExit(f"{model.name} has no verdict")
            verdicts += 1
    return Times(read - started, weighed - read, time.monotonic() - weighed, verdicts)


def main() -> int:
    """Print the parts of the first round, which is the one that counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--noise", type=float, default=5.0, help="percent of the machine that others may use")
    options = parser.parse_args()
    print(f"others use {common.wait_for_quiet(options.noise, 60):.0f} % of the machine")
    first = one_round()
    later = statistics.median(one_round().total for _ in range(2))
    print(f"read {first.read:.2f} s, weighed {first.weighed:.2f} s, judged {first.judged:.2f} s")
    print(f"once more in the same process {later:.2f} s")
    return 0 if common.verdict(f"{first.verdicts} verdicts", first.total, TARGET, unit=" s") else 1


if __name__ == "__main__":
    sys.exit(main())
