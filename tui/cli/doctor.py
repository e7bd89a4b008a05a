"""`llmtui doctor`: what was detected, what is n/a and why."""

import asyncio
import platform
from pathlib import Path
from typing import Any, cast

import msgspec

import tui
from tui.cli.options import Arguments
from tui.cli.output import print_json, print_line, unused_gpu
from tui.engine.build import installed_build
from tui.engine.client import Engine, EngineFailure
from tui.engine.protocol import Ready
from tui.fit.pools import short_gpu_name
from tui.hardware.detect import cpu_details, detect_machine
from tui.hardware.machine import Machine
from tui.hardware.report import machine_report, report_lines
from tui.hardware.sampler import Sampler
from tui.i18n import _
from tui.models.places import models_folder
from tui.settings import Settings, cache_folder, log_file, settings_file


def run(arguments: Arguments, settings: Settings) -> int:
    """Print everything that is known of this machine and this engine."""
    machine = detect_machine()
    name, features = cpu_details()
    machine = msgspec.structs.replace(
        machine, cpu=msgspec.structs.replace(machine.cpu, name=name, features=features)
    )
    reading = Sampler(machine, lambda _reading: None).take()
    engine, reason = asyncio.run(_ask_engine())
    if arguments.json:
        report = {
            "version": tui.__version__,
            "python": platform.python_version(),
            "machine": machine_report(machine, reading),
            "engine": _engine_json(engine),
            "engine_reason": reason,
        }
        print_json(_without_home(report))
        return 0
    for line in report_lines(machine, reading):
        print_line(line)
    print_line()
    for line in _engine_lines(engine, reason, machine):
        print_line(line)
    print_line()
    for title, path in (
        (_("models folder"), models_folder()),
        (_("settings"), settings_file()),
        (_("cache"), cache_folder()),
        (_("log"), log_file()),
    ):
        print_line(f"{title:<16} {path}")
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


async def _ask_engine() -> tuple[Ready | None, str | None]:
    if installed_build() is None:
        return None, _("llama-cpp-python is not installed; install it with: pip install llama-cpp-python")
    try:
        engine = await Engine.start()
    except EngineFailure as failure:
        return None, str(failure)
    ready = engine.ready
    await engine.close()
    return ready, None


def _engine_json(engine: Ready | None) -> dict[str, Any] | None:
    return engine and {
        "build": engine.build,
        "gpu_offload": engine.gpu_offload,
        "devices": list(engine.devices),
    }


def _engine_lines(engine: Ready | None, reason: str | None, machine: Machine) -> list[str]:
    if engine is None:
        return [f"{_('engine'):<16} n/a: {reason}"]
    lines = [f"{_('engine'):<16} {engine.build}"]
    lines += [f"{'':<16} {device}" for device in engine.devices]
    if machine.gpus and not engine.gpu_offload:
        lines.append(f"{'':<16} " + unused_gpu(short_gpu_name(machine.gpus[0].name)))
    return lines
