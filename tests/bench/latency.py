"""Latency: a key typed while the model generates, and Esc, until the screen and the engine have followed."""

import argparse
import asyncio
import random
import re
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from tests.bench import common
from tests.bench.common import Dashboard, percentile, spread, verdict
from tests.terminal import ENTER, ESCAPE, ctrl
from tui.engine.client import Engine
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings, SamplingSettings
from tui.engine.protocol import Finished, PromptProgress, Text

KEY_TARGET = STOP_TARGET = 50.0
_ENDED = re.compile(r"tok/s · \d+ tokens")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PROMPT_WORDS = 2400
"""Words of a prompt of somewhat more than 3,000 tokens."""


class CpuWatch:
    """Notes a process's processor time every two milliseconds, to see when it stopped computing."""

    def __init__(self, pid: int) -> None:
        self._tasks = [path / "schedstat" for path in Path(f"/proc/{pid}/task").iterdir()]
        self._samples: list[tuple[float, float]] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while not self._done.is_set():
            used = 0
            for path in self._tasks:
                try:
                    used += int(path.read_text().split()[0])
                except OSError:
                    continue
            self._samples.append((time.monotonic(), used / 1e9))
            time.sleep(0.002)

    def stopped_after(self, moment: float) -> float:
        """Seconds from a moment to the last interval in which half a core or more was used."""
        self._done.set()
        self._thread.join()
        last = moment
        for (start, used), (end, more) in zip(self._samples, self._samples[1:], strict=False):
            if start >= moment and (more - used) / (end - start) >= 0.5:
                last = end
        return last - moment


def measure_keys(dashboard: Dashboard, count: int) -> list[float]:
    """Seconds from each of `count` keys to the first screen that shows it, typed while a reply streams.

    None are counted when the reply ended meanwhile.
    """
    _ask(dashboard, common.LONG_QUESTION)
    pick = random.Random(1)
    typed = "zz"
    dashboard.send(typed)
    time.sleep(0.3)
    dashboard.screen()
    sent: list[float] = []
    for _number in range(count):
        letter = pick.choice(LETTERS)
        typed += letter
        sent.append(dashboard.send(letter))
        # Not in step with the clock that draws.
        time.sleep(0.12 + pick.random() * 0.1)
    waits = _shown_after(dashboard, typed, sent)
    ended = any(_ENDED.search(line) for line in dashboard.screen())
    if not ended:
        dashboard.send(ESCAPE)
        dashboard.wait_for("stopped")
    dashboard.send(ctrl("u") + ctrl("k"))
    return [] if ended else waits


def _shown_after(dashboard: Dashboard, typed: str, sent: list[float]) -> list[float]:
    """Seconds from each of the last keys to the screen that shows all letters up to it."""
    waits: list[float] = []
    drawn_before = len(typed) - len(sent)
    for when, lines in dashboard.advance():
        while _prompt_holds(lines, typed[: drawn_before + len(waits) + 1]):
            waits.append(when - sent[len(waits)])
            if len(waits) == len(sent):
                return waits
    raise SystemExit("a key was never shown\n" + dashboard.text())


def _prompt_holds(lines: list[str], typed: str) -> bool:
    # A long prompt wraps; its last letters are enough to tell.
    tail = typed[-8:]
    return any(tail in line.replace("│", "") for line in lines[-14:])


def measure_reply_stop(dashboard: Dashboard, engine: psutil.Process) -> tuple[float, float]:
    """Seconds from Esc in the middle of a reply to a screen that says so, and to an engine at rest."""
    _ask(dashboard, common.LONG_QUESTION)
    time.sleep(0.8 + random.random() * 0.4)
    return _stop(dashboard, engine)


def measure_prompt_stop(dashboard: Dashboard, engine: psutil.Process, number: int) -> tuple[float, float]:
    """The same in the middle of reading a long prompt that was pasted."""
    text = " ".join(
        f"{number}word{index % 97}" if index % 50 == 0 else "forest" for index in range(PROMPT_WORDS)
    )
    dashboard.paste(text)
    time.sleep(0.5)
    dashboard.send(ENTER)
    dashboard.wait_for("Reading the prompt", 20)
    time.sleep(random.random() * 0.3)
    return _stop(dashboard, engine)


def _ask(dashboard: Dashboard, question: str) -> None:
    dashboard.send(ctrl("n"))
    time.sleep(0.3)
    dashboard.send(question)
    time.sleep(0.2)
    dashboard.send(ENTER)
    dashboard.wait_for("▌", 20)
    time.sleep(0.5)


def _stop(dashboard: Dashboard, engine: psutil.Process) -> tuple[float, float]:
    dashboard.screen()
    watch = CpuWatch(engine.pid)
    time.sleep(0.02)
    pressed = dashboard.send(ESCAPE)
    time.sleep(0.6)
    at_rest = watch.stopped_after(pressed)
    stop_time = next(
        (
            when
            for when, lines in dashboard.advance()
            if any("stopping" in line or "stopped" in line for line in lines)
        ),
        None,
    )
    if stop_time is None:
        raise SystemExit("the screen did not say that it stopped\n" + dashboard.text())
    dashboard.send(ctrl("n"))
    time.sleep(0.3)
    return stop_time - pressed, at_rest


async def measure_client_stops(count: int, threads: int, *, prompt: bool) -> list[float]:
    """Seconds from `Engine.stop` to its `Finished`, in the middle of a reply or of a long prompt."""
    engine = await Engine.start()
    waits: list[float] = []
    try:
        await engine.load(common.model_path(), LoadSettings(threads=threads))
        for number in range(count):
            question = common.LONG_QUESTION
            if prompt:
                question = f"{number} " + "forest " * PROMPT_WORDS
            waits.append(await _client_stop(engine, question, prompt))
    finally:
        await engine.close()
    return waits


async def _client_stop(engine: Engine, question: str, prompt: bool) -> float:
    pressed = 0.0
    loop = asyncio.get_running_loop()

    def press() -> None:
        nonlocal pressed
        pressed = time.monotonic()
        engine.stop()

    sampling = SamplingSettings(temperature=0.8)
    async for event in engine.generate(AnswerRequest((ChatMessage("user", question),), sampling)):
        begun = isinstance(event, PromptProgress) if prompt else isinstance(event, Text)
        if begun and not pressed:
            pressed = -1.0
            loop.call_later(0.15 + random.random() * 0.4, press)
        if isinstance(event, Finished):
            if event.reason != "stopped":
                raise SystemExit(f"it ended by itself before it was stopped: {event.reason}")
            return time.monotonic() - pressed
    raise SystemExit("the engine failed")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--stops", type=int, default=12)
    parser.add_argument("--threads", type=int, default=psutil.cpu_count(logical=False) or 1)
    parser.add_argument("--noise", type=float, default=5.0)
    options = parser.parse_args()
    print(f"others use {common.wait_for_quiet(options.noise, 120):.0f} % of the machine")
    met = True
    with tempfile.TemporaryDirectory() as folder:
        env = common.own_places(Path(folder), temperature=0.0, threads=options.threads)
        with Dashboard(env) as dashboard:
            dashboard.load_first_model()
            engine = dashboard.engine()
            time.sleep(2)
            waits: list[float] = []
            while len(waits) < options.keys:
                waits += measure_keys(dashboard, min(20, options.keys - len(waits)))
            met &= _tell("key to screen while generating", waits, KEY_TARGET)
            stops = [measure_reply_stop(dashboard, engine) for _ in range(options.stops)]
            met &= _tell("Esc in a reply: screen says so", [screen for screen, _ in stops], STOP_TARGET)
            met &= _tell("Esc in a reply: engine at rest", [engine for _, engine in stops], STOP_TARGET)
            stops = [measure_prompt_stop(dashboard, engine, number) for number in range(options.stops)]
            met &= _tell("Esc in a prompt: screen says so", [screen for screen, _ in stops], STOP_TARGET)
            met &= _tell("Esc in a prompt: engine at rest", [engine for _, engine in stops], STOP_TARGET)
    for prompt in (False, True):
        waits = asyncio.run(measure_client_stops(options.stops, options.threads, prompt=prompt))
        met &= _tell(f"client.stop in a {'prompt' if prompt else 'reply'}: finished", waits, STOP_TARGET)
    return 0 if met else 1


def _tell(name: str, waits: list[float], target: float) -> bool:
    print(f"      {spread(waits, ' ms', 1000)}")
    return verdict(f"{name}, p95", percentile(waits, 0.95) * 1000, target, unit=" ms")


if __name__ == "__main__":
    sys.exit(main())
