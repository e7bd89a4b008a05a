"""Changes that would make a model fit, with exact figures where there is an engine to ask."""

import asyncio
from collections.abc import Iterable, Sequence

from tui.engine.options import LoadSettings
from tui.fit.changes.offer import ChangeStart, Offer, make_offer
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.machine import Machine
from tui.hardware.programs import Program, largest_programs
from tui.hardware.reading import Reading
from tui.models.model import Model
from tui.services.sizing import JudgedModel, open_sizer, pools_for

_PROGRAMS = 12
"""Programs that are looked at for what could be closed."""


def programs_to_close(fits: Iterable[Fit]) -> tuple[Program, ...]:
    """Return the largest programs of this machine; none unless closing one could change a verdict."""
    if any(fit.verdict is Verdict.TIGHT for fit in fits):
        return largest_programs(_PROGRAMS)
    return ()


async def offer_for(
    start: ChangeStart, sizer: Sizer, pools: Sequence[Pool], models: Sequence[Model], *, close_programs: bool
) -> Offer:
    """Return the changes that help a model.

    Args:
        start: the model with its verdict and the settings of that.
        sizer: the engine's sizes.
        pools: memory of the machine that it was judged for.
        models: the whole list, for other quantizations of the model on this disk.
        close_programs: True for this machine as it is now, whose programs could be closed.
    """
    programs = await asyncio.to_thread(programs_to_close, [start.fit]) if close_programs else ()
    return await make_offer(start, sizer, pools, models, programs)


async def offers_for(
    judged: Sequence[JudgedModel],
    settings: LoadSettings,
    models: Sequence[Model],
    machine: Machine,
    reading: Reading | None,
) -> list[Offer]:
    """Return the changes that help each model, sized as the models are.

    Args:
        judged: the models with their verdicts.
        settings: those that they were judged with.
        models: the whole list, for other quantizations of a model on this disk.
        machine: the machine that they were judged for.
        reading: that machine as it is now; None for another machine than this.
    """
    programs = programs_to_close(model.fit for model in judged) if reading is not None else ()
    async with open_sizer() as sizer:
        machine_pools = pools_for(sizer, machine, reading)
        return [
            await make_offer(
                ChangeStart(item.model, item.fit, settings), sizer, machine_pools, models, programs
            )
            for item in judged
        ]
