"""Facts of the memory gauge."""

import msgspec

from tests.ui.gauges.drawn import mem
from tests.ui.host import card, machine, memory, reading
from tui.hardware.reading import known
from tui.ui.gauges.gpu.facts import gpu_description
from tui.ui.gauges.memory.gauge import memory_facts
from tui.units import GIB


def test_memory_set_aside_for_graphics_is_not_shown_as_memory() -> None:
    # GIVEN graphics that may use 2 GiB set aside by the firmware and 3 GiB of the RAM
    shared = msgspec.structs.replace(
        card(shares=True), memory_bytes=known(5 * GIB, "test"), set_aside_bytes=2 * GIB
    )
    shared_memory_machine = machine((shared,), None)
    # THEN the tick stands at what it can use of the RAM, and both are told
    bar = mem(reading(memory_reading=memory(2.0, 0.0)), 62, shown_machine=shared_memory_machine)[0]
    inside = bar[bar.index("▕") + 1 : bar.index("▏")]
    assert inside.index("╎") == round(len(inside) * 3 / 8)
    assert (
        "2.00 GiB set aside for it, and shares the system's memory, up to 3.00 GiB of it"
        in gpu_description(shared)
    )
    assert memory_facts(shared_memory_machine)[1].endswith(
        "3.00 GiB of it, besides 2.00 GiB that the firmware set aside"
    )
