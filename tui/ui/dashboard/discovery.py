"""Detection of the machine when the dashboard starts, and the messages with its result and the models."""

import threading
from collections.abc import Callable, Sequence

import msgspec
from textual.message import Message

from tui.hardware.detect import cpu_details, detect_machine
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.recording.replay import Replay
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of
from tui.models.model import Model
from tui.services.finding import ModelScan, SearchPaths, remember_models, remembered_models, scan_models

_DRAWING_SECONDS = 0.5
"""Longest time that a scan waits for the list of models to be drawn."""


class MachineFound(Message):
    """The machine was detected, or the full name of its processor was read."""

    def __init__(self, machine: Machine, sampler: MachineSampler) -> None:
        super().__init__()
        self.machine = machine
        self.sampler = sampler


class Sampled(Message):
    """A new reading was taken."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading

    def can_replace(self, message: Message) -> bool:
        """Return True for an older reading: only the newest counts."""
        return isinstance(message, Sampled)


class ModelsListed(Message):
    """The models on this disk are known; a scan that knows the others is under way."""

    def __init__(self, models: Sequence[Model]) -> None:
        super().__init__()
        self.models = models
        self.drawn = threading.Event()
        """To be set once they are on the screen: the scan goes on then, or after a moment."""


class ModelsFound(Message):
    """A scan for models has ended."""

    def __init__(self, scan: ModelScan, number: int = 0, *, is_as_listed: bool = False) -> None:
        """Carry the result.

        Args:
            scan: the result.
            number: that of the scan, in the order in which they began.
            is_as_listed: True when the list already shows all that was found.
        """
        super().__init__()
        self.scan = scan
        self.number = number
        self.is_as_listed = is_as_listed


def find_and_remember(
    post: Callable[[Message], bool],
    paths: SearchPaths,
    listed: Sequence[Model] | None = None,
    number: int = 0,
) -> None:
    """Look for models, and keep them for the next start.

    Args:
        post: receives the messages.
        paths: folders and files in which models are looked for.
        listed: the models in the list; None or none to fill it early, with those that were found last, or
            with those on this disk.
        number: that of the scan, in the order in which they begin.
    """

    def list_early(models: Sequence[Model]) -> None:
        event = ModelsListed(models)
        if post(event):
            # The catalogue would take the processor from the drawing of the list.
            event.drawn.wait(_DRAWING_SECONDS)

    if not listed and (listed := remembered_models(paths)):
        list_early(listed)

    def list_files(models: Sequence[Model]) -> None:
        if models and not listed:
            list_early(models)

    scan = scan_models(paths, list_files)
    is_as_listed = scan.models == list(listed or ())
    post(ModelsFound(scan, number, is_as_listed=is_as_listed))
    if not is_as_listed:
        remember_models(paths, scan.models)


class DiskChanged(Message):
    """A folder that the last scan read has changed."""


def detect_and_sample(
    post: Callable[[Message], bool], refresh_seconds: float, replay: Replay | None = None
) -> None:
    """Detect the machine and start the sampler; the processor's full name may take another second.

    Args:
        post: receives the messages.
        refresh_seconds: time between two readings.
        replay: recording that replaces the machine; None for this machine.
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
