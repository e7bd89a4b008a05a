"""Kills the dashboard, its engine, or both, at random moments of real replies, and looks at what is left.

`python -m tests.chat.kill_dashboard --times 200` prints the most text that was missing, in seconds. The
dashboard runs without a terminal, and tells on its standard output what its conversation holds.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from textual.pilot import Pilot

from tests.chat.conversations import result_of
from tests.waiting import PATIENCE_SECONDS, until
from tui.chat.messages import Reply
from tui.chat.reply_prompts import ReplyPrompts
from tui.chat.storage.store import ConversationStore
from tui.engine.install import installed_build
from tui.services.finding import SearchPaths
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp

LONGEST_SECONDS = 3.0
"""After a reply began, or its first letters came, within which something is killed."""
LEAST_SECONDS = 0.6
"""What was told this shortly before a kill need not be kept."""
LOOK_SECONDS = 0.03
QUESTION = "Write a long story about a fox."
SETTINGS = Settings(max_tokens=120, context=2048, measure_speed=False)


# The dashboard


async def drive(pilot: Pilot[None], app: LlmtuiApp) -> None:
    """Load the model and talk without end: ask, ask again, go on; load again when the engine is gone."""
    dashboard = app.dashboard
    conversation, chat = dashboard.chat.conversation, dashboard.chat
    states: dict[int, tuple[str, bool]] = {}

    def tell() -> None:
        for message in conversation.all_messages:
            state = (message.text, message.id == conversation.open_reply_id)
            if states.get(message.id) != state:
                states[message.id] = state
                _tell(message=message.id, role=message.role, text=state[0], open=state[1])

    await until(lambda: dashboard.models.listing.shown_models and dashboard.models.detail.fit, "the list")
    number = 0
    while True:
        if dashboard.engine_pid is None:
            if number:
                # Here, since it may also go between two replies.
                _tell(gone=True)
            await pilot.press("f2", "enter")
            await until(lambda: dashboard.models.listing.loaded_key is not None, "the load")
            await pilot.press("f3")
        number += 1
        last = conversation.messages[-1] if conversation.messages else None
        cut = isinstance(last, Reply) and last.interrupted is not None and conversation.can_continue
        key = "ctrl+l" if cut else "ctrl+r" if last is not None and number % 3 == 0 else "enter"
        if key == "enter":
            chat.prompt.text = QUESTION
        await pilot.press(key)
        # The engine may be gone, and the question declined, before one looks.
        await until(lambda: chat.answering or dashboard.engine_pid is None, "the question")
        tell()
        _tell(engine=dashboard.engine_pid)
        while chat.answering:
            tell()
            await asyncio.sleep(LOOK_SECONDS)
        tell()


async def run_dashboard() -> None:
    """The dashboard with its pilot, till it is killed."""
    app = LlmtuiApp(SETTINGS, SearchPaths(), installed_build())
    async with app.run_test(size=(120, 40)) as pilot:
        await drive(pilot, app)


def _tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


# Whoever kills it


class Driven:
    """A dashboard that talks by itself, and what it told."""

    def __init__(self, folder: Path) -> None:
        names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
        self.folder = folder
        self.messages: dict[int, list[tuple[float, str, bool]]] = {}
        """From a message's id to when it had which text, and whether it was open."""
        self.engine: int | None = None
        self.gone = 0
        """How often the engine went."""
        self.replies = 0
        """How often a reply was asked for."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chat.kill_dashboard", "--dashboard"],
            stdout=subprocess.PIPE,
            stderr=(folder / "errors.log").open("ab"),
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, **{name: str(folder / name) for name in names}},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def processes(self) -> list[psutil.Process]:
        """The dashboard and everything that it started."""
        me = psutil.Process(self._process.pid)
        return [me, *me.children(recursive=True)]

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """Wait for the end and for the last that was told."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        if self._process.stdout:
            self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with contextlib.suppress(ValueError):
                self._hear(json.loads(line))

    @property
    def letters(self) -> int:
        """Of all that was said."""
        return sum(len(times[-1][1]) for times in list(self.messages.values()))

    def _hear(self, facts: dict[str, Any]) -> None:
        if "engine" in facts:
            self.engine = facts["engine"]
            self.replies += 1
        elif "gone" in facts:
            self.gone += 1
        else:
            self.messages.setdefault(facts["message"], []).append((time.time(), facts["text"], facts["open"]))


def wait(condition: Callable[[], object], description: str) -> None:
    """Wait till something is so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, description
        time.sleep(0.02)


def missing_seconds(driven: Driven, killed: float) -> float:
    """Check what is kept of the newest conversation; returns how much text is missing, in seconds.

    Raises:
        AssertionError: something is lost or doubled.
    """
    file = driven.folder / "XDG_DATA_HOME" / "llmtui" / "conversations.sqlite"
    store = ConversationStore(file)
    newest = max(result_of(store.list_conversations()), key=lambda row: row.created)
    record = result_of(store.read_conversation(newest.id))
    assert store.close()
    db = sqlite3.connect(file)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    if not driven.running:
        assert db.execute("SELECT count(*) FROM messages WHERE writer IS NOT NULL").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM pieces").fetchone() == (0,)
    db.close()
    prompts = ReplyPrompts.from_deltas(
        record.prompts, {message.id: message.id for message in record.messages}
    )
    for message in record.messages:
        if isinstance(message.message, Reply) and message.message.text:
            assert QUESTION in (prompts.get(message.id) or ""), "a prompt is lost"
            assert 1 <= len(message.message.part_settings) <= message.message.parts
    states = [driven.messages[id] for id in sorted(driven.messages)]
    stored_texts = [message.message.text for message in record.messages]
    # One that was asked but not yet told, with its answer, may be there too.
    assert len(stored_texts) <= len(states) + 2, (len(states), len(stored_texts))
    for times in states[len(stored_texts) :]:
        assert killed - times[0][0] < LEAST_SECONDS, "a message is lost"
    worst = 0.0
    for times, text in zip(states, stored_texts, strict=False):
        last = times[-1][1]
        assert text.startswith(last) or last.startswith(text), (text, last)
        if len(text) < len(last):
            assert times[-1][2] or killed - times[-1][0] < LEAST_SECONDS, "a closed message is cut"
            worst = max(
                worst, killed - next(time for time, text_then, _open in times if len(text_then) > len(text))
            )
    return worst


def kill_once(driven: Driven, target: str, after: float, *, at_once: bool) -> float:
    """Kill something so many seconds after a reply began, or its first letters came unless `at_once`.

    Returns the seconds of text that are missing.
    """
    replies = driven.replies
    wait(lambda: driven.replies > replies and driven.engine, "a reply")
    letters = driven.letters
    wait(lambda: at_once or driven.letters > letters, "its first letters")
    time.sleep(after)
    processes, engine, gone = driven.processes(), driven.engine, driven.gone
    killed = time.time()
    if target in ("engine", "both") and engine is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(engine, signal.SIGKILL)
    if target == "engine":
        wait(lambda: driven.gone > gone, "the news that the engine is gone")
        wait(lambda: not psutil.pid_exists(engine or 0), "the engine's end")
        return missing_seconds(driven, killed)
    driven.end()
    # THEN no process is left over
    _gone, alive = psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)
    assert alive == [], alive
    return missing_seconds(driven, killed)


def run(times: int, seed: int, say: Callable[[str], None] = lambda _line: None) -> float:
    """Do it so often on one file; returns the most seconds of text that were missing."""
    draw = random.Random(seed)
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        driven = Driven(Path(folder))
        try:
            for number in range(times):
                if not driven.running:
                    driven = Driven(Path(folder))
                target = ("dashboard", "engine", "both")[number % 3]
                after, at_once = draw.uniform(0, LONGEST_SECONDS), number % 4 == 0
                missing = kill_once(driven, target, after, at_once=at_once)
                worst = max(worst, missing)
                say(f"{number + 1} {target}: {missing:.2f} s missing, {driven.letters} letters were there")
        finally:
            processes = driven.processes() if driven.running else []
            driven.end()
            psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)
    return worst


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dashboard", action="store_true")
    options = parser.parse_args()
    if options.dashboard:
        with contextlib.suppress(BrokenPipeError):
            asyncio.run(run_dashboard())
    else:
        worst = run(options.times, options.seed, lambda line: print(line, flush=True))
        print(f"{options.times} kills; at most {worst:.2f} s of text missing")
