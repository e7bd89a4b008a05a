"""The power figure of the machine that counts, and the energy of a stretch of time."""

from collections.abc import Collection, Sequence
from typing import Protocol

from tui.chat.receipt import Energy
from tui.hardware.reading import Metric, Reading, known, unknown
from tui.i18n import _
from tui.sentences import Reason, reason
from tui.services.sentences import sentence


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
    def watts_source(self) -> str | None:
        """The part of the machine that drew them."""
        ...

    @property
    def watts_reason(self) -> Reason | None:
        """Reason for None; None where the power is known."""
        ...


def power_of(reading: Reading, cards: Collection[int]) -> Metric[float]:
    """Watts, and as the source what draws them.

    The processor's package and the cards together; without the package the whole machine while it runs on its
    battery; without that the GPUs that tell. `cards` are the indexes of GPUs outside the package: graphics
    built into the processor are part of its package and would be counted twice.
    """
    package, battery = reading.cpu_power_watts, reading.battery_watts
    drawn = {gpu.index: gpu.power_watts.value for gpu in reading.gpus if gpu.power_watts.value is not None}
    outside = [watts for index, watts in drawn.items() if index in cards]
    if package.value is not None:
        if not cards:
            return known(package.value, _("processor package"))
        if len(outside) == len(cards):
            return known(package.value + sum(outside), _("processor package and GPU"))
        if battery.value is None:
            return known(package.value + sum(outside), _("processor package, without the GPU"))
    if battery.value is not None:
        return known(battery.value, _("whole machine, from its battery"))
    if drawn:
        return known(sum(drawn.values()), _("GPU alone"))
    return unknown(package.reason or battery.reason or reason("hardware.no_power"))


def energy_between(moments: Sequence[Drawing], start: float, end: float) -> Energy:
    """Joules from `start` to `end`: each moment's watts count for the time since the moment before it.

    Unknown unless the moments, oldest first, cover all of that time, and by one and the same source.
    """
    joules, sources = 0.0, set[str | None]()
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
            why = moment.watts_reason
            return Energy(None, reason=sentence(why) if why else _("the power was not known all the time"))
        upto = min(moment.time, end)
        joules += moment.watts * (upto - reached)
        sources.add(moment.watts_source)
        reached = upto
    if reached < end or reached == start:
        return Energy(None, reason=_("no readings cover all of it"))
    if len(sources) > 1:
        return Energy(None, reason=_("what reports the power changed in between"))
    return Energy(joules, source=sources.pop())
