"""Measurements of this machine, in one SQLite file: its rates, and every run of a model."""

import contextlib
import hashlib
import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from tui.engine.options import LoadSettings
from tui.engine.reply_metrics import ReplyMetrics
from tui.fit.combined_rates import combine_rates
from tui.fit.rates import Rates
from tui.hardware.machine import Machine
from tui.models.active_weights import active_bytes_of, prompt_weights_of
from tui.models.model import Model
from tui.settings.app_folders import data_folder
from tui.units import GIB

log = logging.getLogger(__name__)

_VERSION = 1
"""Version of the tables; a file of a newer one is left alone."""
_WAIT_SECONDS = 0.5
"""Seconds to wait for another llmtui that writes at the same moment."""
_RUNS = 2000
"""Number of runs that are read, the newest."""
_CALIBRATIONS = 5
"""Number of calibrations that count, the newest."""
_OLD_SECONDS = 180 * 86_400.0
"""Age after which a calibration counts only where there is no younger one."""

_TABLES = """
CREATE TABLE IF NOT EXISTS rates (
    machine TEXT, build TEXT, threads INTEGER, device TEXT, at REAL, rates TEXT,
    PRIMARY KEY (machine, build, threads, device)
);
CREATE TABLE IF NOT EXISTS calibrations (
    id INTEGER PRIMARY KEY, machine TEXT, build TEXT, threads INTEGER, device TEXT, at REAL, rates TEXT
);
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, machine TEXT, build TEXT, at REAL, model TEXT, run TEXT
);
CREATE INDEX IF NOT EXISTS runs_by_machine ON runs (machine, build, at);
"""

T = TypeVar("T")


class Run(msgspec.Struct, frozen=True):
    """A reply of a model on this machine: what was predicted and what was measured."""

    model: str
    quant: str
    weights_bytes: int
    """Identifies the file, together with name and quantization."""
    context: int
    kv_type: str
    gpu_layers: int
    threads: int
    predicted_bytes: int | None
    """Predicted peak of the engine's process; None when the model could not be sized."""
    measured_bytes: int | None
    """Measured peak; None when it could not be read."""
    prompt_tokens: int
    """Tokens of the prompt that were read, without the cached ones."""
    prompt_tps: float | None
    generated_tokens: int
    generation_tps: float | None
    active_bytes: dict[str, int] = {}
    """Bytes of weights read per token, by tensor type; empty when not known."""
    layers: int = 0
    prompt_weights: dict[str, int] = {}
    """Weights that each token of a prompt is multiplied by, by tensor type; empty when not known."""
    cpu_share: float | None = None
    """Share of the time that its threads could have had in which they ran, 0 to 1; None when not known."""


def run_of(
    model: Model,
    settings: LoadSettings,
    threads: int,
    predicted_bytes: int | None,
    metrics: ReplyMetrics,
    possible_share: float = 1.0,
) -> Run:
    """Return the run to keep of a reply.

    `settings` are those that the model was loaded with, and `possible_share` is the share of their time that
    the threads can have.
    """
    share = metrics.cpu_share
    return Run(
        model=model.name,
        quant=model.quant,
        weights_bytes=model.weights_bytes,
        context=settings.context,
        kv_type=settings.kv_type,
        gpu_layers=settings.gpu_layers,
        threads=threads,
        predicted_bytes=predicted_bytes,
        measured_bytes=metrics.peak_bytes,
        prompt_tokens=metrics.read_tokens or 0,
        prompt_tps=metrics.prompt_tps,
        generated_tokens=metrics.generated_tokens,
        generation_tps=metrics.generation_tps,
        active_bytes=active_bytes_of(model) or {},
        layers=model.shape.layers if model.shape else 0,
        prompt_weights=prompt_weights_of(model) or {},
        cpu_share=None if share is None else min(1.0, share / possible_share),
    )


def machine_key(machine: Machine) -> str:
    """Return a digest that identifies a machine among those that share the file; no serial numbers go in."""
    facts = [
        machine.system.split()[-1],
        str(machine.cpu.physical_cores),
        str(round(machine.memory_limit_bytes / GIB)),
        *(f"{gpu.name}:{round((gpu.memory_bytes.value or 0) / GIB)}" for gpu in machine.gpus),
    ]
    return hashlib.sha1("|".join(facts).encode(), usedforsecurity=False).hexdigest()[:16]


class _ClosedError(sqlite3.OperationalError):
    """No file is open, or it was closed."""


class _NewerVersionError(sqlite3.OperationalError):
    """The file was written by a newer version."""


class MeasurementStore:
    """Runs and rates of one machine and one build of the engine.

    A failure of the disk or the database is logged, and loses the measurement; nothing is raised.
    """

    def __init__(self, file: Path, machine: str, build: str) -> None:
        """Open the file, or make it; `machine` is a `machine_key`."""
        self._machine, self._build = machine, build
        self._db = self._try(lambda: _open(file), None)

    @property
    def is_open(self) -> bool:
        """False when the file cannot be used, so that nothing is kept."""
        return self._db is not None

    def rates(self, threads: int, device: str = "cpu") -> Rates | None:
        """Return the rates by all calibrations with so many threads; None when there was none.

        One that other programs disturbed does not outweigh the others; see `combine_rates`.
        """
        calibrations = self._calibrations(threads, device)
        newest = max((seconds for seconds, _rates in calibrations), default=0.0)
        young = [rates for seconds, rates in calibrations if seconds >= newest - _OLD_SECONDS]
        return combine_rates(young) if young else None

    def add_rates(self, threads: int, rates: Rates, device: str = "cpu") -> None:
        """Keep a calibration beside those before it."""
        key = (self._machine, self._build, threads, device)
        # A file of an older version has one calibration, in the table that only such versions read.
        legacy = (
            "INSERT INTO calibrations (machine, build, threads, device, at, rates)"
            " SELECT machine, build, threads, device, at, rates FROM rates"
            " WHERE (machine, build, threads, device) = (?, ?, ?, ?) AND NOT EXISTS"
            " (SELECT 1 FROM calibrations WHERE (machine, build, threads, device) = (?, ?, ?, ?))"
        )
        query = (
            "INSERT INTO calibrations (machine, build, threads, device, at, rates) VALUES (?, ?, ?, ?, ?, ?)"
        )
        values = (*key, time.time(), msgspec.json.encode(rates).decode())
        self._try(lambda: self._execute(legacy, key * 2), None)
        self._try(lambda: self._execute(query, values), None)
        combined = self.rates(threads, device)
        values = (*key, time.time(), msgspec.json.encode(combined).decode())
        self._try(
            lambda: self._execute("INSERT OR REPLACE INTO rates VALUES (?, ?, ?, ?, ?, ?)", values), None
        )

    def forget(self) -> tuple[int, int]:
        """Delete what was measured on this machine, with every build; return the calibrations and runs."""
        tables = ("calibrations", "rates", "runs")
        counts = [
            self._try(
                lambda table=table: (
                    self._execute(f"DELETE FROM {table} WHERE machine = ?", (self._machine,)).rowcount
                ),
                0,
            )
            for table in tables
        ]
        return max(counts[0], counts[1]), counts[2]

    def _calibrations(self, threads: int, device: str) -> list[tuple[float, Rates]]:
        """Return when each of the newest calibrations was made and what it measured, the newest first."""
        key = (self._machine, self._build, threads, device)
        where = "FROM {table} WHERE (machine, build, threads, device) = (?, ?, ?, ?)"
        query = f"SELECT at, rates {where} ORDER BY at DESC, rowid DESC LIMIT {_CALIBRATIONS}"
        rows: list[tuple[float, str]] = []
        for table in ("calibrations", "rates"):
            sql = query.format(table=table)
            rows = rows or self._try(lambda sql=sql: self._execute(sql, key).fetchall(), [])
        calibrations: list[tuple[float, Rates]] = []
        for seconds, text in rows:
            with contextlib.suppress(msgspec.MsgspecError):
                calibrations.append((seconds, msgspec.json.decode(text, type=Rates)))
        return calibrations

    def add(self, run: Run) -> None:
        """Keep a run."""
        values = (self._machine, self._build, time.time(), run.model, msgspec.json.encode(run).decode())
        query = "INSERT INTO runs (machine, build, at, model, run) VALUES (?, ?, ?, ?, ?)"
        self._try(lambda: self._execute(query, values), None)

    def runs(self) -> list[Run]:
        """Return the runs of this machine and build, the newest first."""
        query = "SELECT run FROM runs WHERE (machine, build) = (?, ?) ORDER BY at DESC, id DESC LIMIT ?"
        rows = self._try(lambda: self._execute(query, (self._machine, self._build, _RUNS)).fetchall(), [])
        runs: list[Run] = []
        for (text,) in rows:
            with contextlib.suppress(msgspec.MsgspecError):
                runs.append(msgspec.json.decode(text, type=Run))
        return runs

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def _execute(self, query: str, values: tuple[object, ...]) -> sqlite3.Cursor:
        if self._db is None:
            raise _ClosedError
        with self._db:
            return self._db.execute(query, values)

    def _try(self, action: Callable[[], T], fallback: T) -> T:
        """Return the result of `action`; `fallback` when the disk is full, read-only or broken."""
        try:
            return action()
        except (sqlite3.Error, OSError, msgspec.MsgspecError) as error:
            log.warning("measurements: %r", error)
            return fallback


def open_measurements(machine: Machine, build: str) -> MeasurementStore:
    """Return the measurements of a machine and a build, in the user's data folder."""
    return MeasurementStore(data_folder() / "measurements.sqlite", machine_key(machine), build)


def _open(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connect(file)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        # A file that is no database is renamed, not deleted: somebody may want to look at it.
        file.replace(file.with_suffix(".broken"))
        return _connect(file)


def _connect(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=_WAIT_SECONDS)
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            log.warning("%s was written by a newer llmtui and is left alone", file)
            raise _NewerVersionError
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        with db:
            db.executescript(_TABLES)
            db.execute(f"PRAGMA user_version = {_VERSION}")
    except sqlite3.Error:
        db.close()
        raise
    return db
