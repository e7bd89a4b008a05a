"""Pools with the room they have, the parts of shared memory, and verdicts that are only maybe."""

import msgspec
import pytest

from tests.fit.machines import CARD_NAME, RAM_NAME, SMALL, UNIFIED_NAME
from tui.engine.options import LoadSettings
from tui.fit.judge import judge
from tui.fit.verdict import GpuShare, Pool, Verdict, gpu_part, ram_part
from tui.services.sentences import sentence
from tui.units import GIB, MIB

RAM = Pool(RAM_NAME, "ram", 16 * GIB, 10 * GIB, GIB)
SHARE = GpuShare("Radeon 780M", 8 * GIB, 2 * GIB, GIB, 5 * GIB, 512 * MIB)
SHARED = Pool(UNIFIED_NAME, "unified", 16 * GIB, 10 * GIB, GIB, share=SHARE)
SILENT_CARD = Pool(CARD_NAME, "vram", 12 * GIB, 12 * GIB, GIB, free_known=False)


def test_room_is_what_is_free_less_the_reserve() -> None:
    assert (RAM.room_now_bytes, RAM.room_idle_bytes, RAM.gpu_room_bytes) == (9 * GIB, 15 * GIB, 9 * GIB)
    full = msgspec.structs.replace(RAM, free_bytes=0)
    assert full.room_now_bytes == -GIB


def test_a_pool_without_a_share_is_its_own_part() -> None:
    assert gpu_part(RAM) is RAM
    assert ram_part(RAM) is RAM


def test_the_gpu_can_use_what_was_set_aside_and_what_it_may_borrow() -> None:
    part = gpu_part(SHARED)

    assert sentence(part.name) == "the memory that the Radeon 780M can use"
    assert (part.capacity_bytes, part.free_bytes) == (8 * GIB, GIB + 5 * GIB)
    assert SHARED.gpu_room_bytes == 6 * GIB - 512 * MIB


@pytest.mark.parametrize(("free", "borrowed"), [(3 * GIB, 2 * GIB), (GIB, 0), (0, 0)])
def test_ram_that_is_not_free_cannot_be_borrowed(free: int, borrowed: int) -> None:
    assert gpu_part(msgspec.structs.replace(SHARED, free_bytes=free)).free_bytes == GIB + borrowed


def test_programs_do_not_see_what_was_set_aside() -> None:
    part = ram_part(SHARED)

    assert (sentence(part.name), part.share) == ("RAM", None)
    assert (part.capacity_bytes, part.free_bytes) == (14 * GIB, 9 * GIB)


def test_a_model_may_fit_only_where_the_use_of_its_memory_is_unknown() -> None:
    tight = judge(SMALL, [SILENT_CARD, RAM], LoadSettings())

    assert (tight.verdict, tight.may_fit) == (Verdict.TIGHT, True)
    assert not msgspec.structs.replace(tight, verdict=Verdict.SPLIT).may_fit
    assert not msgspec.structs.replace(tight, pool=RAM).may_fit
    assert not msgspec.structs.replace(tight, pool=None).may_fit
    assert not msgspec.structs.replace(tight, device_bytes=12 * GIB).may_fit


def test_verdicts_are_listed_from_the_best_on() -> None:
    ranks = list(Verdict)
    runs = (Verdict.FITS, Verdict.TIGHT, Verdict.SPLIT, Verdict.ELSEWHERE)

    assert tuple(ranks[: len(runs)]) == runs
    assert ranks[-1] is Verdict.UNKNOWN
