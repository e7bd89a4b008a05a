"""From a footprint and the pools to a verdict and its reason."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.fit.machines import footprint
from tui.engine.protocol import Footprint, LoadSettings
from tui.fit.judge import judge, max_context, unknown
from tui.fit.verdict import Pool, Verdict
from tui.units import GIB, MIB

SETTINGS = LoadSettings(context=4096, kv_type="q8_0")
RAM = Pool("RAM", "ram", 16 * GIB, 10 * GIB, GIB)
VRAM = Pool("VRAM of A card", "vram", 12 * GIB, 11 * GIB, 384 * MIB)
BESIDE = Pool("RAM", "ram", 32 * GIB, 20 * GIB, 2 * GIB)


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
            "needs 16.0 GiB; this machine can give a model 16.0 GiB of RAM at most",
        ),
    ],
)
def test_one_pool(need: int, verdict: Verdict, reason: str) -> None:
    fit = judge(footprint(need), [RAM], SETTINGS)

    assert fit.verdict is verdict
    assert fit.reason == reason
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
def test_a_card_and_ram(need: int, verdict: Verdict) -> None:
    # The process itself stays in system memory and does not count against the card.
    fit = judge(footprint(need + 64 * MIB), [VRAM, BESIDE], SETTINGS, layers=32)

    assert fit.verdict is verdict
    assert (fit.gpu_layers is not None) == (verdict is Verdict.SPLIT)


def test_a_split_says_how_many_layers_go_where() -> None:
    # GIVEN 32 layers of half a GiB each, a card with 10.625 GiB of room
    sizes = Footprint(14 * GIB, 2 * GIB, GIB, 64 * MIB, "engine")
    fit = judge(sizes, [VRAM, BESIDE], SETTINGS, layers=32)

    # THEN what is left after the compute buffers takes 19 of them
    assert fit.verdict is Verdict.SPLIT
    assert fit.gpu_layers == 19
    assert fit.reason == (
        "19 of 32 layers fit the 12.0 GiB of VRAM of A card; the rest runs on the CPU, slower"
    )


@pytest.mark.parametrize("layers", [None, 0])
def test_a_split_of_unknown_layers_says_what_it_can(layers: int | None) -> None:
    fit = judge(footprint(20 * GIB), [VRAM, BESIDE], SETTINGS, layers=layers)

    assert fit.verdict is Verdict.SPLIT
    assert fit.gpu_layers is None
    assert "VRAM of A card holds 12.0 GiB" in fit.reason


def test_a_card_that_is_full_now_takes_no_layer() -> None:
    full = Pool("VRAM of A card", "vram", 12 * GIB, 0, 384 * MIB)

    assert judge(footprint(20 * GIB), [full, BESIDE], SETTINGS, layers=32).gpu_layers == 0


def test_too_big_for_both_names_both() -> None:
    fit = judge(footprint(50 * GIB), [VRAM, BESIDE], SETTINGS, layers=80)

    assert fit.reason == "needs 50.0 GiB; this machine has 12.0 GiB of VRAM and 32.0 GiB of RAM in all"
    assert fit.pool is None


def test_a_file_that_cannot_be_sized_is_unknown_with_its_reason() -> None:
    fit = unknown("it is empty", SETTINGS)

    assert fit.verdict is Verdict.UNKNOWN
    assert fit.reason == "it is empty"
    assert (fit.footprint, fit.pool, fit.max_context) == (None, None, None)


def test_a_verdict_is_steady_while_free_memory_wavers() -> None:
    verdict = None
    seen: list[Verdict] = []
    for waver in (200, -200, 200, -200, 200):
        now = Pool("RAM", "ram", 16 * GIB, 10 * GIB + waver * MIB // 2, GIB)
        verdict = judge(footprint(9 * GIB), [now], SETTINGS, previous=verdict).verdict
        seen.append(verdict)

    # THEN it turns once, to the careful side
    assert seen == [Verdict.FITS, *[Verdict.TIGHT] * 4]


def test_a_verdict_held_steady_gives_a_reason_that_is_true() -> None:
    fit = judge(footprint(9 * GIB - MIB), [RAM], SETTINGS, previous=Verdict.TIGHT)

    assert fit.verdict is Verdict.TIGHT
    assert fit.reason.endswith("which leaves only 1.00 GiB")


def test_a_verdict_turns_back_when_memory_is_really_free() -> None:
    for previous in Verdict:
        assert judge(footprint(8 * GIB), [RAM], SETTINGS, previous=previous).verdict is Verdict.FITS


ORDER = [Verdict.FITS, Verdict.TIGHT, Verdict.SPLIT, Verdict.TOO_BIG]


@given(st.integers(65 * MIB, 60 * GIB), st.integers(0, 4 * GIB), st.booleans())
def test_a_larger_footprint_never_gets_a_better_verdict(need: int, more: int, with_card: bool) -> None:
    machine = [VRAM, BESIDE] if with_card else [RAM]
    small = judge(footprint(need), machine, SETTINGS, layers=32)
    large = judge(footprint(need + more), machine, SETTINGS, layers=32)

    assert ORDER.index(small.verdict) <= ORDER.index(large.verdict)
    assert small.reason
    if small.gpu_layers is not None and large.gpu_layers is not None:
        assert small.gpu_layers >= large.gpu_layers


@given(st.integers(0, 1 << 30), st.integers(0, 1 << 20), st.integers(0, 1 << 40), st.integers(0, 1 << 18))
def test_the_longest_context_fits_and_the_next_does_not(fixed: int, each: int, room: int, limit: int) -> None:
    def total_at(context: int) -> int:
        return fixed + each * context

    longest = max_context(total_at, room, limit)

    if longest is None:
        assert limit < 256 or total_at(256) > room
    else:
        assert longest % 256 == 0
        assert longest <= limit
        assert total_at(longest) <= room
        assert longest + 256 > limit or total_at(longest + 256) > room


@given(st.integers(1, 1 << 16), st.integers(0, 1 << 36), st.integers(0, 1 << 30))
def test_more_room_never_shortens_the_longest_context(each: int, room: int, more: int) -> None:
    shorter = max_context(lambda context: each * context, room, 1 << 17) or 0
    longer = max_context(lambda context: each * context, room + more, 1 << 17) or 0

    assert shorter <= longer
