"""Speed of reading prompts on machines that are not here."""

import msgspec
import pytest

from tests.fit.machines import gpu, machine
from tests.models.shapes import make
from tui.fit.arithmetic import gpu_arithmetic, processor_arithmetic
from tui.fit.speed import BandwidthSpeeds
from tui.fit.verdict import Fit, Pool, Speed, Verdict
from tui.hardware.machine import Vendor
from tui.hardware.profiles import PROFILES
from tui.models.model import Model
from tui.sentences import reason
from tui.units import GIB, MIB

LLAMA_7B, LLAMA_8B = 6.6e9, 7.5e9
"""Weights that a token of a prompt is multiplied by."""
LLAMA_WIDTH = 4096
TINYLLAMA = make("llama", 22, 2048, 5632, 32, 4, 64, 32000)


@pytest.mark.parametrize(
    ("name", "weights", "published"),
    [
        ("m1-8gb", LLAMA_7B, 118),
        ("m1-8gb", LLAMA_8B, 94),
        ("m3-max-64gb", LLAMA_7B, 760),
        ("m3-max-64gb", LLAMA_8B, 693),
        ("ryzen-ai-max-128gb", LLAMA_8B, 833),
    ],
)
def test_published_speeds_lie_in_the_range_of_their_class(
    name: str, weights: float, published: float
) -> None:
    arithmetic = gpu_arithmetic(PROFILES[name], LLAMA_WIDTH)

    assert arithmetic is not None
    low, typical, high = (per_second / weights for per_second in arithmetic)
    assert low < published < high
    assert typical == pytest.approx(published, rel=0.25)


@pytest.mark.parametrize(
    ("gbs", "published"), [(360, 6744), (616, 7094), (1008, 18709)], ids=["RTX 3060", "2080 Ti", "4090"]
)
def test_published_speeds_of_a_small_model_lie_in_the_range_of_cards(gbs: int, published: float) -> None:
    speed = prompt_speed(gbs * 1e9, shares=False)

    assert speed.low is not None
    assert speed.high is not None
    assert speed.low < published < speed.high
    assert speed.value == pytest.approx(published, rel=0.7)


def test_published_speed_of_a_small_model_lies_in_the_range_of_an_apple_gpu() -> None:
    speed = prompt_speed(800e9, shares=True, vendor="apple")

    assert speed.low is not None
    assert speed.high is not None
    assert speed.low < 5588 < speed.high


def test_the_smaller_a_model_the_less_of_a_card_it_fills_and_the_wider_the_range() -> None:
    card = PROFILES["pc-12gb"]
    wide, small, tiny = (gpu_arithmetic(card, width) for width in (4096, 2048, 576))

    assert wide is not None
    assert small is not None
    assert tiny is not None
    assert gpu_arithmetic(card, 8192) == wide
    assert wide.typical > 2 * small.typical > 8 * tiny.typical
    ranges = [arithmetic.highest / arithmetic.lowest for arithmetic in (wide, small, tiny)]
    assert ranges == sorted(ranges)
    # Graphics that share the memory have fewer cores to fill.
    shared = [gpu_arithmetic(PROFILES["m1-8gb"], width) for width in (4096, 1024)]
    assert shared[0] == shared[1]


def test_launching_kernels_bounds_the_speed_of_the_smallest_model_on_the_fastest_card() -> None:
    fastest = prompt_speed(1e15, shares=False).high
    assert fastest is not None
    assert fastest <= 512 / (22 * 4e-5)


def prompt_speed(bandwidth: float, *, shares: bool, vendor: Vendor = "nvidia") -> Speed:
    """Speed at which TinyLlama 1.1B reads a prompt on a machine with a GPU of this bandwidth."""
    own = msgspec.structs.replace(gpu(vendor, shares=shares, memory=24 * GIB), memory_bandwidth=bandwidth)
    there = machine(32 * GIB, own)
    model = Model("TinyLlama-1.1B", "Q4_K_M", 669 * MIB, TINYLLAMA, None, None)
    kind = "unified" if shares else "vram"
    pool = Pool(reason("fit.pool_ram"), kind, 24 * GIB, 24 * GIB, GIB)
    fit = Fit(Verdict.FITS, reason("fit.measured_here"), None, pool, None, 2048, "f16")
    return BandwidthSpeeds(there).prompt_speed(model, fit)


def test_a_processor_reads_where_its_graphics_are_no_faster_or_nobody_knows_how_fast_they_are() -> None:
    assert gpu_arithmetic(PROFILES["hp-i5-1035g1"], LLAMA_WIDTH) is None
    assert gpu_arithmetic(machine(16 * GIB), LLAMA_WIDTH) is None
    unknown_card = machine(16 * GIB, gpu("nvidia", shares=False, memory=8 * GIB))
    assert gpu_arithmetic(unknown_card, LLAMA_WIDTH) is None


def test_a_processor_grows_with_its_cores() -> None:
    small, large = (processor_arithmetic(PROFILES[name].cpu) for name in ("hp-i5-1035g1", "ryzen-8700g"))

    assert large.typical == 2 * small.typical
    # A Ryzen 9 7950X has twice as many cores as the larger one; a fast fork reads 224 tokens a second there.
    assert large.lowest * 2 < 224 * LLAMA_8B < large.highest * 2
