"""Where the gauges are marked for a model that is not loaded yet."""

import msgspec

from tests.fit.machines import CARD_NAME, NOT_SIZED, RAM_NAME, card, footprint, reading
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.reading import Reading
from tui.ui.gauges.mark import marks_of
from tui.units import GIB

CARD = Pool(CARD_NAME, "vram", 12 * GIB, 11 * GIB, GIB, "A card", 1)
RAM = Pool(RAM_NAME, "ram", 32 * GIB, 20 * GIB, GIB)
SPLIT = Fit(
    verdict=Verdict.SPLIT,
    reason=NOT_SIZED,
    footprint=footprint(18 * GIB),
    pool=CARD,
    max_context=None,
    context=4096,
    kv_type="f16",
    gpu_layers=20,
    device_bytes=10 * GIB,
    host_bytes=9 * GIB,
)
# The first GPU shares RAM and claims more of it than the card has.
NOW = reading(32 * GIB, 20 * GIB, card(3 * GIB, 0, 16 * GIB), card(GIB, 1))


def after(of: Reading, fit: Fit, loaded_bytes: int = 0) -> tuple[int | None, int | None]:
    memory, gpu = marks_of(of, fit, "A model", loaded_bytes)
    return memory.after_bytes if memory else None, gpu.after_bytes if gpu else None


def test_each_memory_is_marked_with_its_own_part_of_a_split() -> None:
    memory, gpu = marks_of(NOW, SPLIT, "A model")

    assert memory is not None
    assert gpu is not None
    assert memory.after_bytes == 12 * GIB + 9 * GIB
    assert (gpu.after_bytes, gpu.gpu_index) == (GIB + 10 * GIB, 1)


def test_memory_of_the_loaded_model_is_freed_before_the_mark() -> None:
    machine_reading = reading(32 * GIB, 20 * GIB, card(3 * GIB, 0), card(9 * GIB, 1))

    assert after(machine_reading, SPLIT, loaded_bytes=8 * GIB) == (21 * GIB, 11 * GIB)


def test_a_model_in_ram_alone_marks_no_card() -> None:
    ram_alone = msgspec.structs.replace(SPLIT, gpu_layers=0, pool=RAM, device_bytes=0, host_bytes=18 * GIB)

    assert after(NOW, ram_alone) == (30 * GIB, None)


def test_a_model_that_fits_nowhere_is_marked_past_the_end_of_memory() -> None:
    huge = msgspec.structs.replace(
        SPLIT,
        verdict=Verdict.TOO_BIG,
        footprint=footprint(80 * GIB),
        pool=None,
        device_bytes=0,
        host_bytes=0,
    )

    assert after(NOW, huge) == (92 * GIB, None)


def test_a_card_that_does_not_tell_its_use_gets_no_mark() -> None:
    silent = reading(32 * GIB, 20 * GIB, card(3 * GIB, 0), card(None, 1))

    assert after(silent, SPLIT) == (21 * GIB, None)
