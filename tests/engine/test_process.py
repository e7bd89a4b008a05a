"""Sizes of this process as the system tells them."""

from tui.engine import process


def test_memory_of_this_process_is_read() -> None:
    resident, peak = process.resident_bytes(), process.peak_bytes()

    assert resident is not None
    assert peak is not None
    assert 0 <= process.file_bytes() < resident <= peak
    obtainable = process.obtainable_bytes()
    assert obtainable is not None
    assert obtainable > 0
    assert process.usable_cores() >= 1
