"""Widget of the memory gauge; its bar and its figures are made in `lines`."""

from textual.reactive import reactive

from tui.engine.footprint import Footprint
from tui.hardware.machine import Machine
from tui.hardware.reading import Metric, Reading
from tui.hardware.reading import unknown as unknown_metric
from tui.i18n import _
from tui.services.memory_parts import memory_parts
from tui.text import clean_line
from tui.ui.gauges.bar import CEILING, MARK
from tui.ui.gauges.gauge import Gauge, unknown_lines
from tui.ui.gauges.history import LONG_SECONDS, PercentHistory
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.memory.lines import (
    CACHE_GLYPH,
    OTHER_PROGRAMS_GLYPH,
    ceiling_bytes,
    memory_kind,
    memory_lines,
    private_and_mapped_lines,
)
from tui.ui.gauges.stacked_bar import PARTS
from tui.ui.kit.pieces import Line, plain
from tui.units import format_bytes


class MemoryGauge(Gauge):
    """Gauge of the memory that programs can use, with a mark for the highlighted model."""

    mark: reactive[MemoryMark | None] = reactive(None, repaint=False)
    """Mark of the highlighted model; None for none."""
    loaded: reactive[Footprint | None] = reactive(None, repaint=False)
    """Footprint that the engine measured at the load; None while no model is loaded."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.history = PercentHistory(LONG_SECONDS)
        """History of the memory in use, in percent."""

    def take(self, reading: Reading) -> None:
        """Add the memory in use to the history."""
        self.history.add(reading.time_seconds, in_use_percent(reading))

    def watch_mark(self) -> None:
        """Redraw for another highlighted model."""
        self.update()

    def watch_loaded(self) -> None:
        """Redraw after a load or an unload."""
        self.update()

    def title(self) -> tuple[str, str]:
        """Return `Memory` and its kind."""
        return _("Memory"), memory_kind(self.machine)

    def facts(self) -> list[str]:
        """Return the limit, the meaning of the bar's parts, and the reason for each unknown figure."""
        facts = memory_facts(self.machine)
        facts.append(bar_legend())
        if self.mark is not None:
            facts.append(f"{MARK} {clean_line(self.mark.label)}: {format_bytes(self.mark.after_bytes)}")
        memory = self.reading.memory.value if self.reading else None
        if self.reading is not None and memory is not None:
            engine_lines = private_and_mapped_lines(memory_parts(memory, self.reading.engine))
            facts += [_("engine: {parts}").format(parts=plain(line)) for line in engine_lines]
        if self.reading is not None:
            facts += memory_unknowns(self.reading)
        return facts

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the lines of the gauge, from `memory_lines`."""
        return memory_lines(self.reading, self.machine, self.mark, width, height, self.loaded)


def in_use_percent(reading: Reading) -> float | None:
    """Return the memory in use in percent; None for unknown."""
    memory = reading.memory.value
    if memory is None or not memory.total_bytes:
        return None
    return 100 * memory_parts(memory, reading.engine).in_use / memory.total_bytes


def memory_facts(machine: Machine | None) -> list[str]:
    """Return the limit of the memory, and the GPU's share of it."""
    if machine is None:
        return []
    facts = [
        _("{size}, the limit is {source}").format(
            size=format_bytes(machine.memory_limit_bytes or None), source=machine.memory_limit_source
        )
    ]
    ceiling = ceiling_bytes(machine)
    if ceiling is not None:
        set_aside_bytes = max(gpu.set_aside_bytes for gpu in machine.gpus)
        template = (
            _("{tick} the GPU can use at most {size} of it, besides {reserved} that the firmware set aside")
            if set_aside_bytes
            else _("{tick} the GPU can use at most {size} of it")
        )
        reserved = format_bytes(set_aside_bytes)
        facts.append(template.format(tick=CEILING, size=format_bytes(ceiling), reserved=reserved))
    return facts


def bar_legend() -> str:
    """Return the meaning of the glyphs of the bar."""
    engine = ", ".join(f"{look.glyph} {look.word}" for look in PARTS)
    return _(
        "{others} other programs; the engine's {engine}; {cache} cache, freed on demand; "
        "{mark} with the highlighted model"
    ).format(others=OTHER_PROGRAMS_GLYPH, engine=engine, cache=CACHE_GLYPH, mark=MARK)


def memory_unknowns(reading: Reading) -> list[str]:
    """Return the figures of the memory that could not be read, with their reasons."""
    unknown = unknown_lines(reading.memory, _("memory"))
    if reading.pressure_level.value is None:
        unknown += unknown_lines(reading.pressure_percent, _("pressure"))
    memory = reading.memory.value
    if memory is not None and memory.swap_reason is not None:
        swap: Metric[int] = unknown_metric(memory.swap_reason)
        unknown += unknown_lines(swap, _("swap"))
    if memory is not None and memory.swap_total_bytes:
        unknown += unknown_lines(reading.swap_in_bytes_per_second, _("swap read back"))
    if reading.engine is not None:
        unknown += unknown_lines(reading.engine.resident_bytes, _("engine"))
    return unknown
