"""Listing: three hundred models of a dozen vocabularies, from a start to every verdict, and a change."""

import argparse
import asyncio
import cProfile
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from tests.bench import common
from tests.bench.common import Dashboard, verdict
from tests.bench.shapes import write_model
from tui.models.catalogue.catalogue import load_catalogue

WARM_TARGET, COLD_TARGET, CHANGE_TARGET = 1.0, 15.0, 0.3
"""Seconds to every verdict: from a start with caches, from one without, from a change of context."""
_SECOND = 8192
"""The context that the change goes to; the first is 4096."""


class Times(msgspec.Struct):
    """Seconds; of a start from the command on."""

    scanned: float
    verdicts: float
    """Every row has one, by the closed form where the engine has not been asked."""
    settled: float
    """The engine has told all it can."""
    changed: float
    """From a change of context until every row has a verdict for it."""
    resettled: float
    """From that change until the engine has told all it can."""
    models: int
    by_engine: int
    """Rows whose footprint is the engine's own, at the end."""


def write_folder(folder: Path, count: int) -> int:
    """Write that many models of the catalogue's shapes; how many vocabularies they have."""
    entries = sorted(load_catalogue().entries, key=lambda entry: entry.shape.vocabulary)
    wanted = sorted({entry.shape.vocabulary for entry in entries})
    # A dozen vocabularies, evenly from the smallest to the largest.
    sizes = {wanted[index * (len(wanted) - 1) // 11] for index in range(12)}
    kinds = [(entry, quant) for entry in entries if entry.shape.vocabulary in sizes for quant in entry.quants]
    folder.mkdir(exist_ok=True)
    written = 0
    while written < count:
        entry, quant = kinds[written % len(kinds)]
        copy = written // len(kinds)
        # No file is another's twin: each tune of a model is trained for a context of its own.
        longest = entry.shape.context_length - 256 * copy
        shape = msgspec.structs.replace(entry.shape, context_length=longest)
        write_model(folder / f"{entry.name}-tune{copy}.{quant}.gguf", shape, quant)
        written += 1
    return len(sizes)


async def headless(folder: Path, started: float) -> Times:
    """What the dashboard does without its screen; `started` is when its process was, by `time.time`."""
    from tui.engine.install import installed_build
    from tui.engine.options import LoadSettings
    from tui.fit.pools import pools
    from tui.fit.sizing import Sizer
    from tui.fit.verdict import Fit, Verdict
    from tui.hardware.detect import detect_machine
    from tui.services.finding import SearchPaths, scan_models
    from tui.services.verdict_board import VerdictBoard

    start = time.monotonic() - (time.time() - started)
    # The caches are where the settings of this benchmark say, never the user's own.
    sizer = Sizer(installed_build(), Path(os.environ["XDG_CACHE_HOME"]) / "llmtui" / "plans.json")
    board = VerdictBoard(sizer, LoadSettings(context=4096, threads=1), lambda _fits: None)
    board.set_pools(pools(detect_machine(), None))
    models = await asyncio.to_thread(scan_models, SearchPaths((folder,)))
    scanned = time.monotonic() - start
    board.set_models(models.models)

    def complete(context: int) -> bool:
        def told(fit: Fit) -> bool:
            return fit.verdict is Verdict.UNKNOWN or fit.context <= context

        return len(board.fits) == len(models.models) and all(map(told, board.fits.values()))

    if not complete(4096):
        raise SystemExit("a model has no verdict")
    verdicts = time.monotonic() - start
    sizing = asyncio.create_task(board.run())
    settled = await _settled(lambda: board.settled) - start
    change = time.monotonic()
    board.set_settings(msgspec.structs.replace(board.settings, context=_SECOND))
    if not complete(_SECOND):
        raise SystemExit("a model has no verdict for the new context")
    changed = time.monotonic() - change
    resettled = await _settled(lambda: board.settled) - change
    sizing.cancel()
    with suppress(asyncio.CancelledError):
        await sizing
    by_engine = sum(
        fit.footprint is not None and fit.footprint.source == "engine" for fit in board.fits.values()
    )
    await sizer.close()
    return Times(scanned, verdicts, settled, changed, resettled, len(models.models), by_engine)


async def _settled(settled: Callable[[], bool]) -> float:
    # One turn lets the board notice that there is something to do.
    await asyncio.sleep(0.05)
    while not settled():
        await asyncio.sleep(0.01)
    return time.monotonic()


def run_headless(folder: Path, env: dict[str, str], profile: bool) -> Times:
    """The same in a process of its own, so that nothing is warm but what the caches keep."""
    argv = [sys.executable, "-m", "tests.bench.listing", "--child", str(folder)]
    argv += ["--started", str(time.time())]
    done = subprocess.run(
        argv + ["--profile"] * profile, env={**os.environ, **env}, stdout=subprocess.PIPE, check=True
    )
    return msgspec.json.decode(done.stdout, type=Times)


def in_dashboard(folder: Path, env: dict[str, str], count: int) -> tuple[float, float]:
    """Seconds from the command until the list is there, and from the key until it is for another context."""
    with Dashboard(env, "--ctx", "4096", str(folder)) as dashboard:
        expected = f"{count} model"

        def complete(lines: list[str]) -> bool:
            text = "\n".join(lines)
            return expected in text and ("●" in text or "◐" in text)

        dashboard.wait_for(complete, 60)
        listed = dashboard.chunks[-1].time - dashboard.started
        dashboard.wait_for(lambda lines: any("4096" in line for line in lines), 10)
        for _ in dashboard.advance():
            pass
        pressed = dashboard.send("]")
        dashboard.wait_for(lambda lines: any("8192" in line for line in lines), 20, poll=0.005)
        return listed, dashboard.chunks[-1].time - pressed


def child(folder: Path, started: float, profile: bool) -> None:
    """Measure in this process and print the times as JSON."""
    if not profile:
        times = asyncio.run(headless(folder, started))
    else:
        with cProfile.Profile() as profiler:
            times = asyncio.run(headless(folder, started))
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumulative").print_stats(45)
    sys.stdout.write(msgspec.json.encode(times).decode())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="models in the folder")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="say where the time goes, on standard error")
    parser.add_argument("--child", type=Path, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--started", type=float, default=0.0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        child(options.child, options.started, options.profile)
        return 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "models"
        kinds = write_folder(folder, options.count)
        env = common.own_places(Path(place), context=4096)
        cold = run_headless(folder, env, options.profile)
        print(
            f"{cold.models} rows with the catalogue, {kinds} vocabularies;"
            f" {cold.by_engine} are sized by the engine"
        )
        warm = [run_headless(folder, env, options.profile) for _ in range(options.rounds)]
        print(f"without caches: scanned after {cold.scanned:.2f} s, closed form {cold.verdicts:.2f} s")
        met = verdict("without caches: every verdict, the engine's own", cold.settled, COLD_TARGET, unit=" s")
        middle = statistics.median(times.settled for times in warm)
        scanned = statistics.median(times.scanned for times in warm)
        print(f"filled caches: scanned after {scanned:.2f} s")
        met &= verdict("filled caches: every verdict, the engine's own", middle, WARM_TARGET, unit=" s")
        changes = statistics.median(times.changed for times in (cold, *warm))
        met &= verdict("another context: every row has a verdict", changes, CHANGE_TARGET, unit=" s")
        print(f"      and the engine has told all of them after {cold.resettled:.2f} s")
        rounds = [in_dashboard(folder, env, cold.models) for _ in range(options.rounds)]
        listed, changed = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"in the dashboard: list with verdicts {listed:.2f} s after the command")
        met &= verdict("in the dashboard: another context on the screen", changed, CHANGE_TARGET, unit=" s")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
