"""The processes in full, and unknown figures with their reasons."""

import msgspec

from tests.ui.host import card, card_reading, engine, machine, reading
from tui.hardware.reading import known
from tui.ui.gauges.process_sheet import process_sheet, unknowns
from tui.ui.kit.pieces import Line, plain
from tui.units import MIB


def text_of(lines: list[Line]) -> str:
    return "\n".join(plain(line) for line in lines)


def test_memory_and_load_of_engine_and_llmtui_are_listed() -> None:
    current = msgspec.structs.replace(
        reading(process=engine(1.2, 0.9)),
        own_cpu_percent=known(1.5, "test"),
        own_resident_bytes=known(60 * MIB, "test"),
    )
    rows = [" ".join(plain(line).split()) for line in process_sheet(current, 80)]
    assert rows[0] == "engine 2.10 GiB resident"
    assert rows[1] == "1.20 GiB private: KV cache, buffers"
    assert rows[2].startswith("922 MiB mapped from the file")
    assert rows[3].startswith("n/a")
    assert rows[-2:] == ["llmtui 60.0 MiB resident", "1.5 % of one core"]
    assert "no model is loaded" in text_of(process_sheet(reading(), 80))


def test_everything_unknown_is_listed_with_its_reason() -> None:
    current = reading(load=None, pressure=None, gpus=(card_reading(load=None),), process=engine())
    lines = unknowns(current, machine((card(),), None))
    for line in (
        "CPU load: it could not be read: the counters do not move",
        "GPU load: it could not be read: the driver does not say",
        "Memory pressure: it could not be read: this kernel has no PSI",
        "Engine peak, load: it could not be read: not asked for in this test",
        "llmtui load, memory: it could not be read: not asked for in this test",
    ):
        assert line in lines
