"""Every quantization of one model side by side, each sized and judged like a model of its own."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

import msgspec

from tui.engine.options import LoadSettings
from tui.fit import judge
from tui.fit.quants import QuantTable, needs_tensors, quant_rows
from tui.fit.verdict import Fit
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.models.gguf.header import GgufError
from tui.models.model import Model
from tui.models.model_file import file_tensors
from tui.models.tensors.model_tensors import Tensor
from tui.sentences import reason
from tui.services.sizing import judge_models


async def quantization_table(
    model: Model, judge_one: Callable[[Model], Fit], models: Sequence[Model]
) -> QuantTable:
    """Return the quantizations of a model.

    Args:
        model: the one to start from; its file is read on another thread where its tensors are needed.
        judge_one: the verdict on a model, by what is known at once.
        models: the whole list, for quantizations of it that are on this disk.
    """
    own_tensors = await asyncio.to_thread(_own_tensors, model)
    return quant_rows(model, judge_one, models, own_tensors)


async def judged_quantization_table(
    model: Model,
    models: Sequence[Model],
    settings: LoadSettings,
    machine: Machine,
    reading: Reading | None,
) -> QuantTable:
    """Return the quantizations of a model, each judged by the engine's own size where it can be asked.

    `reading` is the machine as it is now; None for another machine than this.
    """
    table = await quantization_table(
        model, lambda _model: judge.unknown(reason("fit.parts_unknown"), settings), models
    )
    # In one go, since the engine is started once for all of them.
    judged = await judge_models([row.model for row in table.rows], settings, machine, reading)
    rows = (msgspec.structs.replace(row, fit=item.fit) for row, item in zip(table.rows, judged, strict=True))
    return msgspec.structs.replace(table, rows=tuple(rows))


def _own_tensors(model: Model) -> Sequence[Tensor] | None:
    """Return the tensors of the model's file; None where they are not needed or cannot be read now."""
    if model.file is None or not needs_tensors(model):
        return None
    # A file that went bad meanwhile costs only the other quantizations: their row says why.
    with contextlib.suppress(GgufError):
        return file_tensors(model.file)
    return None
