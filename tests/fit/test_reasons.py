"""Reasons of verdicts, as a person reads them."""

import msgspec
import pytest

from tests.fit.machines import CARD_NAME, RAM_NAME, UNIFIED_NAME
from tui.fit import reasons
from tui.fit.placement import LayerBytes, Parts, Placement
from tui.fit.verdict import Pool
from tui.services.sentences import sentence
from tui.units import GIB

CARD = Pool(CARD_NAME, "vram", 12 * GIB, 11 * GIB, GIB, device="RTX 4070")
RAM = Pool(RAM_NAME, "ram", 32 * GIB, 20 * GIB, 2 * GIB)
GPU_PART = Pool(UNIFIED_NAME, "unified", 12 * GIB, 11 * GIB, GIB, device="Radeon 780M")
PARTS = Parts((LayerBytes(1, 0, 1), LayerBytes(1, 3, 1), LayerBytes(1, 3, 1)), 1, 1, False, 1)


def test_a_tight_model_says_what_is_short() -> None:
    assert sentence(reasons.tight(22 * GIB, RAM)).endswith("close programs that hold 2.00 GiB")
    assert sentence(reasons.tight(19 * GIB, RAM)).endswith("which leaves only 1.00 GiB")
    silent = msgspec.structs.replace(CARD, free_known=False)
    assert sentence(reasons.tight(GIB, silent)).endswith("how much of that is free cannot be read")


@pytest.mark.parametrize(
    ("placement", "parts", "sentence_part"),
    [
        (Placement(0, 0, 0, GIB), PARTS, "no layer fits on the RTX 4070"),
        (Placement(2, 0, GIB, GIB), PARTS, "2 of 3 layers on the RTX 4070"),
        (Placement(3, 2, GIB, GIB), PARTS, "all layers on the RTX 4070, the experts of 1 of 2 in RAM"),
        (Placement(None, 0, GIB, GIB), None, "more than the RTX 4070 holds"),
    ],
)
def test_a_split_says_what_goes_where(placement: Placement, parts: Parts | None, sentence_part: str) -> None:
    assert sentence(reasons.split(placement, parts, CARD, RAM)).startswith(sentence_part)


def test_graphics_that_share_the_ram_move_no_memory() -> None:
    text = sentence(reasons.split(Placement(2, 0, GIB, GIB), PARTS, GPU_PART, RAM, GIB))

    assert "the processor does the rest" in text
    assert "in RAM" not in text


@pytest.mark.parametrize(
    ("device_bytes", "host_bytes", "memory"), [(11 * GIB, GIB, "VRAM of A card"), (GIB, 19 * GIB, "RAM")]
)
def test_a_split_names_the_memory_in_which_programs_must_close(device_bytes, host_bytes, memory) -> None:
    text = sentence(reasons.split(Placement(2, 0, device_bytes, host_bytes), PARTS, CARD, RAM))

    assert f"GiB of {memory} is free now" in text
    assert "close programs first" in text


def test_too_big_reason_has_the_available_memory() -> None:
    both = sentence(reasons.too_big(90 * GIB, [CARD, RAM]))

    assert both == "needs 90.0 GiB; at most 11.0 GiB of VRAM and 30.0 GiB of RAM can be given to a model"
    assert sentence(reasons.too_big(90 * GIB, [RAM])).endswith(
        "at most 32.0 GiB of RAM can be given to a model"
    )


def test_a_card_that_the_build_cannot_use_is_added_to_any_reason() -> None:
    fits = reasons.fits(GIB, RAM)

    assert reasons.with_unused_card(fits, RAM) is fits
    unused = reasons.with_unused_card(fits, msgspec.structs.replace(RAM, unused="RTX 4070"))
    assert sentence(unused) == f"{sentence(fits)}; this build of the engine cannot use the RTX 4070"
