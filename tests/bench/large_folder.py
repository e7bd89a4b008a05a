"""Large folder: ten thousand small GGUF files, from the first screen to the list, and its keys."""

import argparse
import gc
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import psutil

from tests.bench import common
from tests.bench.common import Dashboard, percentile, spread, verdict
from tests.gguf_files import write_llama
from tests.terminal import DOWN, ESCAPE

COLD_TARGET, WARM_TARGET = 2.0, 0.3
"""Seconds from the first screen to the list of all models: with empty and with filled caches."""
CACHE_TARGET = 0.1
"""Seconds to read the rows of the last list from the cache."""
KEY_TARGET = 50.0
"""Milliseconds from a key to the screen that shows what it did."""
_FAMILIES = ("Llama-3.2", "Qwen2.5", "Mistral", "gemma-3", "Phi-4", "granite-4.0", "OLMo-2", "SmolLM2")
_KINDS = ("Instruct", "Chat", "Base", "Coder", "Math", "Reasoning")
_MAKERS = ("bartowski", "unsloth", "mradermacher", "lmstudio-community", "own")
_TYPES = ("F16", "Q8_0", "Q4_0", "Q4_K", "Q6_K", "BF16")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FILES_A_FOLDER = 100
_PAGE_DOWN, _END, _HOME = "\x1b[6~", "\x1b[F", "\x1b[H"
_COUNTS = re.compile(r"(\d+) of (\d+)")
_SORT = re.compile(r"sort (\w+)")
_TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


class FolderTimes(msgspec.Struct):
    """Seconds and bytes of one process without a screen."""

    scanned: float
    """From the call to the rows of all models."""
    cached: float
    """To read the rows of the last list; 0 when there were none."""
    judged: float
    """To size and judge all of them by what is known at once."""
    listed: float
    """To sort them for the first time."""
    filtered: list[float]
    """For each letter of some filters."""
    models: int
    resident_bytes: int


def write_large_folder(folder: Path, count: int, layers: int) -> None:
    """Write that many llama models, each with a header of its own, a hundred to a folder."""
    pick = random.Random(1)
    for number in range(count):
        place = folder / f"{_MAKERS[number // _FILES_A_FOLDER % len(_MAKERS)]}-{number // _FILES_A_FOLDER}"
        place.mkdir(parents=True, exist_ok=True)
        family, kind = pick.choice(_FAMILIES), pick.choice(_KINDS)
        tune = "".join(pick.choice(_LETTERS) for _ in range(pick.randint(4, 9)))
        type = _TYPES[number % len(_TYPES)]
        sizes = {"layers": layers, "embedding": 256, "feed_forward": 512, "vocabulary": 256}
        metadata = {
            "llama.context_length": 4096 + 256 * (number % 500),
            "general.name": f"{family} {tune} {number}",
            "tokenizer.ggml.model": "gpt2",
            "tokenizer.ggml.tokens": [f"t{index}" for index in range(256)],
            "tokenizer.chat_template": _TEMPLATE,
        }
        name = f"{family}-{pick.choice((1, 3, 7, 8, 13, 70))}B-{tune}-{kind}-v{number}.{type}.gguf"
        write_llama(place / name, type=type, metadata=metadata, **sizes)


def headless(folder: Path) -> FolderTimes:
    """Find, judge, sort and filter in this process, without a screen."""
    from tui.engine.options import LoadSettings
    from tui.fit.board import fit_model, settings_for
    from tui.fit.pools import pools
    from tui.fit.sizing import Sizer
    from tui.hardware.detect import detect_machine
    from tui.services.finding import SearchPaths, remember_models, remembered_models, scan_models
    from tui.ui.kit.gc_freeze import freeze_start
    from tui.ui.models.index import ModelIndex

    paths = SearchPaths((folder,))
    # As the command line does before the dashboard, and the dashboard once it has its list.
    gc.disable()
    start = time.perf_counter()
    remembered = remembered_models(paths)
    cached = time.perf_counter() - start if remembered else 0.0
    freeze_start()
    start = time.perf_counter()
    models = scan_models(paths).models
    scanned = time.perf_counter() - start
    remember_models(paths, models)
    settings = LoadSettings(context=4096, threads=1)
    sizer, machine_pools = Sizer(None), pools(detect_machine(), None)
    start = time.perf_counter()
    fits = {}
    for model in models:
        own = settings_for(model, settings)
        fits[model.key] = fit_model(model, sizer.known_size(model, own), machine_pools, own)
    judged = time.perf_counter() - start
    start = time.perf_counter()
    index = ModelIndex()
    index.set_models(models)
    index.set_fits(fits)
    index.listed("", "verdict")
    listed = time.perf_counter() - start
    index.fold(len(models))
    filtered: list[float] = []
    for query in ("llama 8b q4", "coder", "gemma3 math", "v12", "spanish tools <4gb", "-code here"):
        for end in range(1, len(query) + 1):
            start = time.perf_counter()
            index.listed(query[:end], "verdict", best_first=True)
            filtered.append(time.perf_counter() - start)
    resident = psutil.Process().memory_info().rss
    return FolderTimes(scanned, cached, judged, listed, filtered, len(models), resident)


def run_headless(folder: Path, env: dict[str, str]) -> FolderTimes:
    """The same in a process of its own."""
    argv = [sys.executable, "-m", "tests.bench.large_folder", "--child", str(folder)]
    done = subprocess.run(argv, env={**os.environ, **env}, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=FolderTimes)


def time_to_list(env: dict[str, str], folder: Path, count: int) -> tuple[float, float, int]:
    """Seconds to the first screen, and from there to the list of all models; resident bytes at the end."""
    with Dashboard(env, str(folder)) as dashboard:
        # Looked at afterwards: reading the screen meanwhile would take a core from what is measured.
        time.sleep(12)
        screen = listed = 0.0
        for when, lines in dashboard.advance():
            text = "\n".join(lines)
            if not screen and "Models" in text and "Chat" in text and "╯" in text:
                screen = when - dashboard.started
            if screen and re.search(rf"\b{count} on disk", text):
                listed = when - dashboard.started
                break
        if not listed:
            raise SystemExit("the list was never complete\n" + dashboard.text())
        # The next start has what this one keeps once its scan has ended.
        lists = Path(env["XDG_CACHE_HOME"], "llmtui", "lists")
        end = time.monotonic() + 60
        while not (lists.is_dir() and any(lists.iterdir())):
            if time.monotonic() > end:
                raise SystemExit("the scan never ended\n" + dashboard.text())
            time.sleep(0.2)
        return screen, listed - screen, psutil.Process(dashboard.pid).memory_info().rss


class ListKeys:
    """Keys typed at a list, and the time until the screen shows what each did."""

    def __init__(self, dashboard: Dashboard) -> None:
        self._dashboard = dashboard
        self._pick = random.Random(1)

    def press(self, key: str, test: Callable[[list[str]], bool]) -> float:
        """Press a key; return the milliseconds until the screen passes the test."""
        # Not in step with any clock that draws.
        time.sleep(0.15 + self._pick.random() * 0.1)
        self._dashboard.screen()
        sent = self._dashboard.send(key)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            for when, lines in self._dashboard.advance():
                if test(lines):
                    return 1000 * (when - sent)
            time.sleep(0.002)
        raise SystemExit(f"{key!r} was never answered\n" + self._dashboard.text())

    def change(self, key: str) -> float:
        """Press a key; return the milliseconds until the rows look different."""
        rows = _rows(self._dashboard.screen())
        return self.press(key, lambda lines: _rows(lines) != rows)

    def step(self) -> float:
        """Go a row down; return the milliseconds until the detail is that of another model."""
        detail = _detail(self._dashboard.screen())
        return self.press(DOWN, lambda lines: _detail(lines) != detail)

    def sort(self) -> float:
        """Sort by the next column; return the milliseconds until the header names it."""
        found = _SORT.search("\n".join(self._dashboard.screen()))
        old = found[1] if found else ""

        def is_sorted(lines: list[str]) -> bool:
            order = _SORT.search("\n".join(lines))
            return order is not None and order[1] != old

        return self.press("s", is_sorted)

    def filter(self, query: str) -> list[float]:
        """Type a filter; return the milliseconds of each letter until its rows are counted."""
        self._dashboard.send("/")
        time.sleep(0.3)
        times: list[float] = []
        for end in range(1, len(query) + 1):
            typed = f"/ {query[:end]}".rstrip()
            before = _COUNTS.search("\n".join(self._dashboard.screen()))
            old = before[0] if before else ""
            times.append(self.press(query[end - 1], partial(_is_filtered, typed, old)))
        self._dashboard.send(ESCAPE)
        time.sleep(0.7)
        return times


def _rows(lines: list[str]) -> list[str]:
    return [line[: common.COLS // 2] for line in lines[8:24]]


def _detail(lines: list[str]) -> list[str]:
    return [line[: common.COLS // 2] for line in lines[24:32]]


def _is_filtered(typed: str, old_counts: str, lines: list[str]) -> bool:
    """Return True once the letter is in the input; the count may be the same for two letters."""
    text = "\n".join(lines)
    counts = _COUNTS.search(text)
    return typed in text and counts is not None and (counts[0] != old_counts or len(typed) > 3)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="models in the folder")
    parser.add_argument("--layers", type=int, default=2, help="layers of each: nine tensors a layer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", type=Path, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        sys.stdout.write(msgspec.json.encode(headless(options.child)).decode())
        return 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "models"
        write_large_folder(folder, options.count, options.layers)
        env = common.own_places(Path(place) / "headless", context=4096)
        cold = run_headless(folder, env)
        warm = [run_headless(folder, env) for _ in range(options.rounds)]
        print(f"{cold.models} rows with the catalogue; without a screen, empty caches:")
        print(f"      scanned {cold.scanned:.2f} s, judged {cold.judged:.2f} s, sorted {cold.listed:.3f} s")
        scanned = statistics.median(times.scanned for times in warm)
        print(f"      scanned with filled caches {scanned:.2f} s")
        filtered = [seconds for times in warm for seconds in times.filtered]
        print(f"      a letter of the filter {spread(filtered, ' ms', 1000)}")
        print(f"      resident {cold.resident_bytes / 2**20:.0f} MiB")
        cached = statistics.median(times.cached for times in warm)
        met = verdict("rows of the last list from the cache", cached, CACHE_TARGET, unit=" s")
        cold_lists: list[float] = []
        warm_lists: list[float] = []
        resident = 0
        for number in range(options.rounds):
            env = common.own_places(Path(place) / str(number), context=4096)
            # The on-disk count has the package's own model, too.
            for lists in (cold_lists, warm_lists):
                screen, listed, resident = time_to_list(env, folder, options.count + 1)
                lists.append(listed)
                print(f"      first screen {screen:.2f} s, list {listed:.2f} s after that")
        met &= verdict(
            "empty caches: list after the first screen", statistics.median(cold_lists), COLD_TARGET, unit=" s"
        )
        met &= verdict(
            "filled caches: list after the first screen",
            statistics.median(warm_lists),
            WARM_TARGET,
            unit=" s",
        )
        print(f"      the dashboard's process {resident / 2**20:.0f} MiB")
        with Dashboard(env, str(folder)) as dashboard:
            dashboard.wait_for(f"{options.count + 1} on disk", 60)
            # The first seconds judge the list; that is measured apart.
            time.sleep(10)
            keys = ListKeys(dashboard)
            letters = [
                ms for query in ("llama 8b", "coder", "gemma3 math", "v12") for ms in keys.filter(query)
            ]
            sorts = [keys.sort() for _ in range(10)]
            scrolls = [keys.change(key) for key in (_PAGE_DOWN,) * 10 + (_END, _HOME) * 5]
            steps = [keys.step() for _ in range(20)]
            contexts = [
                keys.press(key, _shows_context(tokens)) for key, tokens in (("]", 8192), ("[", 4096)) * 3
            ]
        for name, times in (
            ("a letter of the filter", letters),
            ("another order", sorts),
            ("a page or an end", scrolls),
            ("a row down", steps),
            ("another context", contexts),
        ):
            print(f"      {name}: {spread(times, ' ms')}")
            met &= verdict(f"{name}, p95", percentile(times, 0.95), KEY_TARGET, unit=" ms")
    return 0 if met else 1


def _shows_context(tokens: int) -> Callable[[list[str]], bool]:
    return lambda lines: any(f"ctx {tokens}" in line or f"[ {tokens} ]" in line for line in lines)


if __name__ == "__main__":
    sys.exit(main())
