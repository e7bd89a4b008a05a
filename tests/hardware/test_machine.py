"""Facts of a machine that are derived from others."""

import msgspec

from tui.hardware.machine import blank_reading
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import unknown
from tui.sentences import reason
from tui.units import GIB

WHY = reason("hardware.gpu_asleep")


def test_integrated_graphics_reach_the_ram_without_the_reserved_part() -> None:
    (gpu,) = PROFILES["ryzen-8700g"].gpus
    assert gpu.set_aside_bytes == 2 * GIB
    assert gpu.max_ram_bytes == 29 * GIB // 2


def test_card_and_unlimited_graphics_have_no_share_of_ram() -> None:
    (card,) = PROFILES["pc-12gb"].gpus
    (shared,) = PROFILES["hp-i5-1035g1"].gpus
    assert card.max_ram_bytes is None
    assert msgspec.structs.replace(shared, memory_bytes=unknown(WHY)).max_ram_bytes is None


def test_silent_gpu_keeps_its_size() -> None:
    (card,) = PROFILES["pc-24gb"].gpus
    blank = blank_reading(card, WHY)
    assert blank.memory_total_bytes == card.memory_bytes
    metrics = (blank.load_percent, blank.memory_used_bytes, blank.power_watts, blank.power_limit_watts)
    assert {metric.reason for metric in metrics} == {WHY}
