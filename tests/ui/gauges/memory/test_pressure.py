"""Memory pressure in a word."""

import msgspec
import pytest

from tests.ui.gauges.drawn import mem
from tests.ui.host import reading
from tui.hardware.reading import known


@pytest.mark.parametrize(("level", "word"), [("normal", "low"), ("warning", "some"), ("critical", "high")])
def test_the_pressure_level_of_macos_is_used(level: str, word: str) -> None:
    current = msgspec.structs.replace(reading(pressure=None), pressure_level=known(level, "test"))
    assert mem(current)[2].startswith(f"pressure {word}")


@pytest.mark.parametrize(
    ("percent", "word"),
    [(0.0, "pressure low"), (12.0, "pressure some"), (40.0, "pressure high")],
)
def test_pressure_is_a_word(percent: float | None, word: str) -> None:
    assert mem(reading(pressure=percent))[2].startswith(word)


def test_unknown_pressure_takes_no_room() -> None:
    assert not any("pressure" in line for line in mem(reading(pressure=None)))
