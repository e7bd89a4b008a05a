"""The arguments of every command in one struct."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from tui.engine.options import KvType, LoadSettings
from tui.hardware.machine import Machine
from tui.services.sizing import generation_threads
from tui.settings.settings import Settings


class Arguments(msgspec.Struct, frozen=True, kw_only=True):
    """Arguments of the command line; a command reads what concerns it."""

    command: str | None = None
    """None for the dashboard."""
    paths: Sequence[Path] = ()
    """Files and folders for the dashboard's list."""
    models: Sequence[str] = ()
    """Catalogue names or paths."""
    model: str = ""
    """The one model of `run` and `bench`."""
    tasks: Sequence[str | Path] = ()
    """Tasks that `compare` asks: by any name that `tasks_named` takes, or a file of the user's own."""
    repeat: int | None = None
    """Seeds that `compare` asks each task of a file with; None for those of the file."""
    resume: bool = False
    """True to let `compare` go on with the last run of a file of tasks."""
    kept: bool = False
    """True to let `compare` show the results that are kept, and ask nothing."""
    example_tasks: str | None = None
    """File that `compare` writes an example of tasks to; `-` for stdout, None for no example."""
    markdown: bool = False
    """True if `compare` writes Markdown."""
    prompt: str | None = None
    json: bool = False
    ctx: int | None = None
    kv: KvType | None = None
    quant: str | None = None
    quants: bool = False
    """Every quantization of the one model of `fit`."""
    sort: str | None = None
    """Name of the column that orders the models of `fit`; None for the order of the list or of the names."""
    fits: bool = False
    """Only the models of `fit` that fit or are tight."""
    filter: str | None = None
    """Words that must hold for the models of `fit`; None for all models."""
    machine: Sequence[str] = ()
    """Machines, by any name that `named_machine` takes; none for this one."""
    task: str | None = None
    """Task that `fit` picks models for; None for the verdicts on models."""
    language: str | None = None
    """Code of the language of that task; None for that of the presets."""
    top: int | None = None
    """Number of picks; None for three."""
    speed: float | None = None
    """Tokens per second that a pick has to reach; None for reading speed."""
    commercial: bool = False
    """Only picks whose licence allows commercial use."""
    max_tokens: int | None = None
    temperature: float | None = None
    seed: int | None = None
    stop: Sequence[str] | None = None
    """Texts that end the answer of `run`, as they were typed; None for those of the settings."""
    system: str | None = None
    shell: str = ""
    """The shell that `completion` prints the script for."""
    record: Path | None = None
    """Folder that `doctor` records this machine into."""
    seconds: int = 10
    """Time for which it does."""
    yes: bool = False
    """True to let `pull` download without asking."""
    list: bool = False
    """True to let `pull` only list the quantizations."""
    anyway: bool = False
    """True to let `bench` measure the machine although other programs are at work."""
    forget: bool = False
    """True to let `bench` delete what was measured on this machine."""
    replay: Path | None = None
    """Folder of a recording that stands in for this machine."""


def load_settings_of(arguments: Arguments, settings: Settings, machine: Machine) -> LoadSettings:
    """Return how to load on a machine, as the command line says, else as the settings do."""
    return LoadSettings(
        context=arguments.ctx or settings.context,
        kv_type=arguments.kv or settings.kv_type,
        threads=generation_threads(settings, machine),
    )
