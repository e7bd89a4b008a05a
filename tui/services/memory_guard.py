"""Decision to end the engine before it freezes the machine."""

from tui.engine.protocol import Failed
from tui.hardware.reading import Reading
from tui.sentences import reason
from tui.units import MIB

_LEAST_BYTES = 192 * MIB
_LEAST_SHARE = 50
"""A fiftieth of the memory: below it, systems without swap stall for seconds at every allocation."""
_PRESSURE_PERCENT = 50.0
"""Half of the time some task waits for memory: the machine hardly answers any more."""
_READINGS = 2
"""In a row, so that a moment's peak ends nothing."""


class MemoryGuard:
    """Watch over the free memory while an engine runs."""

    def __init__(self) -> None:
        self._low = 0

    def check(self, reading: Reading) -> Failed | None:
        """Return why the engine must be ended now; None while it may go on."""
        memory = reading.memory.value
        if memory is None or reading.engine is None:
            self._low = 0
            return None
        floor = max(_LEAST_BYTES, memory.total_bytes // _LEAST_SHARE)
        pressed = (reading.pressure_percent.value or 0.0) >= _PRESSURE_PERCENT
        short = memory.available_bytes < floor or (pressed and memory.available_bytes < 3 * floor)
        self._low = self._low + 1 if short else 0
        if self._low < _READINGS:
            return None
        self._low = 0
        return Failed(
            0,
            "memory",
            reason("services.memory_short", free=memory.available_bytes),
            reason("services.free_memory"),
        )
