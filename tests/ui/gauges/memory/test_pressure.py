"""Memory pressure in a word."""

import msgspec
import pytest

from tests.ui.host import machine, reading
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading, known
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.memory.lines import memory_lines
from tui.ui.kit.pieces import plain


def mem(
    now: Reading | None,
    width: int = 36,
    height: int = 3,
    mark: MemoryMark | None = None,
    what: Machine | None = None,
) -> list[str]:
    return [plain(line) for line in memory_lines(now, what or machine(), mark, width, height)]


@pytest.mark.parametrize(("level", "word"), [("normal", "low"), ("warning", "some"), ("critical", "high")])
def test_macos_tells_pressure_by_level(level: str, word: str) -> None:
    now = msgspec.structs.replace(reading(pressure=None), pressure_level=known(level, "test"))
    assert mem(now)[2].startswith(f"pressure {word}")


@pytest.mark.parametrize(
    ("percent", "words"),
    [(0.0, "pressure low"), (12.0, "pressure some"), (40.0, "pressure high"), (None, "pressure n/a")],
)
def test_pressure_is_a_word(percent: float | None, words: str) -> None:
    assert mem(reading(pressure=percent))[2].startswith(words)
