"""What the dashboard looks for when it starts, off the screen's thread, and the messages that bring it."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from textual.message import Message

from tui.hardware.detect import cpu_details, detect_machine
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.recording.replay import Replay
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of
from tui.models.catalogue.catalogue import load_catalogues
from tui.models.library import scan_library
from tui.models.listing import catalogue_models
from tui.models.model import Model
from tui.sentences import Reason


class Places(msgspec.Struct, frozen=True):
    """Where to look for models besides llmtui's own folder and installed packages."""

    folders: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()


class MachineFound(Message):
    """The machine has been looked at, or its processor's full name was found."""

    def __init__(self, machine: Machine, sampler: MachineSampler) -> None:
        super().__init__()
        self.machine = machine
        self.sampler = sampler


class Sampled(Message):
    """A new reading."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading

    def can_replace(self, message: Message) -> bool:
        """Only the newest reading counts."""
        return isinstance(message, Sampled)


class ModelsFound(Message):
    """A scan has ended."""

    def __init__(self, models: list[Model], problems: list[Reason]) -> None:
        super().__init__()
        self.models = models
        self.problems = problems


def look_at_machine(
    post: Callable[[Message], bool], refresh_seconds: float, replay: Replay | None = None
) -> None:
    """Detect the machine and start the gauges; the processor's full name may take a second more.

    `replay` stands in for the machine.
    """
    machine = detect_machine(interfaces=replay)

    def on_reading(reading: Reading) -> None:
        post(Sampled(reading))

    sampler = MachineSampler(machine, on_reading, refresh_seconds, sources=sources_of(machine, replay))
    post(MachineFound(machine, sampler))
    sampler.start()
    if replay is not None:
        return
    name, features = cpu_details()
    cpu = msgspec.structs.replace(machine.cpu, name=name, features=features)
    post(MachineFound(msgspec.structs.replace(machine, cpu=cpu), sampler))


def find_models(places: Places) -> ModelsFound:
    """Read the catalogue and look for models on the disk."""
    catalogue = load_catalogues()
    library = scan_library(places.folders, places.files)
    problems = [*(problem.reason for problem in catalogue.problems), *library.problems]
    return ModelsFound(catalogue_models(catalogue, library.files), problems)
