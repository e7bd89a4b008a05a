"""The machines that are known by name."""

import msgspec
import pytest

from tui.fit.pools import pools
from tui.hardware.gpus.makers import MAKERS
from tui.hardware.profiles import PROFILES, with_class_bandwidth
from tui.hardware.reading import known, unknown
from tui.sentences import reason
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


@pytest.mark.parametrize(
    ("cpu", "bandwidth"),
    [
        ("Apple M1", 68e9),
        ("Apple M3 Max", 400e9),
        ("Apple M4 Pro", 150e9),
        ("Apple M5", 68e9),
        ("Intel(R) Core(TM) i5-1035G1 CPU @ 1.00GHz", 21.3e9),
        ("Intel(R) Core(TM) i5-1035G4 CPU @ 1.10GHz", 51.2e9),
        ("AMD Ryzen 7 8700G w/ Radeon 780M Graphics", 83e9),
        (None, 51.2e9),
    ],
)
def test_a_class_is_told_by_the_name_of_the_processor(cpu: str | None, bandwidth: float) -> None:
    # GIVEN a machine of which no bandwidth is known
    name = known(cpu, "test") if cpu is not None else unknown(reason("hardware.cpu_unnamed"))
    profile = PROFILES["m1-8gb"]
    machine = msgspec.structs.replace(
        profile,
        cpu=msgspec.structs.replace(profile.cpu, name=name),
        gpus=(msgspec.structs.replace(profile.gpus[0], memory_bandwidth=None),),
        memory_bandwidth=None,
    )
    of_class = with_class_bandwidth(machine)
    assert of_class.memory_bandwidth == of_class.gpus[0].memory_bandwidth == bandwidth
    assert of_class.gpus[0].memory_bytes == machine.gpus[0].memory_bytes


def test_the_bandwidth_of_a_card_is_known_by_its_name_or_not_at_all() -> None:
    card = msgspec.structs.replace(PROFILES["pc-24gb"].gpus[0], memory_bandwidth=None)
    other_card = msgspec.structs.replace(card, name="NVIDIA GeForce RTX 9999")
    machine = msgspec.structs.replace(PROFILES["pc-24gb"], gpus=(card, other_card))
    assert [gpu.memory_bandwidth for gpu in with_class_bandwidth(machine).gpus] == [1008e9, None]
