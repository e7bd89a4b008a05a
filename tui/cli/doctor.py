"""`llmtui doctor`: what was detected, what is n/a and why."""

import asyncio
import platform
from pathlib import Path
from typing import Any, cast

import msgspec

import tui
from tui.cli.doctor_output import report_lines
from tui.cli.interrupt import INTERRUPTED
from tui.cli.options import Arguments
from tui.cli.output import print_json, print_line, print_note
from tui.cli.recording import open_replay, record
from tui.cli.store_output import store_lines, stores_json
from tui.engine.client import Engine
from tui.engine.failures import EngineFailure
from tui.engine.install import WheelOrigin, install_command, installed_build, wheel_origin
from tui.engine.protocol import EngineDevice, EngineReady
from tui.fit.engine_view import engine_notes, unused_instructions
from tui.hardware.detect import cpu_details, detect_machine
from tui.hardware.machine import Machine
from tui.hardware.report import machine_report
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of
from tui.i18n import _
from tui.models.model_folders import models_folder
from tui.sentences import Reason, reason
from tui.services.finding import scan_models, search_paths
from tui.services.sentences import json_fields, sentence, sentences
from tui.settings.app_folders import cache_folder, log_file, settings_file, state_folder
from tui.settings.settings import Settings
from tui.units import UNKNOWN, format_bytes

_LABEL_CELLS = 16


def run(arguments: Arguments, settings: Settings) -> int:
    """Print everything that is known of this machine and this engine, or record the machine.

    Raises:
        UserError: a recording cannot be written or read.
    """
    if arguments.record is not None:
        looks = record(arguments.record, arguments.seconds)
        if arguments.json:
            print_json({"folder": str(arguments.record), "looks": looks})
        # One look comes before the first second has passed.
        return 0 if looks > arguments.seconds else INTERRUPTED
    if arguments.replay is not None:
        return _replayed(arguments.replay, as_json=arguments.json)
    machine = detect_machine()
    name, features = cpu_details()
    machine = msgspec.structs.replace(
        machine, cpu=msgspec.structs.replace(machine.cpu, name=name, features=features)
    )
    reading = MachineSampler(machine, lambda _reading: None).take()
    engine, reasons = asyncio.run(_ask_engine())
    stores = scan_models(search_paths((), settings.folders, settings.skip_stores)).stores
    if arguments.json:
        report = {
            "version": tui.__version__,
            "python": platform.python_version(),
            "machine": machine_report(machine, reading),
            "engine": _engine_json(engine, machine),
            **_why_json(reasons),
            "stores": stores_json(stores),
        }
        print_json(_without_home(report))
        return 0
    for line in report_lines(machine, reading):
        print_line(line)
    print_line()
    cells = _label_cells()
    for line in _engine_lines(engine, reasons, machine, cells):
        print_line(line)
    print_line()
    for line in store_lines(stores, settings.skip_stores, cells):
        print_line(line)
    print_line()
    for title, path in (
        (_("models folder"), models_folder()),
        (_("settings"), settings_file()),
        (_("state"), state_folder()),
        (_("cache"), cache_folder()),
        (_("log"), log_file()),
    ):
        print_line(f"{title:<{cells}} {path}")
    return 0


def _replayed(folder: Path, *, as_json: bool) -> int:
    """Print what a recording tells of its machine: loads and rates are those from its start to its end."""
    replay = open_replay(folder, clock=lambda: 0.0)
    machine = detect_machine(interfaces=replay)
    sampler = MachineSampler(machine, lambda _reading: None, sources=sources_of(machine, replay))
    # The first look is what rates are counted from, those of graphics cards too.
    sampler.take()
    replay.forward(replay.sample_count - 1)
    reading = sampler.take()
    if as_json:
        report = {**json_fields("recording", replay.title), "machine": machine_report(machine, reading)}
        print_json(report | {"engine": None, **_why_json((reason("services.recording_without_engine"),))})
        return 0
    note = _(
        "A recording of {machine}, not this machine. Loads and powers are means from its start to its end."
    )
    print_note(note.format(machine=sentence(replay.title)))
    for line in report_lines(machine, reading):
        print_line(line)
    return 0


def _without_home(value: Any) -> Any:
    """The same with `~` for the home folder, so that it can be shown to strangers."""
    home = Path.home()
    match value:
        # A home at the root, as some containers have it, says nothing and is part of every path.
        case str() if home != Path(home.anchor):
            return value.replace(str(home), "~")
        case list():
            return [_without_home(item) for item in cast("list[Any]", value)]
        case dict():
            return {key: _without_home(item) for key, item in cast("dict[str, Any]", value).items()}
        case _:
            return value


async def _ask_engine() -> tuple[EngineReady | None, tuple[Reason, ...]]:
    """Return the engine, or None and why it does not answer."""
    if installed_build() is None:
        return None, (reason("services.engine_not_installed", command=install_command()),)
    try:
        engine = await Engine.start()
    except EngineFailure as failure:
        return None, failure.failed.reasons
    ready = engine.ready
    await engine.close()
    return ready, ()


def _why_json(reasons: tuple[Reason, ...]) -> dict[str, str | None]:
    return {
        "engine_reason": sentences(reasons) or None,
        "engine_reason_code": reasons[0].code if reasons else None,
    }


def _engine_json(engine: EngineReady | None, machine: Machine) -> dict[str, Any] | None:
    if engine is None:
        return None
    origin = wheel_origin()
    unused = unused_instructions(machine.cpu.features, engine.instructions)
    notes = _notes(engine, machine)
    return {
        "build": engine.build,
        "origin": origin,
        **json_fields("origin_reason", reason("services.engine_origin_untold") if origin is None else None),
        "instructions": list(engine.instructions),
        "unused_instructions": None if unused is None else list(unused),
        **json_fields(
            "unused_instructions_reason",
            reason("services.instructions_untold") if unused is None else None,
        ),
        "gpu_offload": engine.gpu_offload,
        "devices": [str(device) for device in engine.devices],
        "device_list": [_device_json(device) for device in engine.devices],
        "notes": [sentence(note) for note in notes],
        "note_codes": [note.code for note in notes],
    }


def _device_json(device: EngineDevice) -> dict[str, Any]:
    untold = reason("services.device_memory_untold")
    return {
        "name": device.name,
        "description": device.description,
        "kind": device.kind,
        "free_bytes": device.free_bytes,
        **json_fields("free_bytes_reason", untold if device.free_bytes is None else None),
        "total_bytes": device.total_bytes,
        **json_fields("total_bytes_reason", untold if device.total_bytes is None else None),
    }


def _label_cells() -> int:
    """Return the width of the labels below the figures of the machine."""
    labels = (_("engine"), _("models"), _("models folder"), _("settings"), _("state"), _("cache"), _("log"))
    return max(_LABEL_CELLS, *map(len, labels))


def _engine_lines(
    engine: EngineReady | None, reasons: tuple[Reason, ...], machine: Machine, cells: int
) -> list[str]:
    """Return the lines about the engine, the first with a label of so many cells."""
    if engine is None:
        values = [f"{UNKNOWN}: {sentences(reasons)}"]
    else:
        values = [_build_line(engine.build, wheel_origin())]
        if engine.instructions:
            values.append(_instructions_line(engine, machine))
        values += map(_device_line, engine.devices)
        values += map(sentence, _notes(engine, machine))
    label = _("engine")
    return [f"{label if number == 0 else '':<{cells}} {value}" for number, value in enumerate(values)]


def _build_line(build: str, origin: WheelOrigin | None) -> str:
    match origin:
        case "published":
            return _("{build}, ready-made by its publisher").format(build=build)
        case "built":
            return _("{build}, built on a machine like this").format(build=build)
        case None:
            return build


def _instructions_line(engine: EngineReady, machine: Machine) -> str:
    instructions = " ".join(engine.instructions)
    match unused_instructions(machine.cpu.features, engine.instructions):
        case None:
            return _("uses {instructions}").format(instructions=instructions)
        case ():
            return _("uses {instructions}: all that help here").format(instructions=instructions)
        case unused:
            return _("uses {instructions}, and not this processor's {unused}").format(
                instructions=instructions, unused=" ".join(unused)
            )


def _device_line(device: EngineDevice) -> str:
    if device.kind == "cpu" or device.total_bytes is None or device.free_bytes is None:
        return str(device)
    return _("{device}, {free} free of {total}").format(
        device=device, free=format_bytes(device.free_bytes), total=format_bytes(device.total_bytes)
    )


def _notes(engine: EngineReady, machine: Machine) -> list[Reason]:
    return engine_notes(machine, engine.devices, engine.gpu_offload, engine.instructions)
