"""Gauges: what showing the machine costs, beside another monitor on the same machine."""

import argparse
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

from tests.bench import common
from tests.bench.common import COLS, ROWS, Dashboard, cpu_seconds, verdict
from tests.terminal import Terminal
from tui.hardware.detect import detect_machine
from tui.hardware.sampler import MachineSampler

IDLE_TARGET, FASTER_TARGET = 2.0, 1.0
"""Percent of a core at 1 Hz, and what looking at the machine at 4 Hz may add, as while a model generates."""
_SETTLE_SECONDS = 15.0
"""The list is sized by then, and the processes that sized it have gone."""
_OTHERS = {"btop": ("--utf-force",), "nvitop": ("-m", "full"), "htop": ("-d", "10")}
"""Monitors that refresh once a second, told so below where they would not by themselves."""


def dashboard_percent(folder: Path, refresh_seconds: float, seconds: float) -> float:
    """Own CPU of the dashboard with its screen visible and nothing else to do."""
    env = common.own_places(folder, refresh_seconds=refresh_seconds, measure_speed=False)
    with Dashboard(env) as dashboard:
        dashboard.wait_for(lambda lines: any(common.MODEL_NAME in line for line in lines), 30)
        time.sleep(_SETTLE_SECONDS)
        process = psutil.Process(dashboard.pid)
        start, cpu_before = time.monotonic(), cpu_seconds(process)
        time.sleep(seconds)
        return 100 * (cpu_seconds(process) - cpu_before) / (time.monotonic() - start)


def faster_percent(looks: int = 40) -> float:
    """What three more looks at the machine a second cost, by the processor time of one."""
    sampler = MachineSampler(detect_machine(), lambda _reading: None)
    sampler.take()
    spent = 0.0
    for _ in range(looks):
        time.sleep(0.25)
        start = time.process_time()
        sampler.take()
        spent += time.process_time() - start
    return 3 * 100 * spent / looks


def other_percent(name: str, folder: Path, seconds: float) -> float | None:
    """The same of another monitor; None where it is not installed."""
    program = shutil.which(name)
    if program is None:
        return None
    settings = folder / "config" / "btop" / "btop.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("update_ms = 1000\n")
    env = {"XDG_CONFIG_HOME": str(folder / "config"), "LANG": "C.UTF-8"}
    with Terminal([program, *_OTHERS[name]], COLS, ROWS, env) as terminal:
        return spent_percent(terminal, seconds)


def spent_percent(terminal: Terminal, seconds: float) -> float:
    """Processor time of a program, its children's counted, once it has settled."""
    time.sleep(_SETTLE_SECONDS)
    process = psutil.Process(terminal.pid)
    start, cpu_before = time.monotonic(), family_seconds(process)
    time.sleep(seconds)
    return 100 * (family_seconds(process) - cpu_before) / (time.monotonic() - start)


def family_seconds(process: psutil.Process) -> float:
    """Processor time of a process and of its children, those that have ended counted."""
    times = process.cpu_times()
    total = cpu_seconds(process) + times.children_user + times.children_system
    for child in process.children(recursive=True):
        with suppress(psutil.Error):
            total += cpu_seconds(child)
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each is watched")
    parser.add_argument("--noise", type=float, default=5.0, help="percent of the machine that others may use")
    options = parser.parse_args()
    print(f"others use {common.wait_for_quiet(options.noise, 60):.0f} % of the machine")
    with tempfile.TemporaryDirectory() as place:
        slow = dashboard_percent(Path(place) / "slow", 1.0, options.seconds)
        met = verdict("at 1 Hz, screen visible", slow, IDLE_TARGET, unit=" %")
        met &= verdict("added by looking at 4 Hz", faster_percent(), FASTER_TARGET, unit=" %")
        fast = dashboard_percent(Path(place) / "fast", 0.25, options.seconds)
        print(f"      with the screen drawn at 4 Hz too, which a setting can ask for: {fast:.2f} %")
        for name in _OTHERS:
            percent = other_percent(name, Path(place), options.seconds)
            result = "not installed" if percent is None else f"{percent:.2f} %"
            print(f"      {name} at 1 Hz on the same machine: {result}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
