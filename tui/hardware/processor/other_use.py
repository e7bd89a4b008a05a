"""Use of the processor by everything but some processes, from the counters of the system and of each of them.

Time that a hypervisor gives to its other machines (steal) counts as theirs.
"""

from collections.abc import Sequence

from tui.hardware.answers import CoreTimes, SenselessAnswerError, checked_answer
from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.processor.cpu import usable_cpus

_NOT_BUSY = ("idle", "iowait", "guest", "guest_nice")
"""Kinds of time in which a core rests, or which are part of another kind."""


class OtherUseMeter:
    """Cores' worth of time that others use. The first sample is taken when the meter is made."""

    def __init__(self, pids: Sequence[int], interfaces: Interfaces | None = None) -> None:
        """Take the numbers of the processes that are not others."""
        self._pids = pids
        self._interfaces = interfaces or LocalInterfaces()
        self._usable = usable_cpus(self._interfaces)
        self._last = self._sample()

    def read(self) -> float | None:
        """Return the cores that others used since the last call, of those that this process may run on.

        None where the system does not tell, or too little time has passed.
        """
        previous, self._last = self._last, self._sample()
        if previous is None or self._last is None:
            return None
        seconds, busy, own = (new - old for new, old in zip(self._last, previous, strict=True))
        return max(0.0, busy - own) / seconds if seconds > 0 else None

    def _sample(self) -> tuple[float, float, float] | None:
        """Return seconds now: of the clock, of all cores at work, and of the processes."""
        try:
            rows = checked_answer(self._interfaces, "core_times", CoreTimes)
            own = sum(float(self._interfaces.ask("process_accounts", pid)["seconds"]) for pid in self._pids)
        except (OSError, SenselessAnswerError, KeyError, TypeError, ValueError):
            return None
        busy = sum(
            seconds
            for number, row in enumerate(rows)
            if number in self._usable or not self._usable
            for kind, seconds in row.items()
            if kind not in _NOT_BUSY
        )
        return self._interfaces.clock(), busy, own
