"""A reply of thousands of tokens: does the dashboard keep pace with the bare loop to its end?

The bare loop, the dashboard and the bare loop again write the same tokens. A thousand of the dashboard's is
divided by the mean of that thousand of the two loops, since a longer context slows all of them.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.bench import common
from tests.bench.common import Dashboard, cpu_seconds, verdict, watched_noise
from tests.terminal import ENTER

TARGET, CPU_TARGET, LAST_TARGET = 0.93, 10.0, 0.97
THOUSAND = 1000
_SIZING_SECONDS = 20.0
_CONTEXT = re.compile(r"context ▕[^▏]*▏\s*([\d,]+) / [\d,]+")
"""In the strip, drawn with each piece of text."""
_RATE = re.compile(r"([\d.]+) tok/s\s+· first token")


class Written(NamedTuple):
    """How a reply went in the dashboard."""

    tps: float
    """As the dashboard itself tells it."""
    thousands: list[float]
    """Tokens per second of each thousand."""
    cpu_percent: list[float]
    """The dashboard's own process during each thousand, of one core."""


def bare(options: argparse.Namespace) -> list[float]:
    """The bare loop's tok/s for each whole thousand."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.bench.bare_loop", common.LONG_QUESTION),
            *("--tokens", str(options.tokens), "--threads", str(options.threads), "--ctx", str(options.ctx)),
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)["tps_of_thousands"][: options.tokens // THOUSAND]


def written(options: argparse.Namespace, env: dict[str, str]) -> Written:
    """Ask in the dashboard, leave it alone, and read afterwards when its screen showed which token."""
    used: list[tuple[float, float]] = []
    with Dashboard(env) as dashboard:
        dashboard.load_first_model()
        process, engine = psutil.Process(dashboard.pid), dashboard.engine()
        time.sleep(2)
        dashboard.send(common.LONG_QUESTION)
        time.sleep(0.5)
        for _chunk in dashboard.advance():
            pass
        dashboard.send(ENTER)
        resting, cpu_before = 0, cpu_seconds(engine)
        while resting < 5:
            used.append((time.monotonic(), cpu_seconds(process)))
            time.sleep(0.5)
            cpu_now = cpu_seconds(engine)
            resting, cpu_before = (resting + 1 if cpu_now - cpu_before < 0.03 else 0), cpu_now
        seen: list[tuple[float, int]] = []
        text = ""
        for shown_time, lines in dashboard.advance():
            text = "\n".join(lines)
            if match := _CONTEXT.search(text):
                count = int(match[1].replace(",", ""))
                if not seen or count > seen[-1][1]:
                    seen.append((shown_time, count))
    rate = _RATE.search(text)
    if rate is None or not seen or seen[-1][1] - seen[0][1] < options.tokens * 0.95:
        raise SystemExit("the reply was short, or the screen does not show what it cost\n" + text)
    first = seen[0][1]
    marks = [
        next(shown_time for shown_time, count in seen if count >= min(first + number * THOUSAND, seen[-1][1]))
        for number in range(options.tokens // THOUSAND + 1)
    ]
    counts = dict(seen)
    thousands = [(counts[end] - counts[start]) / (end - start) for start, end in pairwise(marks)]
    cpu = [_percent(used, start, end) for start, end in pairwise(marks)]
    return Written(float(rate[1]), thousands, cpu)


def _percent(used: list[tuple[float, float]], start: float, end: float) -> float:
    inside = [sample for sample in used if start <= sample[0] <= end]
    return 100 * (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=4000)
    parser.add_argument("--threads", type=int, default=psutil.cpu_count(logical=False) or os.cpu_count())
    parser.add_argument("--ctx", type=int, default=8192)
    options = parser.parse_args()
    ratios: list[list[float]] = []
    cpu: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        env = common.own_places(
            Path(folder), temperature=0.0, max_tokens=options.tokens, threads=options.threads,
            context=options.ctx,
        )  # fmt: skip
        with Dashboard(env) as dashboard:
            dashboard.load_first_model()
            # The list is sized now; sizes are remembered, so that nothing else is at work later.
            time.sleep(_SIZING_SECONDS)
        for number in range(options.rounds):
            quiet = common.wait_for_quiet(5, 120)
            with watched_noise() as noise:
                bare_before = bare(options)
                seen = written(options, env)
                after = bare(options)
            loops = [(earlier + later) / 2 for earlier, later in zip(bare_before, after, strict=True)]
            ratios.append([mine / loop for mine, loop in zip(seen.thousands, loops, strict=True)])
            cpu.append(max(seen.cpu_percent))
            print(f"round {number + 1}: others {quiet:.0f} % before, {noise[0].percent:.0f} % during")
            for name, row in (("bare", bare_before), ("dashboard", seen.thousands), ("bare again", after)):
                print(f"  {name:12} {' '.join(f'{tps:8.1f}' for tps in row)} tok/s by thousands")
            print(f"  {'ratio':12} {' '.join(f'{ratio:8.3f}' for ratio in ratios[-1])}")
            print(
                f"  {'own CPU':12} {' '.join(f'{percent:8.1f}' for percent in seen.cpu_percent)} %",
                flush=True,
            )
    median = statistics.median(statistics.harmonic_mean(row) for row in ratios)
    last = statistics.median(row[-1] / row[0] for row in ratios)
    met = verdict("dashboard / bare loop", median, TARGET, at_most=False)
    met &= verdict("ratio of the last thousand / of the first", last, LAST_TARGET, at_most=False)
    met &= verdict("own CPU in the dearest thousand", statistics.median(cpu), CPU_TARGET, unit=" %")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
