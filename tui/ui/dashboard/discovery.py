"""Detection of the machine when the dashboard starts, and the messages with its result and the models."""

from collections.abc import Callable

import msgspec
from textual.message import Message

from tui.hardware.detect import cpu_details, detect_machine
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.recording.replay import Replay
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of
from tui.services.finding import ModelScan


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


class ModelsFound(Message):
    """A scan for models has ended."""

    def __init__(self, scan: ModelScan) -> None:
        super().__init__()
        self.scan = scan


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
