"""Start: from the command to the first screen, to live gauges, to the list; with empty and filled caches."""

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench import common
from tests.bench.common import Dashboard, verdict

SCREEN_TARGET, GAUGES_TARGET, LIST_TARGET = 0.6, 1.0, 0.2
"""Seconds: from the command; from the first screen; from the first screen."""
ENGINE_LIBRARIES = ("llama", "ggml")
_CPU = re.compile(r"CPU.*?\d+ %", re.DOTALL)


class Start(NamedTuple):
    """Seconds from the command."""

    screen: float
    gauges: float
    models: float


def measure(env: dict[str, str]) -> tuple[Start, list[str]]:
    """Start the dashboard once; its times, and the engine's libraries that its process had mapped."""
    with Dashboard(env) as dashboard:
        # Looked at afterwards: reading the screen meanwhile would take a core from what is measured.
        time.sleep(4)
        start = _times(dashboard)
        mapped = mapped_libraries(dashboard.pid)
        dashboard.load_first_model()
        return start, sorted({*mapped, *mapped_libraries(dashboard.pid)})


def _has_screen(lines: list[str]) -> bool:
    text = "\n".join(lines)
    return "Models" in text and "Chat" in text and "╭" in text and "╯" in text


def _has_gauges(lines: list[str]) -> bool:
    return _CPU.search("\n".join(lines[:6])) is not None


def _has_models(lines: list[str]) -> bool:
    return any(common.MODEL_NAME in line for line in lines)


def _times(dashboard: Dashboard, timeout: float = 15) -> Start:
    tests = {"screen": _has_screen, "gauges": _has_gauges, "models": _has_models}
    times: dict[str, float] = {}
    while time.monotonic() < dashboard.started + timeout:
        for when, lines in dashboard.advance():
            for name, test in tests.items():
                if name not in times and test(lines):
                    times[name] = when - dashboard.started
            if len(times) == len(tests):
                return Start(**times)
        time.sleep(0.5)
    raise SystemExit(f"the screen was never complete: {times}\n" + dashboard.text())


def mapped_libraries(pid: int) -> list[str]:
    """The engine's libraries in a process's memory map."""
    maps = Path(f"/proc/{pid}/maps")
    names = {Path(line.split()[-1]).name for line in maps.read_text().splitlines() if "/" in line}
    return [name for name in names if ".so" in name and any(part in name for part in ENGINE_LIBRARIES)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--noise", type=float, default=5.0)
    options = parser.parse_args()
    print(f"others use {common.wait_for_quiet(options.noise, 120):.0f} % of {os.cpu_count()} cores")
    cold: list[Start] = []
    warm: list[Start] = []
    mapped: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        # The first start of all compiles modules, which is an installer's work.
        measure(common.own_places(Path(folder) / "first"))
        for number in range(options.rounds):
            env = common.own_places(Path(folder) / str(number))
            for starts in (cold, warm):
                start, libraries = measure(env)
                starts.append(start)
                mapped |= set(libraries)
    met = True
    for name, starts in (("empty caches", cold), ("filled caches", warm)):
        screen = statistics.median(start.screen for start in starts)
        gauges = statistics.median(start.gauges - start.screen for start in starts)
        models = statistics.median(start.models - start.screen for start in starts)
        met &= verdict(f"{name}: first screen", screen, SCREEN_TARGET, unit=" s")
        met &= verdict(f"{name}: live gauges after that", gauges, GAUGES_TARGET, unit=" s")
        met &= verdict(f"{name}: list after that", models, LIST_TARGET, unit=" s")
        worst = max(start.screen for start in starts)
        print(f"      first screen from {min(start.screen for start in starts):.2f} to {worst:.2f} s")
    if mapped:
        print(f"MISS  engine libraries in the dashboard's process: {', '.join(sorted(mapped))}")
        return 1
    print("ok    no engine library in the dashboard's process, also with a model loaded")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
