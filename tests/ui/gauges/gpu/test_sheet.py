"""Every GPU in full."""

from tests.ui.host import card, card_reading, machine, reading
from tui.ui.gauges.gpu.sheet import gpu_sheet
from tui.ui.kit.pieces import Line, plain


def text_of(lines: list[Line]) -> str:
    return "\n".join(plain(line) for line in lines)


def test_every_gpu_is_listed_in_full() -> None:
    both = machine((card(0), card(1, "Intel UHD Graphics", shares=True)), None)
    current = reading(gpus=(card_reading(0), card_reading(1, load=None)))
    text = text_of(gpu_sheet(current, both, {}, None, 70, 3))
    assert "NVIDIA GeForce RTX 4070: memory of its own, driver 550" in text
    assert "5.1 / 12.0 GiB VRAM" in text
    assert "Intel UHD Graphics: shares the system's memory, up to 12.0 GiB of it" in text
    assert "buffers of the GPU 5.10 GiB, part of the memory in use" in text
