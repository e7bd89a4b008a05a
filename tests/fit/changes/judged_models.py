"""Models under a verdict, for tests of the changes that help them."""

import msgspec

from tests.fit.machines import RAM_NAME, UNIFIED_NAME
from tui.engine.options import LoadSettings
from tui.fit.board import fit_model, settings_for
from tui.fit.changes.change import Change
from tui.fit.changes.context import ShorterContext
from tui.fit.changes.kv_type import SmallerKvType
from tui.fit.changes.offer import ChangeStart, judge_by_formula
from tui.fit.changes.search import Judge, find_changes
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.programs import ProcessId, Program
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model
from tui.models.model import Model, ModelFile
from tui.units import GIB, MIB

ENTRIES = {entry.name: entry for entry in load_catalogue().entries}
QWEN = ENTRIES["Qwen2.5-7B-Instruct"]
M1 = [Pool(UNIFIED_NAME, "unified", 5461 * MIB, 5461 * MIB, 0)]
"""The memory that macOS gives to graphics on a machine with 8 GB, all of it free."""
VERDICT_ORDER = list(Verdict)
BY_FORMULA = Sizer(None)


class JudgedModel(msgspec.Struct):
    """A model under a verdict, and a judge of other settings."""

    model: Model
    fit: Fit
    pools: list[Pool]
    settings: LoadSettings
    judge: Judge

    def changes(
        self, models: tuple[Model, ...] = (), programs: tuple[Program, ...] = ()
    ) -> tuple[Change, ...]:
        """Return the changes that help it, with these models in the list and these programs open."""
        return find_changes(self.model, self.fit, self.pools, self.settings, self.judge, models, programs)


def judged_on(
    model: Model, pools: list[Pool], context: int = 8192, kv_type: str = "f16", previous: Fit | None = None
) -> JudgedModel:
    """Judge a model by the closed form on these pools."""
    load = LoadSettings(context=context, kv_type=kv_type)
    model_load = settings_for(model, load)
    fit = fit_model(model, BY_FORMULA.known_size(model, model_load), pools, model_load, previous)
    judge = judge_by_formula(ChangeStart(model, fit, load), BY_FORMULA, pools)
    return JudgedModel(model, fit, pools, load, judge)


def on_disk(name: str, quant: str) -> Model:
    """Return a model of the catalogue with a file on this disk."""
    model = catalogue_model(ENTRIES[name], quant)
    path = f"/models/{name}-{quant}.gguf"
    file = ModelFile(path, (path,), 1, 0, name, quant, "own", model.weights_bytes, model.shape)
    return msgspec.structs.replace(model, file=file)


def program(name: str, memory_bytes: int, pid: int = 100) -> Program:
    """Return a program of one process."""
    process = ProcessId(pid, 1.0)
    return Program(name, (process,), (process,), memory_bytes)


def model_of(change: Change) -> Model:
    """Return the model that a change takes; QWEN where it keeps the model."""
    return change.apply(catalogue_model(QWEN), LoadSettings()).model


def context_of(change: Change) -> int | None:
    """Return the context that a change shortens to; None where it keeps the context."""
    return next((step.context for step in change.steps if isinstance(step, ShorterContext)), None)


def kv_type_of(change: Change) -> str | None:
    """Return the KV type that a change takes; None where it keeps the type."""
    return next((step.kv_type for step in change.steps if isinstance(step, SmallerKvType)), None)


def kinds(changes: tuple[Change, ...]) -> list[str]:
    """Return the names of changes in JSON."""
    return [change.kind for change in changes]


def ram(free_bytes: int, capacity_bytes: int = 16 * GIB) -> list[Pool]:
    """Return RAM with a reserve of 1 GiB, as the only pool."""
    return [Pool(RAM_NAME, "ram", capacity_bytes, free_bytes, GIB)]
