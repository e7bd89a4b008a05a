"""From a footprint and the pools to a verdict and its reason."""

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from tests.fit.machines import CARD_NAME, NOT_SIZED, RAM_NAME, footprint
from tui.engine.footprint import Footprint
from tui.engine.options import LoadSettings
from tui.fit.judge import elsewhere, judge, unknown
from tui.fit.placement import LayerBytes, Parts
from tui.fit.pools import pools
from tui.fit.verdict import Pool, Verdict
from tui.hardware.profiles import PROFILES
from tui.services.sentences import sentence
from tui.units import GIB, MIB

SETTINGS = LoadSettings(context=4096, kv_type="q8_0")
RAM = Pool(RAM_NAME, "ram", 16 * GIB, 10 * GIB, GIB)
VRAM = Pool(CARD_NAME, "vram", 12 * GIB, 11 * GIB, 384 * MIB, device="card")
BESIDE = Pool(RAM_NAME, "ram", 32 * GIB, 20 * GIB, 2 * GIB)


def model_of_layers(
    count: int, weights: int, *, experts: int = 0, compute: int = 0, embedding: int = 0
) -> tuple[Footprint, Parts]:
    """A model of equal layers without cache."""
    layers = (LayerBytes(weights, experts, 0),) * count
    parts = Parts(layers, embedding, 0, False, 0)
    sizes = Footprint(count * (weights + experts) + embedding, 0, compute, 64 * MIB, "engine")
    return sizes, parts


@pytest.mark.parametrize(
    ("need", "verdict", "reason"),
    [
        (2 * GIB, Verdict.FITS, "needs 2.00 GiB; 10.0 GiB of RAM is free now"),
        (9 * GIB, Verdict.FITS, "needs 9.00 GiB; 10.0 GiB of RAM is free now"),
        (
            9 * GIB + 1,
            Verdict.TIGHT,
            "needs 9.00 GiB of the 10.0 GiB of RAM that is free now, which leaves only 1.00 GiB",
        ),
        (
            12 * GIB,
            Verdict.TIGHT,
            "needs 12.0 GiB, but only 10.0 GiB of RAM is free now: close programs that hold 2.00 GiB",
        ),
        (
            16 * GIB,
            Verdict.TIGHT,
            "needs 16.0 GiB, but only 10.0 GiB of RAM is free now: close programs that hold 6.00 GiB",
        ),
        (
            16 * GIB + 1,
            Verdict.TOO_BIG,
            "needs 16.0 GiB; at most 16.0 GiB of RAM can be given to a model",
        ),
    ],
)
def test_verdict_in_one_pool(need: int, verdict: Verdict, reason: str) -> None:
    fit = judge(footprint(need), [RAM], SETTINGS)

    assert fit.verdict is verdict
    assert sentence(fit.reason) == reason
    assert fit.pool == (None if verdict is Verdict.TOO_BIG else RAM)
    assert (fit.context, fit.kv_type) == (4096, "q8_0")
    assert fit.footprint == footprint(need)


@pytest.mark.parametrize(
    ("need", "verdict"),
    [
        (11 * GIB - 384 * MIB, Verdict.FITS),
        (11 * GIB, Verdict.TIGHT),
        (12 * GIB, Verdict.TIGHT),
        (12 * GIB + 1, Verdict.SPLIT),
        (42 * GIB - 448 * MIB, Verdict.SPLIT),
        (42 * GIB, Verdict.TOO_BIG),
    ],
)
def test_verdict_on_a_card_with_ram(need: int, verdict: Verdict) -> None:
    # The process itself stays in system memory and does not count against the card.
    fit = judge(footprint(need + 64 * MIB), [VRAM, BESIDE], SETTINGS)

    assert fit.verdict is verdict
    assert fit.pool == (None if verdict is Verdict.TOO_BIG else VRAM)
    assert fit.device_bytes <= VRAM.capacity_bytes


def test_split_reason_has_the_layers_of_each_side() -> None:
    # GIVEN 32 layers of half a GiB each, a GiB of buffers, a card with 10.625 GiB of room
    sizes, parts = model_of_layers(32, GIB // 2, compute=GIB)
    fit = judge(sizes, [VRAM, BESIDE], SETTINGS, parts)

    # THEN what is left after the buffers takes 19 of them
    assert fit.verdict is Verdict.SPLIT
    assert (fit.gpu_layers, fit.cpu_experts) == (19, 0)
    assert fit.device_bytes == 19 * GIB // 2 + GIB
    assert sentence(fit.reason) == "19 of 32 layers on the card, the rest in RAM, much slower"


def test_split_of_experts_is_named_in_the_reason() -> None:
    sizes, parts = model_of_layers(32, GIB // 8, experts=GIB // 2)
    fit = judge(sizes, [VRAM, BESIDE], SETTINGS, parts)

    assert (fit.verdict, fit.gpu_layers, fit.cpu_experts) == (Verdict.SPLIT, 32, 19)
    assert sentence(fit.reason) == ("all layers on the card, the experts of 19 of 32 in RAM, somewhat slower")


def test_split_of_unknown_layers_names_the_memories() -> None:
    fit = judge(footprint(20 * GIB), [VRAM, BESIDE], SETTINGS)

    assert fit.verdict is Verdict.SPLIT
    assert fit.gpu_layers is None
    assert sentence(fit.reason) == ("more than the card holds, so part of it is in RAM, much slower")


def test_a_card_that_is_full_now_takes_no_layer() -> None:
    full = msgspec.structs.replace(VRAM, free_bytes=0)
    sizes, parts = model_of_layers(32, GIB // 2)
    fit = judge(sizes, [full, BESIDE], SETTINGS, parts)

    # THEN it is the CPU alone, in RAM
    assert (fit.verdict, fit.gpu_layers, fit.pool) == (Verdict.SPLIT, 0, BESIDE)
    assert (fit.device_bytes, fit.host_bytes) == (0, sizes.total_bytes)
    assert sentence(fit.reason) == "no layer fits on the card, so all of it is in RAM, much slower"


def test_a_split_that_has_no_room_now_says_which_memory_is_short() -> None:
    sizes, parts = model_of_layers(80, GIB // 2)
    fit = judge(sizes, [VRAM, BESIDE], SETTINGS, parts)

    assert fit.verdict is Verdict.SPLIT
    assert sentence(fit.reason).startswith("23 of 80 layers on the card, the rest in RAM, much slower")
    assert sentence(fit.reason).endswith(
        "; close programs first, only 11.0 GiB of VRAM of A card is free now"
    )
    # AND the same of RAM, where the card is free
    idle = msgspec.structs.replace(VRAM, free_bytes=VRAM.capacity_bytes)
    fit = judge(sizes, [idle, BESIDE], SETTINGS, parts)
    assert sentence(fit.reason).endswith("; close programs first, only 20.0 GiB of RAM is free now")


def test_a_model_on_the_card_is_tight_where_ram_is_short_of_what_stays_there() -> None:
    sizes, parts = model_of_layers(8, GIB, embedding=2 * GIB)
    busy = msgspec.structs.replace(BESIDE, free_bytes=2 * GIB)
    fit = judge(sizes, [VRAM, busy], SETTINGS, parts)

    assert fit.verdict is Verdict.TIGHT
    assert sentence(fit.reason) == (
        "needs 2.06 GiB, but only 2.00 GiB of RAM is free now: close programs that hold 64.0 MiB"
    )


def test_too_big_for_card_and_ram_names_both() -> None:
    sizes, parts = model_of_layers(80, 5 * GIB // 8)
    fit = judge(sizes, [VRAM, BESIDE], SETTINGS, parts)

    assert sentence(fit.reason) == (
        "needs 50.1 GiB; at most 11.6 GiB of VRAM and 30.0 GiB of RAM can be given to a model"
    )
    assert fit.pool is None


@pytest.mark.parametrize("need", [2 * GIB, 12 * GIB, 17 * GIB])
def test_a_card_that_the_build_cannot_use_is_named_in_every_reason(need: int) -> None:
    beside = msgspec.structs.replace(RAM, unused="RTX 4070")

    fit, plain = (judge(footprint(need), [pool], SETTINGS) for pool in (beside, RAM))

    assert fit.verdict is plain.verdict
    assert (
        sentence(fit.reason) == f"{sentence(plain.reason)}; this build of the engine cannot use the RTX 4070"
    )


def test_a_file_that_cannot_be_sized_is_unknown_with_its_reason() -> None:
    fit = unknown(NOT_SIZED, SETTINGS)

    assert fit.verdict is Verdict.UNKNOWN
    assert fit.reason == NOT_SIZED
    assert (fit.footprint, fit.pool, fit.max_context) == (None, None, None)


def test_a_model_at_another_place_needs_no_footprint() -> None:
    fit = elsewhere("localhost:8080", SETTINGS)

    assert fit.verdict is Verdict.ELSEWHERE
    assert sentence(fit.reason) == "runs at localhost:8080, so it takes no memory of this machine"
    assert (fit.footprint, fit.pool, fit.max_context) == (None, None, None)
    assert (fit.context, fit.device_bytes, fit.host_bytes) == (SETTINGS.context, 0, 0)


def test_a_verdict_is_steady_while_free_memory_wavers() -> None:
    verdict = None
    seen: list[Verdict] = []
    for change_mib in (200, -200, 200, -200, 200):
        wavering_pool = Pool(RAM_NAME, "ram", 16 * GIB, 10 * GIB + change_mib * MIB // 2, GIB)
        verdict = judge(footprint(9 * GIB), [wavering_pool], SETTINGS, previous=verdict).verdict
        seen.append(verdict)

    # THEN it turns once, to the careful side
    assert seen == [Verdict.FITS, *[Verdict.TIGHT] * 4]


def test_a_verdict_held_steady_gives_a_reason_that_is_true() -> None:
    fit = judge(footprint(9 * GIB - MIB), [RAM], SETTINGS, previous=Verdict.TIGHT)

    assert fit.verdict is Verdict.TIGHT
    assert sentence(fit.reason).endswith("which leaves only 1.00 GiB")


def test_verdict_changes_back_once_memory_is_clearly_free() -> None:
    for previous in Verdict:
        assert judge(footprint(8 * GIB), [RAM], SETTINGS, previous=previous).verdict is Verdict.FITS


ORDER = [Verdict.FITS, Verdict.TIGHT, Verdict.SPLIT, Verdict.TOO_BIG]


@given(st.integers(65 * MIB, 60 * GIB), st.integers(0, 4 * GIB), st.booleans())
def test_a_larger_footprint_never_gets_a_better_verdict(need: int, more: int, with_card: bool) -> None:
    machine = [VRAM, BESIDE] if with_card else [RAM]
    small, large = (judge(*_in_layers(size, machine)) for size in (need, need + more))

    assert ORDER.index(small.verdict) <= ORDER.index(large.verdict)
    assert small.reason
    needs_closing = "close programs" not in sentence(large.reason)
    if small.gpu_layers is not None and large.gpu_layers is not None and needs_closing:
        assert small.gpu_layers >= large.gpu_layers


def _in_layers(need: int, machine: list[Pool]) -> tuple[Footprint, list[Pool], LoadSettings, Parts]:
    sizes, parts = model_of_layers(32, (need - 64 * MIB) // 32)
    return sizes, machine, SETTINGS, parts


@pytest.mark.parametrize(
    ("need", "verdict", "phrase"),
    [
        (
            4 * GIB,
            Verdict.FITS,
            "needs 4.00 GiB of 5.33 GiB of unified memory at most, with nothing else running",
        ),
        (5461 * MIB * 98 // 100, Verdict.TIGHT, "with nothing else running, which leaves only 109 MiB"),
        (5500 * MIB, Verdict.TOO_BIG, "at most 5.33 GiB of unified memory can be given to a model"),
    ],
)
def test_nothing_is_said_to_be_free_now_of_a_machine_that_is_not_here(
    need: int, verdict: Verdict, phrase: str
) -> None:
    fit = judge(footprint(need), pools(PROFILES["m1-8gb"], None), LoadSettings())

    assert (fit.verdict, fit.on_idle_machine) == (verdict, True)
    assert phrase in sentence(fit.reason)
    assert "now" not in sentence(fit.reason)


@pytest.mark.parametrize("name", PROFILES)
def test_every_machine_has_models_that_are_tight(name: str) -> None:
    machine_pools = pools(PROFILES[name], None)
    largest = (
        machine_pools[0].share.capacity_bytes if machine_pools[0].share else machine_pools[0].capacity_bytes
    )
    fit = judge(footprint(largest - 100 * MIB, process_bytes=0), machine_pools, LoadSettings())

    assert fit.verdict is Verdict.TIGHT
    assert "at most, with nothing else running, which leaves only" in sentence(fit.reason)
