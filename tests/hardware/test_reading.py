"""Values with a reason when they are unknown."""

import msgspec

from tui.hardware.machine import blank_reading
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import GpuReading, Metric, known, unknown
from tui.sentences import reason

WHY = reason("hardware.gpu_asleep")


def test_a_known_value_has_a_source_and_no_reason() -> None:
    assert known(3, "NVML") == Metric(3, None, "NVML")


def test_an_unknown_value_has_its_reason_and_may_have_a_source() -> None:
    metric: Metric[int] = unknown(WHY, "NVML")
    assert (metric.value, metric.reason, metric.source) == (None, WHY, "NVML")


def test_figures_not_read_are_unknown() -> None:
    (card,) = PROFILES["pc-12gb"].gpus
    blank = blank_reading(card, WHY)
    filled = GpuReading(
        0,
        blank.load_percent,
        blank.memory_used_bytes,
        blank.memory_total_bytes,
        blank.temperature_celsius,
        blank.power_watts,
    )
    assert filled.frequency_mhz.reason == reason("hardware.not_asked")
    assert filled.aside_used_bytes.reason == reason("hardware.nothing_set_aside")


def test_a_reading_survives_json() -> None:
    (card,) = PROFILES["pc-12gb"].gpus
    blank = blank_reading(card, WHY)
    assert msgspec.json.decode(msgspec.json.encode(blank), type=GpuReading) == blank
