"""`llmtui fit`: verdicts and footprints."""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

from tui.cli.arguments import wrong_usage
from tui.cli.changes import offer_json, offers_for, print_offer
from tui.cli.library import find_models
from tui.cli.options import Arguments, load_settings_of
from tui.cli.output import UserError, print_json, print_line, print_note, print_table, unused_gpu
from tui.cli.sizing import Judged, judge_models
from tui.engine.options import LoadSettings
from tui.fit.changes.offer import Offer
from tui.fit.speed_words import prompt_sentence, size_sign, speed_word
from tui.fit.verdict import Fit, Speed, Verdict
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.report import machine_report
from tui.hardware.sampler import MachineSampler
from tui.hardware.what_if import UnknownMachineError, machine_named
from tui.i18n import _
from tui.models.model import Model
from tui.sentences import Reason, reason
from tui.services.sentences import json_fields, sentence
from tui.settings.settings import Settings
from tui.units import UNKNOWN, format_bytes, format_count


def run(arguments: Arguments, settings: Settings) -> int:
    """Print the verdict on each model; 1 when one that was named cannot be sized.

    Raises:
        UserError: a model or a quantization is not known.
        SystemExit: the machine is not known; code 2, as for every wrong usage.
    """
    machine, what_if = _machine(arguments, settings)
    models = find_models(arguments.models, settings, arguments.quant)
    reading = None if what_if else MachineSampler(machine, lambda _reading: None).take()
    load = load_settings_of(arguments, settings, machine)
    if arguments.quants:
        return _quants(arguments, settings, models, load, machine, reading)
    judged = asyncio.run(judge_models(models, load, machine, reading))
    offers = asyncio.run(offers_for(judged, load, settings, machine, reading)) if arguments.models else []
    if arguments.json:
        print_json(
            {
                "machine": _machine_json(machine, reading),
                "models": [
                    as_json(item) | (offer_json(offer) if offer else {})
                    for item, offer in itertools.zip_longest(judged, offers)
                ],
            }
        )
    else:
        _tell_machine(machine, reading)
        if judged and judged[0].unused:
            print_note(unused_gpu(judged[0].unused))
        named = bool(arguments.models)
        known = [item for item in judged if not (named and _unknown(item))]
        _print(known)
        running = [item for item in known if item.fit.verdict is not Verdict.TOO_BIG]
        if not what_if and running and all(map(_unmeasured, running)):
            print_note(_('No speeds yet: "llmtui bench" measures this machine, in some ten seconds.'))
        if named:
            _explain(judged, offers, load.context)
    unknown = [item for item in judged if _unknown(item)]
    if arguments.models and unknown:
        *others, last = [f"{item.model.label}: {sentence(item.fit.reason)}" for item in unknown]
        for line in others:
            print_note(line)
        raise UserError(last)
    return 0


def _machine(arguments: Arguments, settings: Settings) -> tuple[Machine, bool]:
    """The machine to judge for, and whether it is another one than this."""
    here = detect_machine()
    if arguments.machine is None:
        return here, False
    try:
        return machine_named(arguments.machine, settings.machines, here), True
    except UnknownMachineError as error:
        wrong_usage("fit", sentence(error.reason))


def _quants(
    arguments: Arguments,
    settings: Settings,
    models: Sequence[Model],
    load: LoadSettings,
    machine: Machine,
    reading: Reading | None,
) -> int:
    """Every quantization of the one model, in place of the verdict on it."""
    # Only here, for it takes from this room what it has in common with it.
    from tui.cli.quants import quants_of, report_quants

    if len(models) != 1:
        wrong_usage("fit", _("--quants takes one MODEL"))
    table = quants_of(models[0], settings, load, machine, reading)
    if not arguments.json:
        _tell_machine(machine, reading)
    report_quants(table, _machine_json(machine, reading) if arguments.json else None)
    return 0


def _machine_json(machine: Machine, reading: Reading | None) -> dict[str, Any]:
    return machine_report(machine, reading) | {"what_if": reading is None}


def _tell_machine(machine: Machine, reading: Reading | None) -> None:
    if reading is None:
        print_note(
            _("On {machine}, not this machine, with nothing else running.").format(machine=machine.name)
        )


def _unknown(item: Judged) -> bool:
    return item.fit.verdict is Verdict.UNKNOWN


def _unmeasured(item: Judged) -> bool:
    return item.fit.speed is None or item.fit.speed.value is None


def _explain(judged: Sequence[Judged], offers: Sequence[Offer], asked_context: int) -> None:
    for item, offer in zip(judged, offers, strict=True):
        if _unknown(item):
            continue
        print_line(f"{item.model.label}: {sentence(item.fit.reason)}")
        if item.fit.prompt_speed is not None and item.fit.prompt_speed.value is not None:
            print_line(f"{item.model.label}: {prompt_sentence(item.fit.prompt_speed)}")
        if item.fit.context < asked_context:
            print_line(
                _("{model}: at a context of {context}, the longest it was trained for").format(
                    model=item.model.label, context=item.fit.context
                )
            )
        print_offer(offer)


def _print(judged: Sequence[Judged]) -> None:
    if not judged:
        return
    rows = [
        [_("verdict"), _("model"), _("quant"), _("needs"), _("tok/s"), _("longest context"), _("on disk")]
    ]
    rows += [
        [
            item.fit.verdict.value,
            item.model.name,
            item.model.quant,
            needs(item.fit),
            speed_word(item.fit.speed),
            format_count(item.fit.max_context) if item.fit.max_context else "-",
            _("yes") if item.model.on_disk else _("no"),
        ]
        for item in judged
    ]
    print_table(rows, right=frozenset({3, 4, 5}))


def _no_context(item: Judged) -> Reason:
    if item.fit.pool is not None and not item.fit.pool.free_known:
        return reason("fit.free_unknown")
    return reason("fit.no_context_fits") if item.fit.footprint else item.fit.reason


def needs(fit: Fit) -> str:
    """The size as the dashboard's list has it, after its sign."""
    if fit.footprint is None:
        return UNKNOWN
    return size_sign(fit) + format_bytes(fit.footprint.total_bytes)


def as_json(item: Judged) -> dict[str, Any]:
    """A model with its verdict under the keys that scripts rely on."""
    model, fit = item.model, item.fit
    footprint = fit.footprint
    return {
        "name": model.name,
        "path": str(model.path) if model.path else None,
        "path_reason": None if model.on_disk else "not on this disk",
        "quant": model.quant,
        "context": fit.context,
        "kv_type": fit.kv_type,
        "verdict": fit.verdict.value,
        **json_fields("reason", fit.reason),
        "footprint": footprint
        and {
            "weights_bytes": footprint.weights_bytes,
            "kv_bytes": footprint.kv_bytes,
            "compute_bytes": footprint.compute_bytes,
            "process_bytes": footprint.process_bytes,
            "total_bytes": footprint.total_bytes,
            "source": footprint.source,
        },
        **json_fields("footprint_reason", None if footprint else fit.reason),
        "pool": sentence(fit.pool.name) if fit.pool else None,
        **json_fields("pool_reason", None if fit.pool else fit.reason),
        "gpu_layers": fit.gpu_layers,
        "cpu_experts": fit.cpu_experts,
        "device_bytes": fit.device_bytes,
        "host_bytes": fit.host_bytes,
        "max_context": fit.max_context,
        **json_fields("max_context_reason", None if fit.max_context else _no_context(item)),
        "measured_bytes": fit.measured_bytes,
        **json_fields("measured_bytes_reason", None if fit.measured_bytes else reason("fit.never_ran")),
        "tokens_per_second": _speed_json(fit.speed),
        "prompt_tokens_per_second": _speed_json(fit.prompt_speed),
    }


def _speed_json(speed: Speed | None) -> dict[str, Any]:
    speed = speed or Speed(None, None, reason=reason("fit.speed_unmeasured"))
    fields: dict[str, Any] = {}
    for key in ("value", "source", "low", "high"):
        fields[key] = getattr(speed, key)
        fields |= json_fields(f"{key}_reason", None if fields[key] is not None else speed.reason)
    return fields
