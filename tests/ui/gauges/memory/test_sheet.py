"""Memory in full."""

from tests.ui.host import engine, memory, reading
from tui.engine.footprint import Footprint
from tui.hardware.profiles import PROFILES
from tui.ui.gauges.history import PercentHistory
from tui.ui.gauges.memory.sheet import memory_sheet
from tui.ui.kit.pieces import Line, plain
from tui.units import GIB

LOADED = Footprint(GIB, GIB // 2, GIB // 8, GIB // 8, "engine")


def text_of(lines: list[Line]) -> str:
    return "\n".join(plain(line) for line in lines)


def test_memory_in_full_gives_each_part_a_line() -> None:
    current = reading(memory_reading=memory(4.0, 2.0, 1.0), process=engine(0.75, 1.0), pressure=12.0)
    text = text_of(memory_sheet(current, PROFILES["m1-8gb"], None, LOADED, PercentHistory(), 70, 3))
    for row in (
        "█ other programs             3.25 GiB   41 %",
        "▓ engine: weights            1.00 GiB   12 %",
        "▒ engine: KV                 0.50 GiB    6 %",
        "╎ most that the GPU can use  5.33 GiB   67 %",
        "pressure some  some task waited for 12 % of the last 10 s",
        "swap 1.00 GiB",
    ):
        assert row in text
