"""Results of tasks in one SQLite file: kept as they come, for each machine, model and set of tasks."""

import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tui.chat.trials.result import TrialResult
from tui.chat.trials.task import TaskSet
from tui.fit.measurements import machine_key
from tui.hardware.machine import Machine
from tui.models.content import content_print
from tui.models.model import Model, Use
from tui.sentences import Reason, reason
from tui.settings.app_folders import data_folder

log = logging.getLogger(__name__)

_VERSION = 1
"""Version of the tables; a file of a newer one is left alone."""
_WAIT_SECONDS = 5.0
"""Seconds to wait for another llmtui that writes at the same moment."""

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, machine TEXT, task_set TEXT, name TEXT, at REAL, trials TEXT
);
CREATE TABLE IF NOT EXISTS results (
    run INTEGER, model TEXT, label TEXT, task TEXT, seed INTEGER, use TEXT, mark TEXT, at REAL, result TEXT,
    PRIMARY KEY (run, model, task, seed)
);
CREATE INDEX IF NOT EXISTS runs_by_set ON runs (machine, task_set);
"""
_NEWEST_MARKS = """
SELECT runs.task_set, runs.name, results.model, results.label, results.use, results.mark, MAX(results.at),
    runs.trials
FROM results JOIN runs ON runs.id = results.run
WHERE runs.machine = ? AND results.use != ''
GROUP BY runs.task_set, results.model, results.task, results.seed
ORDER BY MAX(results.at)
"""


class KeptScore(msgspec.Struct, frozen=True):
    """Score of a model in the tasks of one set that measure one thing, by its newest results."""

    model_key: str
    """Identity of the file's content; see `model_key`."""
    model: str
    """Name and quantization when it was measured."""
    use: Use
    set_name: str
    set_digest: str
    passed: int
    total: int
    """Trials, each seed counted; those whose engine failed have not passed."""
    seconds: float
    """Time of the newest result, in seconds since 1970."""
    is_complete: bool
    """True when it has as many trials as the newest run of the set began with."""


def model_key(model: Model) -> str:
    """Return the identity of a model's file by its content, whatever it is called; may wait for the disk."""
    content = content_print(model.file) if model.file is not None else ""
    return content or f"{model.place}|{model.label}|{model.weights_bytes}"


class _NewerStoreError(sqlite3.OperationalError):
    """The file was written by a newer version."""


class TrialStore:
    """Results of one machine. A failure of the disk loses no answer of the run: it is told in `problem`."""

    def __init__(self, file: Path, machine: str) -> None:
        """Open the file, or make it; `machine` is a `machine_key`."""
        self._machine = machine
        self._file = file
        self._db: sqlite3.Connection | None = None
        self.problem: Reason | None = None
        """Reason why results are not kept or read; None where they are."""
        try:
            self._db = _connect(file)
        except _NewerStoreError:
            self.problem = reason("services.trials_newer_file", file=str(file))
        except (sqlite3.Error, OSError) as error:
            self._fail(error)

    def begin(self, tasks: TaskSet) -> int:
        """Begin a run of a set of tasks, and return its number; 0 where nothing is kept."""
        counts = Counter(task.use for task, _seed in tasks.trials if task.use is not None)
        trials = msgspec.json.encode(counts).decode()
        values = (self._machine, tasks.digest, tasks.name, time.time(), trials)
        if self._db is None:
            return 0
        try:
            with self._db:
                query = "INSERT INTO runs (machine, task_set, name, at, trials) VALUES (?, ?, ?, ?, ?)"
                return self._db.execute(query, values).lastrowid or 0
        except sqlite3.Error as error:
            self._fail(error)
            return 0

    def newest_run(self, tasks: TaskSet) -> int | None:
        """Return the number of the newest run of a set of tasks; None where there was none."""
        query = "SELECT MAX(id) FROM runs WHERE machine = ? AND task_set = ?"
        rows = self._execute(query, (self._machine, tasks.digest))
        return rows[0][0] if rows else None

    def add(self, run: int, key: str, label: str, use: Use | None, result: TrialResult) -> None:
        """Keep a result; it replaces one of the same run, model, task and seed."""
        try:
            data = msgspec.json.encode(result).decode()
        except (msgspec.MsgspecError, ValueError, TypeError) as error:
            self._fail(error)
            return
        values = (run, key, label, result.task, result.seed, use or "", result.mark, time.time(), data)
        self._execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def results(self, run: int, key: str) -> tuple[TrialResult, ...]:
        """Return the results of a model in a run, marked as kept."""
        results: list[TrialResult] = []
        for (text,) in self._execute("SELECT result FROM results WHERE run = ? AND model = ?", (run, key)):
            try:
                result = msgspec.json.decode(text, type=TrialResult)
            except msgspec.MsgspecError as error:
                # One that cannot be read is asked again.
                log.warning("kept result: %r", error)
                continue
            results.append(msgspec.structs.replace(result, was_kept=True))
        return tuple(results)

    def scores(self) -> list[KeptScore]:
        """Return the score of each model, set and use on this machine, by its newest results."""
        counts: dict[tuple[str, str, str], KeptScore] = {}
        for digest, name, key, label, use, mark, seconds, trials in self._execute(
            _NEWEST_MARKS, (self._machine,)
        ):
            previous = counts.get((digest, key, use))
            total = (previous.total if previous else 0) + 1
            counts[digest, key, use] = KeptScore(
                model_key=key,
                model=label,
                use=use,
                set_name=name,
                set_digest=digest,
                passed=(previous.passed if previous else 0) + (mark == "pass"),
                total=total,
                seconds=seconds,
                is_complete=total >= msgspec.json.decode(trials, type=dict[str, int]).get(use, 0),
            )
        return list(counts.values())

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def _execute(self, query: str, values: Sequence[object]) -> "list[tuple[Any, ...]]":
        if self._db is None:
            return []
        try:
            with self._db:
                return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._fail(error)
            return []

    def _fail(self, error: Exception) -> None:
        log.warning("kept results: %r", error)
        self.problem = reason("services.trials_not_kept", file=str(self._file), error=str(error))


def open_trial_store(machine: Machine) -> TrialStore:
    """Return the results of a machine, in the user's data folder."""
    return TrialStore(data_folder() / "task_results.sqlite", machine_key(machine))


def _connect(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(file, timeout=_WAIT_SECONDS)
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise _NewerStoreError
        db.execute("PRAGMA journal_mode = WAL")
        with db:
            db.executescript(_TABLES)
            db.execute(f"PRAGMA user_version = {_VERSION}")
    except sqlite3.Error:
        db.close()
        raise
    return db
