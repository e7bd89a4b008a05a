"""What was measured on this machine: its rates, and every run of a model. One SQLite file."""

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
from tui.fit.rates import Rates
from tui.hardware.machine import Machine
from tui.models.active_weights import active_bytes_of, prompt_weights_of
from tui.models.model import Model
from tui.settings.app_folders import data_folder
from tui.units import GIB

log = logging.getLogger(__name__)

_VERSION = 1
"""Of the tables; a file of a newer version is left alone."""
_WAIT_SECONDS = 0.5
"""For another llmtui that writes at the same moment."""
_RUNS = 2000
"""The newest runs that are looked at."""

_TABLES = """
CREATE TABLE IF NOT EXISTS rates (
    machine TEXT, build TEXT, threads INTEGER, device TEXT, at REAL, rates TEXT,
    PRIMARY KEY (machine, build, threads, device)
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
    """With name and quantization, what tells the file from others of its name."""
    context: int
    kv_type: str
    gpu_layers: int
    threads: int
    predicted_bytes: int | None
    """Peak of the engine's process, as it was predicted."""
    measured_bytes: int | None
    """Peak as it was seen."""
    prompt_tokens: int
    """Of the prompt, those that were read and not cached."""
    prompt_tps: float | None
    generated_tokens: int
    generation_tps: float | None
    active_bytes: dict[str, int] = {}
    """Bytes of weights read per token, by tensor type; empty when they were not known."""
    layers: int = 0
    prompt_weights: dict[str, int] = {}
    """Weights that each token of a prompt is multiplied by, by tensor type; empty when not known."""


def run_of(
    model: Model, settings: LoadSettings, threads: int, predicted_bytes: int | None, metrics: ReplyMetrics
) -> Run:
    """What is kept of a reply; `settings` are those that the model was loaded with."""
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
        prompt_tokens=metrics.prompt_tokens - metrics.cached_tokens,
        prompt_tps=metrics.prompt_tps,
        generated_tokens=metrics.generated_tokens,
        generation_tps=metrics.generation_tps,
        active_bytes=active_bytes_of(model) or {},
        layers=model.shape.layers if model.shape else 0,
        prompt_weights=prompt_weights_of(model) or {},
    )


def machine_key(machine: Machine) -> str:
    """Tells this machine from another one that shares the file: a digest, no names and no serial numbers."""
    facts = [
        machine.system.split()[-1],
        str(machine.cpu.physical_cores),
        str(round(machine.memory_limit_bytes / GIB)),
        *(f"{gpu.name}:{round((gpu.memory_bytes.value or 0) / GIB)}" for gpu in machine.gpus),
    ]
    return hashlib.sha1("|".join(facts).encode(), usedforsecurity=False).hexdigest()[:16]


class MeasurementStore:
    """Runs and rates of one machine and one build of the engine. What fails is logged and costs itself."""

    def __init__(self, file: Path, machine: str, build: str) -> None:
        """`machine` is a `machine_key`."""
        self._machine, self._build = machine, build
        self._db = self._try(lambda: _open(file), None)
        self.problem: str | None = None if self._db else f"{file} cannot be used"
        """Why nothing is kept, None while all is well."""

    def rates(self, threads: int, device: str = "cpu") -> Rates | None:
        """What a calibration measured with so many threads; None when there was none."""
        key = (self._machine, self._build, threads, device)
        query = "SELECT rates FROM rates WHERE (machine, build, threads, device) = (?, ?, ?, ?)"
        row = self._try(lambda: self._execute(query, key).fetchone(), None)
        return self._try(lambda: msgspec.json.decode(row[0], type=Rates), None) if row else None

    def set_rates(self, threads: int, rates: Rates, device: str = "cpu") -> None:
        """Keep a calibration in place of the one before."""
        values = (
            self._machine,
            self._build,
            threads,
            device,
            time.time(),
            msgspec.json.encode(rates).decode(),
        )
        self._try(
            lambda: self._execute("INSERT OR REPLACE INTO rates VALUES (?, ?, ?, ?, ?, ?)", values), None
        )

    def add(self, run: Run) -> None:
        """Keep a run."""
        values = (self._machine, self._build, time.time(), run.model, msgspec.json.encode(run).decode())
        query = "INSERT INTO runs (machine, build, at, model, run) VALUES (?, ?, ?, ?, ?)"
        self._try(lambda: self._execute(query, values), None)

    def runs(self) -> list[Run]:
        """The runs of this machine and build, the newest first."""
        query = "SELECT run FROM runs WHERE (machine, build) = (?, ?) ORDER BY at DESC, id DESC LIMIT ?"
        rows = self._try(lambda: self._execute(query, (self._machine, self._build, _RUNS)).fetchall(), [])
        found: list[Run] = []
        for (text,) in rows:
            with contextlib.suppress(msgspec.MsgspecError):
                found.append(msgspec.json.decode(text, type=Run))
        return found

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def _execute(self, query: str, values: tuple[object, ...]) -> sqlite3.Cursor:
        if self._db is None:
            raise sqlite3.OperationalError("the file is closed")
        with self._db:
            return self._db.execute(query, values)

    def _try(self, action: Callable[[], T], otherwise: T) -> T:
        """A disk that is full, read-only or broken costs the memory of it, never the program."""
        try:
            return action()
        except (sqlite3.Error, OSError, msgspec.MsgspecError) as error:
            log.warning("measurements: %s", error)
            return otherwise


def open_measurements(machine: Machine, build: str) -> MeasurementStore:
    """The measurements of a machine and a build, where the user's data is kept."""
    return MeasurementStore(data_folder() / "measurements.sqlite", machine_key(machine), build)


def _open(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _prepared(file)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        # Not a database any more: put aside, for somebody may want to look at it.
        file.replace(file.with_suffix(".broken"))
        return _prepared(file)


def _prepared(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=_WAIT_SECONDS)
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise sqlite3.OperationalError(f"{file} was written by a newer llmtui")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        with db:
            db.executescript(_TABLES)
            db.execute(f"PRAGMA user_version = {_VERSION}")
    except sqlite3.Error:
        db.close()
        raise
    return db
