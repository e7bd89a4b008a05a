"""A recording stepped by hand: its machine, and its reading at each look, the same in every run."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from tests.recordings.samples import LOOKS
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Machine
from tui.hardware.reading import Metric, Reading, unknown
from tui.hardware.recording.replay import Replay
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of
from tui.sentences import reason

FOLDER = Path(__file__).parent
_NOT_RECORDED: Metric[Any] = unknown(reason("hardware.process_size_missing"))


class Stepped(msgspec.Struct, frozen=True):
    """A machine, and what it did."""

    machine: Machine
    readings: tuple[Reading, ...]


def step(folder: Path, looks: int, interval: float = 1.0) -> Stepped:
    """The first looks of a recording; past its end it starts again."""
    clock = [0.0]
    replay = Replay(folder, clock=lambda: clock[0])
    machine = detect_machine(interfaces=replay)
    sampler = MachineSampler(machine, lambda _reading: None, sources=sources_of(machine, replay))
    readings: list[Reading] = []
    for number in range(looks):
        clock[0] = number * interval
        readings.append(
            msgspec.structs.replace(
                sampler.take(),
                time_seconds=clock[0],
                own_cpu_percent=_NOT_RECORDED,
                own_resident_bytes=_NOT_RECORDED,
            )
        )
    return Stepped(machine, tuple(readings))


@cache
def stepped(name: str) -> Stepped:
    """Every look of the recording of that name."""
    return step(FOLDER / name, LOOKS)
