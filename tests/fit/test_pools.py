"""The memories a model can live in."""

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from tests.fit.machines import card, footprint, gpu, machine, reading
from tests.reasons import because
from tui.engine.options import LoadSettings
from tui.fit.judge import judge
from tui.fit.pools import pools, reserve_bytes
from tui.fit.verdict import Verdict, gpu_part, ram_part
from tui.hardware.gpus.makers import short_gpu_name
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.machine import Gpu
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import GpuReading, known, unknown
from tui.services.sentences import sentence
from tui.units import GIB, MIB

APPLE = gpu("apple", shares=True, memory=5461 * MIB)
CARD = gpu("nvidia", shares=False, memory=12 * GIB)

LINUX = 1536 * MIB
"""Memory that a desktop takes for itself on a machine that is not here."""
IDLE: dict[str, list[tuple[str, int, int]]] = {
    "m1-8gb": [("unified", 5461 * MIB, 512 * MIB)],
    "hp-i5-1035g1": [("unified", 14 * GIB - LINUX, 896 * MIB)],
    "ryzen-8700g": [("unified", 31 * GIB - LINUX, 29 * GIB // 16)],
    "ryzen-ai-max-128gb": [("unified", 127 * GIB - LINUX, 31 * GIB // 16)],
    "m3-max-64gb": [("unified", 48 * GIB, 2 * GIB)],
    "pc-12gb": [("vram", 12 * GIB, 384 * MIB), ("ram", 32 * GIB - LINUX, 2 * GIB)],
    "pc-16gb": [("vram", 16 * GIB, 384 * MIB), ("ram", 32 * GIB - LINUX, 2 * GIB)],
    "pc-24gb": [("vram", 24 * GIB, 384 * MIB), ("ram", 32 * GIB - LINUX, 2 * GIB)],
}


def test_every_profile_has_expected_pools() -> None:
    assert set(IDLE) == set(PROFILES)


@pytest.mark.parametrize("name", PROFILES)
def test_the_pools_of_a_profile(name: str) -> None:
    pool_list = pools(PROFILES[name], None)

    assert [(pool.kind, pool.capacity_bytes, pool.reserve_bytes) for pool in pool_list] == IDLE[name]
    assert all(pool.is_idle and pool.free_bytes == pool.capacity_bytes for pool in pool_list)
    assert all(pool.name for pool in pool_list)


@given(st.integers(1, 1 << 44))
def test_the_reserve_is_a_sixteenth_between_two_limits(capacity: int) -> None:
    assert reserve_bytes(capacity) == sorted([512 * MIB, capacity // 16, 2 * GIB])[1]


def test_shared_memory_is_one_pool_and_not_counted_twice() -> None:
    amd = gpu("amd", shares=True, memory=16 * GIB)
    (pool,) = pools(machine(32 * GIB, amd), reading(32 * GIB, 20 * GIB))

    assert (pool.kind, sentence(pool.name)) == ("unified", "unified memory")
    assert (pool.capacity_bytes, pool.free_bytes) == (32 * GIB, 20 * GIB)


def apu(aside: int, borrowed: int) -> Gpu:
    """Graphics in a Ryzen with this set aside, and this at most of the RAM that programs see."""
    reading = gpu("amd", shares=True, memory=aside + borrowed, name="AMD Radeon 8060S")
    return msgspec.structs.replace(reading, set_aside_bytes=aside)


def apu_now(aside_used: int, borrowed_used: int) -> GpuReading:
    used_card = card(aside_used + borrowed_used)
    return msgspec.structs.replace(used_card, aside_used_bytes=known(aside_used, "test"))


def test_reserved_gpu_memory_counts_with_ram_and_borrowed_memory_does_not() -> None:
    # GIVEN 128 GiB of which the firmware set 96 aside, 16 GiB that may be borrowed, and programs on both
    local_machine = machine(31 * GIB, apu(96 * GIB, 16 * GIB))
    (pool,) = pools(local_machine, reading(31 * GIB, 25 * GIB, apu_now(6 * GIB, 2 * GIB)))

    assert (pool.kind, pool.capacity_bytes, pool.free_bytes) == ("unified", 127 * GIB, 115 * GIB)
    part, ram = gpu_part(pool), ram_part(pool)
    assert (part.capacity_bytes, part.free_bytes) == (112 * GIB, 104 * GIB)
    assert (ram.capacity_bytes, ram.free_bytes) == (31 * GIB, 25 * GIB)
    # AND where less RAM is free than may be borrowed, that is the limit
    (pool,) = pools(local_machine, reading(31 * GIB, 5 * GIB, apu_now(6 * GIB, 2 * GIB)))
    assert gpu_part(pool).free_bytes == 95 * GIB


def test_memory_of_the_loaded_model_is_returned_to_the_reserved_part_first() -> None:
    local_machine = machine(31 * GIB, apu(4 * GIB, 16 * GIB))
    busy = reading(31 * GIB, 15 * GIB, apu_now(4 * GIB, 8 * GIB))
    (pool,) = pools(local_machine, busy, loaded_on_card_bytes=10 * GIB)

    assert pool.free_bytes == 4 * GIB + 15 * GIB + 6 * GIB
    assert gpu_part(pool).free_bytes == 4 * GIB + 14 * GIB


def test_build_without_gpu_support_cannot_use_reserved_gpu_memory() -> None:
    (pool,) = pools(machine(31 * GIB, apu(96 * GIB, 16 * GIB)), None, offload=False)
    (little,) = pools(machine(31 * GIB, apu(GIB // 2, 16 * GIB)), None, offload=False)

    assert (pool.capacity_bytes, pool.unused, pool.share) == (31 * GIB - LINUX, "Radeon 8060S", None)
    assert (little.capacity_bytes, little.unused) == (31 * GIB - LINUX, "")


def test_integrated_graphics_beside_a_card_are_no_pool() -> None:
    both = machine(31 * GIB, CARD, msgspec.structs.replace(apu(96 * GIB, 16 * GIB), index=1))
    _vram, ram = pools(both, None)

    assert (ram.capacity_bytes, ram.share) == (31 * GIB - LINUX, None)


def test_machine_without_a_gpu_has_a_ram_pool() -> None:
    (pool,) = pools(machine(8 * GIB), reading(8 * GIB, 3 * GIB))

    assert (pool.kind, pool.free_bytes, pool.reserve_bytes) == ("ram", 3 * GIB, 512 * MIB)


def test_a_containers_limit_is_the_capacity() -> None:
    (pool,) = pools(machine(64 * GIB, limit=4 * GIB), reading(4 * GIB, 3 * GIB))

    assert (pool.capacity_bytes, pool.free_bytes) == (4 * GIB, 3 * GIB)


@pytest.mark.parametrize(
    ("available", "free", "reserve"),
    [
        # Past the ceiling lies more than the whole reserve,
        (8192, 5461, 0),
        (5973, 5461, 0),
        # a part of it,
        (5800, 5461, 173),
        # or nothing.
        (5461, 5461, 512),
        (4000, 4000, 512),
        (0, 0, 512),
    ],
)
def test_apple_ceiling_and_reserve_meet_without_a_step(available: int, free: int, reserve: int) -> None:
    (pool,) = pools(machine(8 * GIB, APPLE), reading(8 * GIB, available * MIB))

    assert pool.capacity_bytes == 5461 * MIB
    assert (pool.free_bytes, pool.reserve_bytes) == (free * MIB, reserve * MIB)


@given(st.integers(0, 8 * GIB), st.integers(0, 64 * MIB))
def test_a_little_more_memory_gives_at_most_as_much_more_room(available: int, more: int) -> None:
    def room(used_bytes: int) -> int:
        (pool,) = pools(machine(8 * GIB, APPLE), reading(8 * GIB, min(used_bytes, 8 * GIB)))
        return pool.free_bytes - pool.reserve_bytes

    assert 0 <= room(available + more) - room(available) <= more


def test_what_the_loaded_model_holds_counts_as_free() -> None:
    seen = reading(16 * GIB, 6 * GIB)
    (pool,) = pools(machine(16 * GIB), seen, loaded_bytes=3 * GIB)
    (full,) = pools(machine(16 * GIB), seen, loaded_bytes=30 * GIB)

    assert pool.free_bytes == 9 * GIB
    assert full.free_bytes == 16 * GIB
    assert full.reserve_bytes == 1 * GIB


def test_unreadable_memory_is_taken_as_free() -> None:
    unreadable = msgspec.structs.replace(reading(16 * GIB, GIB), memory=unknown(because("not told")))
    (pool,) = pools(machine(16 * GIB), unreadable)

    assert pool.free_bytes == 16 * GIB


@pytest.mark.parametrize("fuller", [0, 1])
def test_of_two_cards_as_large_the_freer_one_takes_the_model(fuller: int) -> None:
    pair = [gpu("nvidia", shares=False, memory=12 * GIB, index=index) for index in (0, 1)]
    used = [card(9 * GIB if index == fuller else GIB, index) for index in (0, 1)]
    vram, _ = pools(machine(32 * GIB, *pair), reading(32 * GIB, 20 * GIB, *used))

    assert (vram.device_index, vram.free_bytes) == (1 - fuller, 11 * GIB)


def test_a_card_whose_use_cannot_be_read_is_not_called_free() -> None:
    vram, ram = pools(machine(32 * GIB, CARD), reading(32 * GIB, 20 * GIB, card(None)))
    fit = judge(footprint(4 * GIB), [vram, ram], LoadSettings())

    assert fit.verdict is Verdict.TIGHT
    assert "cannot be read" in sentence(fit.reason)
    # AND one that sleeps holds nothing
    asleep = msgspec.structs.replace(card(None), memory_used_bytes=unknown(ASLEEP))
    vram, ram = pools(machine(32 * GIB, CARD), reading(32 * GIB, 20 * GIB, asleep))
    assert judge(footprint(4 * GIB), [vram, ram], LoadSettings()).verdict is Verdict.FITS


def test_a_card_comes_first_with_what_is_free_on_it() -> None:
    vram, ram = pools(machine(32 * GIB, CARD), reading(32 * GIB, 20 * GIB, card(5 * GIB)))

    assert (vram.kind, sentence(vram.name)) == ("vram", "VRAM of A card")
    assert (vram.capacity_bytes, vram.free_bytes) == (12 * GIB, 7 * GIB)
    assert (ram.kind, ram.free_bytes) == ("ram", 20 * GIB)


def test_a_card_that_does_not_tell_its_use_is_taken_as_free() -> None:
    vram, _ram = pools(machine(32 * GIB, CARD), reading(32 * GIB, 20 * GIB, card(None)))

    assert vram.free_bytes == 12 * GIB


def test_a_card_of_unknown_size_is_no_pool() -> None:
    (pool,) = pools(machine(32 * GIB, gpu("nvidia", shares=False, memory=None)), None)

    assert pool.kind == "ram"


@pytest.mark.parametrize("offload", [True, None])
def test_unknown_build_counts_as_gpu_capable(offload: bool | None) -> None:
    pool_list = pools(machine(32 * GIB, CARD), None, offload=offload)

    assert [(pool.kind, pool.unused) for pool in pool_list] == [("vram", ""), ("ram", "")]


def test_a_build_without_gpu_support_leaves_cards_out_and_names_them() -> None:
    (pool,) = pools(machine(32 * GIB, CARD), None, offload=False)

    assert (pool.kind, pool.unused) == ("ram", "A card")


def test_build_without_gpu_support_ignores_the_gpu_ceiling() -> None:
    (pool,) = pools(machine(8 * GIB, APPLE), None, offload=False)

    assert (pool.capacity_bytes, pool.unused) == (8 * GIB - LINUX, "")


def test_memory_of_a_card_that_the_loaded_model_gives_back_counts_as_free() -> None:
    seen = reading(32 * GIB, 20 * GIB, card(9 * GIB))
    vram, ram = pools(machine(32 * GIB, CARD), seen, loaded_on_card_bytes=8 * GIB)
    whole_pool, _ram = pools(machine(32 * GIB, CARD), seen, loaded_on_card_bytes=20 * GIB)

    assert vram.free_bytes == 11 * GIB
    assert ram.free_bytes == 20 * GIB
    assert whole_pool.free_bytes == 12 * GIB


def test_card_pool_has_the_short_name() -> None:
    (vram, _ram) = pools(PROFILES["pc-12gb"], None)

    assert (vram.device, vram.device_index) == ("RTX 4070", 0)
    assert short_gpu_name("AMD Radeon RX 7900 XTX") == "Radeon RX 7900 XTX"
    assert short_gpu_name("Intel(R) Arc(TM) A770") == "Arc(TM) A770"


def test_of_several_cards_the_largest_takes_the_model() -> None:
    small = gpu("nvidia", shares=False, memory=8 * GIB, name="Small")
    large = gpu("nvidia", shares=False, memory=24 * GIB, index=1, name="Large")
    vram, _ram = pools(machine(32 * GIB, small, large), reading(32 * GIB, GIB, card(0), card(4 * GIB, 1)))

    assert sentence(vram.name) == "VRAM of Large"
    assert vram.free_bytes == 20 * GIB


def test_cards_of_one_maker_form_a_common_pool() -> None:
    # GIVEN two cards of 24 GiB, and one of another maker
    name = "NVIDIA GeForce RTX 3090"
    pair = [gpu("nvidia", shares=False, memory=24 * GIB, index=number, name=name) for number in (0, 1)]
    second_card = gpu("amd", shares=False, memory=16 * GIB, index=2, name="AMD Radeon RX 7800 XT")
    seen = [card(GIB, 0), card(2 * GIB, 1), card(0, 2)]
    vram, _ram = pools(machine(64 * GIB, *pair, second_card), reading(64 * GIB, 60 * GIB, *seen))

    both = vram.together
    assert both is not None
    assert (sentence(both.name), both.cards) == ("VRAM of 2 × RTX 3090", 2)
    assert (both.capacity_bytes, both.free_bytes) == (48 * GIB, 45 * GIB)
    # Each gets layers by what is free on it, so the fuller one runs out of its reserve first.
    assert both.reserve_bytes == 45 * 384 * MIB // 22
    # AND nothing is spread over a card that is full
    full = [card(GIB, 0), card(24 * GIB - 1, 1)]
    vram, _ram = pools(machine(64 * GIB, *pair), reading(64 * GIB, 60 * GIB, *full))
    assert vram.together is None


def test_a_card_beside_integrated_graphics_is_a_pool_of_its_own() -> None:
    intel = gpu("intel", shares=True, memory=8 * GIB, index=1, name="Integrated")
    pool_list = pools(machine(16 * GIB, CARD, intel), None)

    assert [pool.kind for pool in pool_list] == ["vram", "unified"]
