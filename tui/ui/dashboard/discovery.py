"""Search for machine and models when the dashboard starts, and the messages with the results."""

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

    def __init__(self, scan: ModelScan) -> None:
        super().__init__()
        self.scan = scan


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
