"""Changes that would make a model fit, with exact figures where there is an engine to ask."""

from collections.abc import Iterable, Sequence

from tui.engine.options import LoadSettings
from tui.fit.changes.offer import ChangeStart, Offer, make_offer
from tui.fit.verdict import Fit, Verdict
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
