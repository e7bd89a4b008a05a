"""Speed of reading prompts on machines that are not here."""

import pytest

from tests.fit.machines import gpu, machine
from tui.fit.arithmetic import gpu_arithmetic, processor_arithmetic
from tui.hardware.profiles import PROFILES
from tui.units import GIB

LLAMA_7B, LLAMA_8B = 6.6e9, 7.5e9
"""Weights that a token of a prompt is multiplied by."""


@pytest.mark.parametrize(
    ("name", "weights", "published"),
    [("m1-8gb", LLAMA_7B, 118), ("m3-max-64gb", LLAMA_7B, 760), ("ryzen-ai-max-128gb", LLAMA_8B, 833)],
)
def test_published_speeds_lie_in_the_range_of_their_class(
    name: str, weights: float, published: float
) -> None:
    arithmetic = gpu_arithmetic(PROFILES[name])

    assert arithmetic is not None
    low, typical, high = (per_second / weights for per_second in arithmetic)
    assert low < published < high
    assert typical == pytest.approx(published, rel=0.25)


def test_a_processor_reads_where_its_graphics_are_no_faster_or_nobody_knows_how_fast_they_are() -> None:
    assert gpu_arithmetic(PROFILES["hp-i5-1035g1"]) is None
    assert gpu_arithmetic(machine(16 * GIB)) is None
    assert gpu_arithmetic(machine(16 * GIB, gpu("nvidia", shares=False, memory=8 * GIB))) is None


def test_a_processor_grows_with_its_cores() -> None:
    small, large = (processor_arithmetic(PROFILES[name].cpu) for name in ("hp-i5-1035g1", "ryzen-8700g"))

    assert large.typical == 2 * small.typical
    # A Ryzen 9 7950X has twice as many cores as the larger one; a fast fork reads 224 tokens a second there.
    assert large.lowest * 2 < 224 * LLAMA_8B < large.highest * 2
