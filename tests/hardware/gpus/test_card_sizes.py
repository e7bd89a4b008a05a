"""What is known of a sleeping card from when it was awake."""

from pathlib import Path

import msgspec
import pytest

from tests.hardware.standin import StandIn
from tests.reasons import because
from tui.hardware.gpus.card_sizes import SOURCE, with_known_sizes
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.machine import Gpu
from tui.hardware.reading import Metric, known, unknown
from tui.units import GIB

BUS = "/sys/bus/pci/devices"


def card(memory: Metric[int], index: int = 0) -> Gpu:
    driver: Metric[str] = known("550", "NVML")
    return Gpu(index, "RTX 4070", "nvidia", False, memory, driver, device=f"0000:0{index + 1}:00.0")


def on_bus(*devices: str) -> StandIn:
    files: dict[str, str] = {}
    for index, device in enumerate(devices):
        folder = f"{BUS}/0000:0{index + 1}:00.0"
        files |= {f"{folder}/vendor": "0x10de\n", f"{folder}/device": f"{device}\n"}
    return StandIn(files)


def test_sleeping_card_keeps_the_size_read_while_awake(tmp_path: Path) -> None:
    file, system = tmp_path / "cache" / "cards.json", on_bus("0x2786")
    asleep = (card(unknown(ASLEEP)),)
    # GIVEN a card that was never seen awake
    assert with_known_sizes(asleep, system, file) == asleep
    # WHEN it is seen once THEN its size is known from then on
    awake = (card(known(12 * GIB, "NVML")),)
    assert with_known_sizes(awake, system, file) == awake
    assert with_known_sizes(asleep, system, file)[0].memory_bytes == known(12 * GIB, SOURCE)
    # AND another kind of card is another matter
    assert with_known_sizes(asleep, on_bus("0x2504"), file) == asleep


def test_failed_card_is_not_taken_for_sleeping(tmp_path: Path) -> None:
    file, system = tmp_path / "cards.json", on_bus("0x2786")
    with_known_sizes((card(known(12 * GIB, "NVML")),), system, file)
    broken = (card(unknown(because("the GPU stopped answering"))),)
    assert with_known_sizes(broken, system, file) == broken


@pytest.mark.parametrize("content", [b"", b"[]", b'{"10de:2786": -1}', b'{"10de:2786": "much"}', b"\xff"])
def test_damaged_file_is_ignored(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "cards.json"
    file.write_bytes(content)
    asleep = (card(unknown(ASLEEP)),)
    assert with_known_sizes(asleep, on_bus("0x2786"), file) == asleep


def test_shared_memory_size_is_not_saved(tmp_path: Path) -> None:
    file = tmp_path / "cards.json"
    shared = msgspec.structs.replace(card(known(GIB, "x")), shares_memory=True)
    with_known_sizes((shared,), on_bus("0x2786"), file)
    assert not file.exists()
