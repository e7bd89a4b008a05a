"""Lines of the GPU gauge for one card or none."""

import msgspec
import pytest

from tests.ui.gauges.drawn import ON_CARDS, gpu
from tests.ui.host import card, card_reading, machine, reading
from tui.engine.footprint import DevicePart
from tui.hardware.reading import known
from tui.sentences import reason
from tui.ui.gauges.gpu.gauge import gpu_lines
from tui.ui.gauges.gpu.sheet import gpu_sheet
from tui.ui.kit.pieces import plain
from tui.units import GIB


def test_a_missing_gpu_is_explained() -> None:
    assert " ".join(gpu(machine())) == "no GPU was found; models run on the CPU"


def test_a_long_reason_is_wrapped_to_the_room() -> None:
    lines = gpu(machine(reason=reason("hardware.gpu_driver_not_loaded")), width=30)
    assert " ".join(lines) == "a GPU is on the bus but its driver is not loaded; models run on the CPU"


def test_a_folded_gauge_without_gpu_uses_both_lines() -> None:
    assert gpu(machine(), width=24, height=2) == ["GPU no GPU was found;", "models run on the CPU"]


def test_one_gpu_shows_load_heat_power_and_memory() -> None:
    first, second, _graph = gpu(machine((card(),), None), (card_reading(),), width=40)
    assert first.endswith("  21 %   54 °C   65 W")
    assert second.endswith("  5.1 / 12.0 GiB VRAM")


def test_memory_that_a_gpu_shares_is_not_drawn_twice() -> None:
    shared = machine((card(shares=True),), None)
    assert "GiB" not in "".join(gpu(shared, (card_reading(),), width=62, height=5))
    both = gpu(machine((card(0), card(1, shares=True)), None), (card_reading(0), card_reading(1)), width=62)
    assert "12.0 GiB" in both[0]
    assert "shares RAM" in both[1]
    assert "▕" not in both[1]


def test_a_gpu_that_is_not_read_is_not_drawn_as_idle() -> None:
    lines = gpu(machine((card(),), None), (card_reading(load=None),), width=40)
    assert "n/a" in lines[0]
    missing = gpu(machine((card(),), None), (), width=40)
    assert "n/a" in missing[0]
    assert "n/a / 12.0 GiB" in missing[1]


@pytest.mark.parametrize(("watts", "role"), [(186, "value"), (195, "high"), (230, "critical")])
def test_power_takes_a_colour_at_its_limit(watts: float, role: str) -> None:
    gpu_reading = msgspec.structs.replace(
        card_reading(), power_watts=known(watts, "test"), power_limit_watts=known(200.0, "test")
    )
    lines = gpu_lines(reading(gpus=(gpu_reading,)), machine((card(),), None), {}, None, 40, 3)
    assert [piece.role for line in lines for piece in line if piece.text.strip() == str(watts)] == [role]
    in_full = gpu_sheet(reading(gpus=(gpu_reading,)), machine((card(),), None), {}, None, 60, 3)
    assert f"draws {watts} of at most 200 W" in [plain(line) for line in in_full]


def test_power_without_a_limit_has_no_colour() -> None:
    gpu_reading = msgspec.structs.replace(card_reading(), power_watts=known(900.0, "test"))
    lines = gpu_lines(reading(gpus=(gpu_reading,)), machine((card(),), None), {}, None, 40, 3)
    assert [piece.role for line in lines for piece in line if piece.text.strip() == "900"] == ["value"]


def test_the_engines_memory_on_a_card_is_drawn_by_purpose() -> None:
    footprint = msgspec.structs.replace(ON_CARDS, devices=(DevicePart("CUDA0", 3 * GIB, GIB, GIB // 2),))
    current = reading(gpus=(card_reading(used=6),))
    lines = [plain(row) for row in gpu_lines(current, machine((card(),), None), {}, None, 62, 5, footprint)]
    assert all(glyph in lines[1] for glyph in "█▓▒▚")
    assert lines[2] == "▓ weights 3.00  ▒ KV 1.00  ▚ compute 0.50 GiB"
    # Low gauges have no room for the words, and the bar is the same.
    low = [plain(row) for row in gpu_lines(current, machine((card(),), None), {}, None, 62, 3, footprint)]
    assert low[1] == lines[1]
    assert "weights" not in low[2]
