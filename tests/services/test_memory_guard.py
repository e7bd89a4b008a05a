"""The memory guard: when it ends the engine, and when it lets it go on."""

import msgspec
import pytest

from tests.reasons import because, sentence_of
from tests.ui.host import engine, memory, reading
from tui.engine.protocol import Failed
from tui.hardware.reading import MemoryReading, Reading, known, unknown
from tui.services.memory_guard import MemoryGuard
from tui.units import GIB, MIB

FLOOR = 192 * MIB
"""Of a machine with 8 GiB."""


def machine_with(available: int, total: int = 8 * GIB, pressure: float | None = 0.0) -> Reading:
    """A reading with an engine at work."""
    memory_reading: MemoryReading = msgspec.structs.replace(
        memory(), total_bytes=total, available_bytes=available
    )
    return reading(memory_reading=memory_reading, pressure=pressure, process=engine())


def verdicts(*readings: Reading) -> list[Failed | None]:
    guard = MemoryGuard()
    return [guard.check(reading) for reading in readings]


def is_ended_by(*readings: Reading) -> bool:
    return verdicts(*readings)[-1] is not None


LOW = machine_with(FLOOR - 1)
ENOUGH = machine_with(FLOOR)


def test_the_engine_is_ended_by_the_second_low_reading_in_a_row_with_what_is_left() -> None:
    first, second = verdicts(LOW, LOW)
    assert first is None
    assert second is not None
    assert (second.kind, second.reason.code) == ("memory", "services.memory_short")
    assert second.reason.facts["free"] == FLOOR - 1
    assert "Close other programs" in sentence_of(second.hint)


def test_single_low_reading_ends_nothing() -> None:
    assert verdicts(LOW, ENOUGH, LOW, ENOUGH) == [None] * 4


def test_count_restarts_after_the_engine_was_ended() -> None:
    assert [failed is not None for failed in verdicts(LOW, LOW, LOW, LOW)] == [False, True, False, True]


def test_a_large_machine_keeps_a_fiftieth_free() -> None:
    total = 64 * GIB
    assert is_ended_by(*[machine_with(total // 50 - 1, total)] * 2)
    assert not is_ended_by(*[machine_with(total // 50, total)] * 2)


@pytest.mark.parametrize(
    ("available", "pressure", "ended"),
    [
        (3 * FLOOR - 1, 50.0, True),
        (3 * FLOOR - 1, 49.9, False),
        (3 * FLOOR - 1, None, False),
        (3 * FLOOR, 100.0, False),
        (FLOOR - 1, None, True),
    ],
    ids=["pressed", "not quite pressed", "pressure unknown", "pressed with memory left", "low alone"],
)
def test_memory_pressure_raises_the_threshold(available: int, pressure: float | None, ended: bool) -> None:
    assert is_ended_by(*[machine_with(available, pressure=pressure)] * 2) is ended


def test_without_an_engine_or_a_figure_nothing_is_ended_and_the_count_starts_again() -> None:
    idle = msgspec.structs.replace(LOW, engine=None)
    unread = msgspec.structs.replace(LOW, memory=unknown(because("not told")))
    assert verdicts(LOW, idle, LOW, unread, LOW) == [None] * 5
    assert is_ended_by(LOW, idle, LOW, LOW)


def test_readings_of_both_signs_count_together() -> None:
    pressed = msgspec.structs.replace(machine_with(2 * FLOOR), pressure_percent=known(80.0, "test"))
    assert is_ended_by(LOW, pressed)
