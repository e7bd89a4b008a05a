"""The machines that are known by name."""

import pytest

from tui.fit.pools import pools
from tui.hardware.gpus.makers import MAKERS
from tui.hardware.profiles import PROFILES
from tui.units import GIB


@pytest.mark.parametrize(
    ("name", "kind", "gib"),
    [
        ("m1-8gb", "unified", 5461 / 1024),
        ("hp-i5-1035g1", "unified", 12.5),
        ("ryzen-8700g", "unified", 29.5),
        ("ryzen-ai-max-128gb", "unified", 125.5),
        ("m3-max-64gb", "unified", 48),
        ("pc-12gb", "vram", 12),
        ("pc-16gb", "vram", 16),
        ("pc-24gb", "vram", 24),
    ],
)
def test_the_fastest_pool_of_a_profile(name: str, kind: str, gib: float) -> None:
    first = pools(PROFILES[name], None)[0]
    assert (first.kind, first.capacity_bytes / GIB) == (kind, pytest.approx(gib))


def test_every_profile_has_a_gpu_of_a_maker_in_the_table_and_a_bandwidth() -> None:
    vendors = {maker.vendor for maker in MAKERS}
    for machine in PROFILES.values():
        assert {gpu.vendor for gpu in machine.gpus} <= vendors
        assert machine.gpu_reason is None
        assert machine.memory_bandwidth is not None
