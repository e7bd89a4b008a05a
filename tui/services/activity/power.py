"""The power figure of the machine that counts, and the energy of a stretch of time."""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from tui.chat.receipt import Energy
from tui.hardware.reading import Reading
from tui.sentences import Reason, reason


class Power(msgspec.Struct, frozen=True):
    """Power of the machine, or of the part of it that can be measured."""

    watts: float | None
    source: Reason | None = None
    """Name of what draws it; None when `watts` is None."""
    reason: Reason | None = None
    """Reason why `watts` is None; None when it is known."""


class Drawing(Protocol):
    """Watts over the time that ends at `time`; a `Moment` is one."""

    @property
    def time(self) -> float:
        """Seconds."""
        ...

    @property
    def watts(self) -> float | None:
        """Mean since the moment before; None when it was not known."""
        ...

    @property
    def watts_source(self) -> Reason | None:
        """Name of the part of the machine that drew them."""
        ...

    @property
    def watts_reason(self) -> Reason | None:
        """Reason for None; None where the power is known."""
        ...


def power_of(reading: Reading, cards: Collection[int]) -> Power:
    """Return the power, and the name of what draws it.

    The processor's package and the cards together; without the package the whole machine while it runs on its
    battery; without that the GPUs that tell. `cards` are the indexes of GPUs outside the package: graphics
    built into the processor are part of its package and would be counted twice.
    """
    package, battery = reading.cpu_power_watts, reading.battery_watts
    drawn = {gpu.index: gpu.power_watts.value for gpu in reading.gpus if gpu.power_watts.value is not None}
    outside = [watts for index, watts in drawn.items() if index in cards]
    if package.value is not None:
        if not cards:
            return Power(package.value, reason("services.package_power"))
        if len(outside) == len(cards):
            return Power(package.value + sum(outside), reason("services.package_and_gpu_power"))
        if battery.value is None:
            return Power(package.value + sum(outside), reason("services.package_without_gpu_power"))
    if battery.value is not None:
        return Power(battery.value, reason("services.battery_power"))
    if drawn:
        return Power(sum(drawn.values()), reason("services.gpu_power"))
    return Power(None, reason=package.reason or battery.reason or reason("hardware.no_power"))


def energy_between(moments: Sequence[Drawing], start: float, end: float) -> Energy:
    """Return the energy from `start` to `end`: a moment's watts count for the time since the one before it.

    Unknown unless the moments, oldest first, cover all of that time, and by one and the same source.
    """
    joules, sources = 0.0, set[Reason | None]()
    reached = start
    previous = None
    for moment in moments:
        since = previous.time if previous is not None else None
        previous = moment
        if since is None or moment.time <= reached:
            continue
        if since > reached or reached >= end:
            break
        if moment.watts is None:
            return Energy(None, reason=moment.watts_reason or reason("services.power_gap"))
        upto = min(moment.time, end)
        joules += moment.watts * (upto - reached)
        sources.add(moment.watts_source)
        reached = upto
    if reached < end or reached == start:
        return Energy(None, reason=reason("services.energy_not_covered"))
    if len(sources) > 1:
        return Energy(None, reason=reason("services.power_source_changed"))
    return Energy(joules, source=sources.pop())
