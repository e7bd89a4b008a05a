"""Generation speed: the bare loop, `llmtui run` and the dashboard, in turns, on the same tokens.

Every round measures the bare loop before and after the other two, and these are divided by its mean, so that
a machine that slows down slows all of them. A round in which others used the machine is measured again.
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
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.bench import common
from tests.bench.common import Dashboard, cpu_seconds, verdict, watched_noise
from tests.terminal import ENTER

RUN_TARGET, DASHBOARD_TARGET, DASHBOARD_AIM = 0.97, 0.90, 0.95
IDLE_TARGET, STREAMING_TARGET = 2.0, 15.0
IDLE_SECONDS = 20.0
_RATE = re.compile(r"([\d.]+) tok/s\s+· first token")
"""In the status line."""
_TOKENS = re.compile(r"tok/s · (\d+) tokens")
"""In the note below the reply."""


class Screened(NamedTuple):
    """What one reply in the dashboard showed and cost."""

    tps: float
    tokens: int
    streaming_cpu_percent: float
    """The dashboard's own process, of one core."""


def bare(tokens: int, options: argparse.Namespace) -> float:
    """The bare loop's tok/s."""
    return _json_of(
        sys.executable, "-m", "tests.bench.bare_loop", common.LONG_QUESTION, "--tokens", str(tokens),
        "--threads", str(options.threads), "--ctx", str(options.ctx),
        "--temperature", str(options.temperature),
    )["generation_tps"]  # fmt: skip


def plain(options: argparse.Namespace, env: dict[str, str]) -> tuple[float, int]:
    """`llmtui run`'s tok/s and tokens; the threads come from the settings file."""
    answer = _json_of(
        *common.command("run", str(common.model_path()), common.LONG_QUESTION, "--json"), env=env
    )
    return answer["generation_tps"], answer["generated_tokens"]


def _json_of(*argv: str, env: dict[str, str] | None = None) -> dict[str, float]:
    done = subprocess.run(argv, capture_output=True, text=True, check=True, env={**os.environ, **(env or {})})
    return json.loads(done.stdout)


def screened(env: dict[str, str]) -> Screened:
    """Ask in the dashboard, leave it alone while it answers, and read its figures off the screen."""
    with Dashboard(env) as dashboard:
        dashboard.load_first_model()
        process, engine = psutil.Process(dashboard.pid), dashboard.engine()
        # The first seconds size the list; that is not what is measured.
        time.sleep(2)
        dashboard.send(common.LONG_QUESTION)
        time.sleep(0.5)
        start, used = time.monotonic(), cpu_seconds(process)
        dashboard.send(ENTER)
        dashboard.wait_for_rest(engine)
        # The quiet that ended the waiting is no streaming.
        spent = time.monotonic() - start - 0.75
        percent = 100 * (cpu_seconds(process) - used) / spent
        dashboard.wait_for(lambda lines: _TOKENS.search("\n".join(lines)) is not None)
        text = dashboard.text()
    rate, tokens = _RATE.search(text), _TOKENS.search(text)
    if rate is None or tokens is None:
        raise SystemExit("the screen does not show what the reply cost\n" + text)
    return Screened(float(rate[1]), int(tokens[1]), percent)


def idle_cpu(env: dict[str, str], seconds: float = IDLE_SECONDS) -> dict[str, float]:
    """The dashboard's own process in percent of a core: before a model is loaded, and with one at rest."""
    with Dashboard(env) as dashboard:
        process = psutil.Process(dashboard.pid)
        dashboard.wait_for(lambda lines: any(common.MODEL_NAME in line for line in lines), 30)
        time.sleep(12)
        empty = _percent(process, seconds)
        dashboard.load_first_model()
        time.sleep(2)
        return {"no model": empty, "loaded": _percent(process, seconds)}


def _percent(process: psutil.Process, seconds: float) -> float:
    start, used = time.monotonic(), cpu_seconds(process)
    time.sleep(seconds)
    return 100 * (cpu_seconds(process) - used) / (time.monotonic() - start)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=500)
    parser.add_argument("--threads", type=int, default=psutil.cpu_count(logical=False) or os.cpu_count())
    parser.add_argument("--ctx", type=int, default=8192)
    parser.add_argument("--temperature", type=float, default=0.0)
    parser.add_argument("--noise", type=float, default=5.0, help="percent of the machine others may use")
    parser.add_argument("--tries", type=int, default=3, help="per round, until one is quiet")
    parser.add_argument("--no-idle", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        env = common.own_places(
            Path(folder), temperature=options.temperature, max_tokens=options.tokens,
            threads=options.threads, context=options.ctx,
        )  # fmt: skip
        met = _compare(options, env)
        if not options.no_idle:
            common.wait_for_quiet(options.noise, 60)
            for state, percent in idle_cpu(env).items():
                met &= verdict(f"idle at 1 Hz, {state}: own CPU", percent, IDLE_TARGET, unit=" %")
    return 0 if met else 1


def _compare(options: argparse.Namespace, env: dict[str, str]) -> bool:
    plains: list[float] = []
    screens: list[float] = []
    streaming: list[float] = []
    for number in range(options.rounds):
        for _attempt in range(options.tries):
            quiet = common.wait_for_quiet(options.noise, 120)
            with watched_noise() as noise:
                bare_before = bare(options.tokens, options)
                run_tps, run_tokens = plain(options, env)
                seen = screened(env)
                after = bare(options.tokens, options)
            if noise[0].percent <= options.noise:
                break
        mean = (bare_before + after) / 2
        if min(run_tokens, seen.tokens) < min(400, options.tokens):
            print(f"the reply was short: {run_tokens} and {seen.tokens} tokens")
            return False
        plains.append(run_tps / mean)
        screens.append(seen.tps / mean)
        streaming.append(seen.streaming_cpu_percent)
        print(
            f"round {number + 1}: bare {bare_before:.1f} / {after:.1f}  run {run_tps:.1f} ({plains[-1]:.3f}, "
            f"{run_tokens} tokens)  dashboard {seen.tps:.1f} ({screens[-1]:.3f}, {seen.tokens} tokens, "
            f"own CPU {streaming[-1]:.1f} %)  others {quiet:.0f} % before, {noise[0].percent:.0f} % during",
            flush=True,
        )
    met = verdict("run / bare loop", statistics.median(plains), RUN_TARGET, at_most=False)
    met &= verdict("dashboard / bare loop", statistics.median(screens), DASHBOARD_TARGET, at_most=False)
    verdict("  aiming at", statistics.median(screens), DASHBOARD_AIM, at_most=False)
    met &= verdict("streaming: own CPU", statistics.median(streaming), STREAMING_TARGET, unit=" %")
    return met


if __name__ == "__main__":
    sys.exit(main())
