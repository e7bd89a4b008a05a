"""`llmtui fit`: verdicts and footprints."""

import asyncio
import itertools
import os
from collections.abc import Sequence
from typing import Any

import msgspec

from tui.chat.presets import preset_language
from tui.cli.arguments import wrong_usage
from tui.cli.change_output import offer_json
from tui.cli.fit_output import explain_verdicts, fit_json, is_unknown, print_verdicts
from tui.cli.options import Arguments, load_settings_of
from tui.cli.output import UserError, print_json, print_note, print_wrapped, unused_gpu
from tui.cli.pick_output import report_picks, speed_note
from tui.cli.quantization_output import report_quantizations
from tui.cli.scanning import scan_with_notes, search_progress
from tui.cli.side_by_side import explain_side_by_side, print_side_by_side, side_by_side_json
from tui.engine.options import LoadSettings
from tui.fit.verdict import Fit, Verdict
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.report import machine_report
from tui.hardware.system_memory import system_bytes
from tui.hardware.what_if import UnknownMachineError
from tui.i18n import _
from tui.languages import untranslated_languages
from tui.models.model import Model
from tui.sentences import reason
from tui.services.filtering.model_filter import counted, model_filter
from tui.services.finding import find_models
from tui.services.last_uses import LastUses
from tui.services.measuring import class_speeds
from tui.services.model_columns import sort_models
from tui.services.offers import offers_for
from tui.services.picks.picking import pick_models
from tui.services.picks.recommendation import PICKS
from tui.services.picks.wish import READING_SPEED, Wish, languages_of, task_named
from tui.services.quantizations import judged_quantization_table
from tui.services.sentences import json_fields, sentence
from tui.services.side_by_side import HERE_NAMES, NamedMachine, judge_side_by_side, named_machine
from tui.services.sizing import JudgedModel, judge_models, take_reading
from tui.services.trials.measured import measured_results
from tui.settings.settings import Settings
from tui.text import clean_line
from tui.units import format_bytes


def run(arguments: Arguments, settings: Settings) -> int:
    """Print the verdict on each model.

    Raises:
        FindingError: a model or a quantization is not known.
        UserError: a model that was named cannot be sized.
        SystemExit: the machine is not known; code 2, as for every wrong usage.
    """
    _check_picks(arguments)
    machines = _machines(arguments, settings)
    if len(machines) > 1:
        return _compare_machines(arguments, settings, machines)
    machine, what_if = machines[0].machine, not machines[0].is_here
    scan = scan_with_notes(settings)
    with search_progress() as on_folder:
        models = find_models(arguments.models, scan, arguments.quant, on_folder)
    reading = None if what_if else take_reading(machine)
    load = load_settings_of(arguments, settings, machine)
    if arguments.task is not None:
        return _print_picks(arguments, settings, models, load, machine, reading)
    if arguments.quants:
        return _print_quantizations(arguments, models, scan.models, load, machine, reading)
    judged = _chosen(asyncio.run(judge_models(models, load, machine, reading)), arguments)
    named = bool(arguments.models)
    offers = asyncio.run(offers_for(judged, load, scan.models, machine, reading)) if named else []
    if arguments.json:
        last_uses = LastUses().read()
        print_json(
            {
                "machine": _machine_json(machine, reading),
                "models": [
                    fit_json(item, last_uses) | (offer_json(offer) if offer else {})
                    for item, offer in itertools.zip_longest(judged, offers)
                ],
            }
        )
    else:
        _note_machine(machine, reading)
        if judged and judged[0].unused_gpu:
            print_note(unused_gpu(judged[0].unused_gpu))
        sized = [item for item in judged if not (named and is_unknown(item))]
        print_verdicts(sized, load.context)
        if arguments.fits and not arguments.filter and not judged:
            print_note(_("No model fits."))
        running = [item for item in sized if item.fit.verdict is not Verdict.TOO_BIG]
        if not what_if and running and all(map(_is_unmeasured, running)):
            print_note(_no_speeds())
        if named:
            explain_verdicts(judged, offers, load.context)
    unknown = [item for item in judged if is_unknown(item)]
    if named and unknown:
        *lines, last_line = [f"{item.model.label}: {sentence(item.fit.reason)}" for item in unknown]
        for line in lines:
            print_note(line)
        raise UserError(last_line)
    return 0


def _chosen(judged: list[JudgedModel], arguments: Arguments) -> list[JudgedModel]:
    """Return the models that are wanted, in the order that is wanted."""
    if arguments.fits:
        judged = [item for item in judged if item.fit.verdict in (Verdict.FITS, Verdict.TIGHT)]
    if arguments.filter is not None:
        fits = {item.model.key: item.fit for item in judged}
        wanted_models = model_filter(arguments.filter)
        keys = {model.key for model in wanted_models.matching([item.model for item in judged], fits)}
        if not arguments.json:
            if keys or wanted_models.understood:
                print_note(counted(arguments.filter, len(keys), len(judged)))
            if not keys:
                print_note(_no_match(arguments.filter))
        judged = [item for item in judged if item.model.key in keys]
    if arguments.sort is not None:
        fits = {item.model.key: item.fit for item in judged}
        order = [model.key for model in sort_models([item.model for item in judged], fits, arguments.sort)]
        judged.sort(key=lambda item: order.index(item.model.key))
    return judged


def _machines(arguments: Arguments, settings: Settings) -> list[NamedMachine]:
    """Return the machines to judge for, each once."""
    this_machine = detect_machine()
    try:
        machines = [
            named_machine(name, settings.machines, this_machine)
            for name in arguments.machine or HERE_NAMES[:1]
        ]
    except UnknownMachineError as error:
        wrong_usage("fit", sentence(error.reason))
    by_name: dict[str, NamedMachine] = {}
    for named in machines:
        by_name.setdefault(named.name.casefold(), named)
    return list(by_name.values())


def _compare_machines(arguments: Arguments, settings: Settings, machines: Sequence[NamedMachine]) -> int:
    """Print one list of models with the verdict for each machine; the first machine decides the order."""
    if arguments.quants:
        wrong_usage("fit", _("--quants takes one machine"))
    scan = scan_with_notes(settings)
    with search_progress() as on_folder:
        models = find_models(arguments.models, scan, arguments.quant, on_folder)
    reading = next((take_reading(named.machine) for named in machines if named.is_here), None)
    loads = [load_settings_of(arguments, settings, named.machine) for named in machines]
    rows = asyncio.run(judge_side_by_side(models, machines, loads, reading))
    if arguments.fits:
        rows = [row for row in rows if row.runs_everywhere]
    by_key = {row.model.key: row for row in rows}
    wanted = msgspec.structs.replace(arguments, fits=False)
    rows = [
        by_key[item.model.key]
        for item in _chosen([JudgedModel(row.model, row.fits[0]) for row in rows], wanted)
    ]
    if arguments.json:
        last_uses = LastUses().read()
        print_json(
            {
                "machine": _machine_json(machines[0].machine, reading if machines[0].is_here else None),
                "machines": [
                    {"machine": named.name} | _machine_json(named.machine, reading if named.is_here else None)
                    for named in machines
                ],
                "models": [side_by_side_json(row, machines, last_uses) for row in rows],
            }
        )
        return 0
    for named in machines:
        _note_machine(named.machine, reading if named.is_here else None)
    print_side_by_side(rows, machines, loads[0].context)
    if not rows and not arguments.filter:
        print_note(_("No model fits all of these machines."))
    for line in explain_side_by_side(rows, machines) if arguments.models else ():
        print_wrapped(line)
    return 0


def _check_picks(arguments: Arguments) -> None:
    """Refuse options that do not go together.

    Raises:
        SystemExit: code 2, as for every wrong usage.
    """
    if arguments.task is None:
        if arguments.language or arguments.top or arguments.speed is not None or arguments.commercial:
            wrong_usage("fit", _("--language, --top, --speed and --commercial go with --task"))
        return
    if arguments.models:
        wrong_usage("fit", _("--task picks from all models and takes no MODEL"))
    if (
        arguments.quants
        or arguments.quant
        or arguments.sort
        or arguments.fits
        or arguments.filter is not None
    ):
        wrong_usage("fit", _("--task goes without --quant, --quants, --sort, --fits and --filter"))
    if len(arguments.machine) > 1:
        wrong_usage("fit", _("--task takes one machine"))


def _own_language(settings: Settings, languages: Sequence[str]) -> str:
    """Return the user's language among those that models know, also where llmtui itself does not have it."""
    wanted = () if settings.preset_language else untranslated_languages(os.environ)
    return next((code for code in wanted if code in languages), preset_language(settings.preset_language))


def _print_picks(
    arguments: Arguments,
    settings: Settings,
    models: Sequence[Model],
    load: LoadSettings,
    machine: Machine,
    reading: Reading | None,
) -> int:
    """Print models for a task in place of the verdicts."""
    languages = languages_of(model.entry for model in models if model.entry is not None)
    language = arguments.language or _own_language(settings, languages)
    if language not in languages:
        wrong_usage(
            "fit",
            _("argument --language: no model knows {language}; choose from {languages}").format(
                language=clean_line(language), languages=", ".join(languages)
            ),
        )
    wish = Wish(
        task_named(arguments.task or ""),
        language,
        load.context,
        READING_SPEED if arguments.speed is None else arguments.speed,
        arguments.commercial,
    )

    async def judge_all(rows: Sequence[Model], row_settings: LoadSettings) -> list[Fit]:
        return [item.fit for item in await judge_models(rows, row_settings, machine, reading)]

    # Another machine was not measured here.
    measured = measured_results(machine) if reading is not None else ()
    recommendation = asyncio.run(
        pick_models(
            models,
            wish,
            load,
            judge_all,
            measured=measured,
            rough_speeds=class_speeds(machine) if reading is not None else None,
            count=arguments.top or PICKS,
        )
    )
    if not arguments.json:
        _note_machine(machine, reading)
    report_picks(recommendation, _machine_json(machine, reading) if arguments.json else None)
    if not arguments.json and reading is not None and (note := speed_note(recommendation)):
        print_note(note)
    return 0


def _print_quantizations(
    arguments: Arguments,
    models: Sequence[Model],
    every_model: Sequence[Model],
    load: LoadSettings,
    machine: Machine,
    reading: Reading | None,
) -> int:
    """Print every quantization of the one model, in place of the verdict on it."""
    if len(models) != 1:
        wrong_usage("fit", _("--quants takes one MODEL"))
    if arguments.sort or arguments.fits or arguments.filter:
        wrong_usage("fit", _("--quants goes without --sort, --fits and --filter"))
    table = asyncio.run(judged_quantization_table(models[0], every_model, load, machine, reading))
    if not arguments.json:
        _note_machine(machine, reading)
    report_quantizations(table, _machine_json(machine, reading) if arguments.json else None)
    return 0


def _machine_json(machine: Machine, reading: Reading | None) -> dict[str, Any]:
    # What this machine's own system takes is a part of what is in use here.
    own_bytes = None if reading is not None else system_bytes(machine.system, machine.memory_limit_bytes)
    why = None if own_bytes is not None else reason("services.system_bytes_in_use")
    return machine_report(machine, reading) | {
        "what_if": reading is None,
        "system_bytes": own_bytes,
        **json_fields("system_bytes_reason", why),
    }


def _note_machine(machine: Machine, reading: Reading | None) -> None:
    if reading is None:
        print_note(
            _("On {machine}, not this machine, with nothing else running. Its system takes {size}.").format(
                machine=sentence(machine.name),
                size=format_bytes(system_bytes(machine.system, machine.memory_limit_bytes)),
            )
        )


def _no_match(query: str) -> str:
    sentence_list = (
        _('No model matches "{query}".').format(query=clean_line(query)),
        _("Leave out a word, or write a part of a name, a language, a task, or a size such as <4gb."),
    )
    return " ".join(sentence_list)


def _no_speeds() -> str:
    return _('No speeds yet: "llmtui bench" measures this machine, in some ten seconds.')


def _is_unmeasured(item: JudgedModel) -> bool:
    return item.fit.speed is None or item.fit.speed.value is None
