"""Command `python -m tests.endurance`: an hour of questions, and a picture of the memory that it took.

Exits with 1 when memory grew by more than 2 MB for each hundred questions after the first hundred.
"""

import argparse
import asyncio
import gc
import os
import sys
import tempfile
import time
from pathlib import Path

WARM_UP = 100
"""Questions during which caches fill."""
MOST_BYTES = 2_000_000
"""Growth for each hundred questions after them."""


async def play(seconds: float, out: Path) -> bool:
    """Go on for some time, and draw the picture after every round; True when memory grew little enough."""
    # Imported here, when garbage collection waits for the end of the start and the folders are set.
    from tests.endurance.figures import measure
    from tests.endurance.plot import Sample, draw, line
    from tests.endurance.session import QUESTIONS, SETTINGS, play_round
    from tests.ui.dashboard.running_dashboard import load_first, running
    from tests.waiting import until

    samples: list[Sample] = []
    async with running(settings=SETTINGS) as (pilot, dashboard):
        await until(lambda: dashboard.models.settled and gc.isenabled(), "the end of the start")
        await load_first(pilot, dashboard)
        start = time.monotonic()
        while not samples or samples[-1].seconds < seconds:
            figures = measure()
            samples.append(Sample(time.monotonic() - start, QUESTIONS * len(samples), figures))
            print(line(samples[-1]), flush=True)
            if len(samples) > 1:
                out.write_text(draw(samples), encoding="utf-8")
            await play_round(pilot, dashboard)
    warm = [sample for sample in samples if sample.questions >= WARM_UP]
    if len(warm) < 2:
        print(f"Too short: nothing is compared before {WARM_UP} questions.")
        return True
    growth = warm[-1].figures.allocated - warm[0].figures.allocated
    by_hundred = 100 * growth / (warm[-1].questions - warm[0].questions)
    is_met = by_hundred <= MOST_BYTES
    print(f"{'ok  ' if is_met else 'MISS'}  {by_hundred / 1e6:.2f} MB for each hundred questions")
    more = warm[-1].figures.kinds - warm[0].figures.kinds
    print("\n".join(f"{number:8} more {kind}" for kind, number in more.most_common(12)))
    return is_met


def main() -> int:
    """Play in folders of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.endurance", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--out", type=Path, default=Path("docs/endurance.svg"), help="the picture")
    options = parser.parse_args()
    gc.disable()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("CONFIG", "CACHE", "DATA", "STATE")}
        os.environ |= {"HOME": home, "LANGUAGE": "en"}
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        return 0 if asyncio.run(play(60 * options.minutes, options.out)) else 1


if __name__ == "__main__":
    sys.exit(main())
