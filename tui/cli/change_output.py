"""Changes that would make a model fit, as `llmtui fit` prints them."""

from typing import Any

from tui.cli.output import print_wrapped
from tui.engine.options import LoadSettings
from tui.fit.changes.change import Change
from tui.fit.changes.offer import Offer
from tui.fit.changes.words import describe, describe_with_gain, floor_reason, floor_words
from tui.fit.verdict import Verdict
from tui.sentences import reason
from tui.services.sentences import json_fields


def print_offer(offer: Offer) -> None:
    """Print a line for each change, or one that nothing helps; none for a model that fits."""
    for change in offer.changes:
        print_wrapped(describe_with_gain(change))
    if offer.floor is not None:
        print_wrapped(floor_words(*offer.floor))


def offer_json(offer: Offer) -> dict[str, Any]:
    """Return the changes under the keys that scripts rely on, and the reason where there are none."""
    why = None
    if offer.floor is not None:
        why = floor_reason(*offer.floor)
    elif not offer.changes:
        why = reason("fit.it_fits") if offer.fit.verdict is Verdict.FITS else offer.fit.reason
    return {
        "changes": [_change_json(offer, change) for change in offer.changes],
        **json_fields("changes_reason", why),
    }


def _change_json(offer: Offer, change: Change) -> dict[str, Any]:
    """Return a change with context, KV type and quantization as they would be, changed or not."""
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
