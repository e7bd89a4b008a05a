"""Memory that systems take for themselves."""

import pytest

from tui.hardware.system_memory import system_bytes
from tui.units import GIB


@pytest.mark.parametrize(
    ("system", "ram", "low", "high"),
    [
        ("macOS arm64", 8, 2, 2),
        ("macOS 15.1 arm64", 64, 3, 4),
        ("Linux x86_64", 32, 1, 2),
        ("Windows 11 AMD64", 16, 2, 4),
        ("described in settings.toml", 16, 2, 4),
        # With little memory a system takes little.
        ("macOS arm64", 4, 1, 1),
        ("Linux x86_64", 1, 0.25, 0.25),
    ],
)
def test_a_system_takes_what_is_published_of_it(system: str, ram: int, low: float, high: float) -> None:
    assert low * GIB <= system_bytes(system, ram * GIB) <= high * GIB
