"""What would make the named models fit, under the verdicts of `llmtui fit`."""

from collections.abc import Sequence
from typing import Any

from tui.cli.library import listed_models
from tui.cli.output import print_line
from tui.cli.sizing import Judged, open_sizer, pools_for
from tui.engine.options import LoadSettings
from tui.fit.changes.change import Change
from tui.fit.changes.offer import ChangeStart, Offer, make_offer
from tui.fit.changes.words import describe, describe_with_gain, floor_words
from tui.fit.verdict import Verdict
from tui.hardware.machine import Machine
from tui.hardware.programs import Program, largest_programs
from tui.hardware.reading import Reading
from tui.i18n import _
from tui.services.sentences import sentence
from tui.settings.settings import Settings

_PROGRAMS = 12
"""Programs that are looked at for what could be closed."""


async def offers_for(
    judged: Sequence[Judged],
    load: LoadSettings,
    settings: Settings,
    machine: Machine,
    reading: Reading | None,
) -> list[Offer]:
    """What can be changed about each, sized as the models are; `reading` is None elsewhere than here."""
    programs: tuple[Program, ...] = ()
    if reading is not None and any(item.fit.verdict is Verdict.TIGHT for item in judged):
        programs = largest_programs(_PROGRAMS)
    others = listed_models(settings)
    async with open_sizer() as sizer:
        found = pools_for(sizer, machine, reading)
        return [
            await make_offer(ChangeStart(item.model, item.fit, load), sizer, found, others, programs)
            for item in judged
        ]


def print_offer(offer: Offer) -> None:
    """A line for each change, or one that nothing helps; none for a model that fits."""
    for change in offer.changes:
        print_line(describe_with_gain(change))
    if offer.floor is not None:
        print_line(floor_words(*offer.floor))


def offer_json(offer: Offer) -> dict[str, Any]:
    """The changes under the keys that scripts rely on, and why there are none."""
    why = None
    if offer.floor is not None:
        why = floor_words(*offer.floor)
    elif not offer.changes:
        why = _("it fits") if offer.fit.verdict is Verdict.FITS else sentence(offer.fit.reason)
    return {"changes": [_change_json(offer, change) for change in offer.changes], "changes_reason": why}


def _change_json(offer: Offer, change: Change) -> dict[str, Any]:
    """Context, KV type and quantization as they would be, changed or not."""
    fit = offer.fit
    setup = change.apply(offer.model, LoadSettings(context=fit.context, kv_type=fit.kv_type))
    return {
        "kind": change.kind,
        "description": describe(change),
        "frees_bytes": change.frees_bytes,
        "verdict": change.verdict.value,
        "context": setup.settings.context,
        "kv_type": setup.settings.kv_type,
        "quant": setup.model.quant,
        "downloads": change.downloads,
        "programs": [
            {
                "name": program.name,
                "pids": [process.pid for process in program.processes],
                "memory_bytes": program.memory_bytes,
            }
            for program in setup.programs_to_close
        ],
    }
