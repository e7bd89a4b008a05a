"""Machines, readings and footprints for tests of the verdicts."""

from tests.reasons import because
from tui.engine.footprint import Footprint
from tui.hardware.machine import Cpu, Gpu, Machine
from tui.hardware.reading import GpuReading, MemoryReading, Metric, Reading, known, unknown
from tui.sentences import reason
from tui.units import GIB, MIB

NOTHING: Metric[float] = unknown(because("not asked"))
RAM_NAME = reason("fit.pool_ram")
UNIFIED_NAME = reason("fit.pool_unified")
CARD_NAME = reason("fit.pool_vram", gpu="A card")
NOT_SIZED = reason("fit.header_without_shape")
SMALL = Footprint(100 * MIB, 50 * MIB, 20 * MIB, 60 * MIB, "engine")


def footprint(total_bytes: int, process_bytes: int = 64 * MIB) -> Footprint:
    """A footprint of this total, half of what is not the process in the weights."""
    model_bytes = total_bytes - process_bytes
    return Footprint(model_bytes // 2, model_bytes - model_bytes // 2, 0, process_bytes, "engine")


def gpu(vendor: str, *, shares: bool, memory: int | None, index: int = 0, name: str = "A card") -> Gpu:
    size: Metric[int] = known(memory, "test") if memory is not None else unknown(because("not told"))
    return Gpu(index, name, vendor, shares, size, unknown(because("not asked")))  # type: ignore[arg-type]


def machine(ram: int, *gpus: Gpu, limit: int | None = None) -> Machine:
    cpu = Cpu(known("A processor", "test"), 4, 8, unknown(because("none")), ())
    return Machine(reason("hardware.this_machine"), "Linux", cpu, ram, limit or ram, "RAM", None, gpus, None)


def reading(total: int, available: int, *cards: GpuReading) -> Reading:
    memory = MemoryReading(total, total - available, available, 0, 0, 0, "test")
    return Reading(
        0.0, NOTHING, (), known(memory, "test"), cards, NOTHING, None, NOTHING, unknown(because("not asked"))
    )


def card(used: int | None, index: int = 0, total: int = 12 * GIB) -> GpuReading:
    used_metric: Metric[int] = known(used, "test") if used is not None else unknown(because("not told"))
    return GpuReading(index, NOTHING, used_metric, known(total, "test"), NOTHING, NOTHING)
