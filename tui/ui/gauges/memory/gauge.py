"""Memory: who holds it now, and where the highlighted model would take it."""

from textual.reactive import reactive

from tui.engine.footprint import Footprint
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.i18n import _
from tui.services.memory_parts import memory_parts
from tui.text import clean_line
from tui.ui.gauges.bar import CEILING, MARK
from tui.ui.gauges.gauge import Gauge, reason_of
from tui.ui.gauges.history import LONG_SECONDS, History
from tui.ui.gauges.mark import Mark
from tui.ui.gauges.memory.lines import (
    CACHE_GLYPH,
    OTHERS_GLYPH,
    ceiling_bytes,
    memory_kind,
    memory_lines,
    own_and_mapped,
)
from tui.ui.gauges.stacked_bar import PARTS
from tui.ui.kit.pieces import Line, plain
from tui.units import format_bytes


class MemoryGauge(Gauge):
    """Memory that programs here can use, and where the highlighted model would take it."""

    mark: reactive[Mark | None] = reactive(None, repaint=False)
    """Where the highlighted model would take memory; None when it is loaded or goes elsewhere."""
    loaded: reactive[Footprint | None] = reactive(None, repaint=False)
    """What the engine measured when it loaded its model; None while none is loaded."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.history = History(LONG_SECONDS)
        """Percent of the memory that programs held."""

    def take(self, reading: Reading) -> None:
        """Keep what is in use for the graph of the gauge in full."""
        self.history.add(reading.time_seconds, in_use_percent(reading))

    def watch_mark(self) -> None:
        """Another model is highlighted."""
        self.update()

    def watch_loaded(self) -> None:
        """A model was loaded, or its memory given back."""
        self.update()

    def title(self) -> tuple[str, str]:
        """`Memory` and what kind it is."""
        return _("Memory"), memory_kind(self.machine)

    def facts(self) -> list[str]:
        """What limits it, what the bar's parts mean, and why anything is unknown."""
        facts = memory_facts(self.machine)
        facts.append(bar_legend())
        if self.mark is not None:
            facts.append(f"{MARK} {clean_line(self.mark.label)}: {format_bytes(self.mark.after_bytes)}")
        memory = self.reading.memory.value if self.reading else None
        if self.reading is not None and memory is not None:
            held = own_and_mapped(memory_parts(memory, self.reading.engine))
            facts += [_("engine: {parts}").format(parts=plain(line)) for line in held]
        if self.reading is not None:
            facts += memory_unknowns(self.reading)
        return facts

    def lines(self, width: int, height: int) -> list[Line]:
        """See `memory_lines`."""
        return memory_lines(self.reading, self.machine, self.mark, width, height, self.loaded)


def in_use_percent(reading: Reading) -> float | None:
    """Percent of the memory that programs hold."""
    memory = reading.memory.value
    if memory is None or not memory.total_bytes:
        return None
    return 100 * memory_parts(memory, reading.engine).in_use / memory.total_bytes


def memory_facts(machine: Machine | None) -> list[str]:
    """What limits it, and the GPU's part of it."""
    if machine is None:
        return []
    facts = [
        _("{size}, the limit is {source}").format(
            size=format_bytes(machine.memory_limit_bytes), source=machine.memory_limit_source
        )
    ]
    ceiling = ceiling_bytes(machine)
    if ceiling is not None:
        at_most = _("{tick} the GPU can use at most {size} of it")
        words = at_most.format(tick=CEILING, size=format_bytes(ceiling))
        aside = max(gpu.set_aside_bytes for gpu in machine.gpus)
        if aside:
            words += _(", besides {size} that the firmware set aside").format(size=format_bytes(aside))
        facts.append(words)
    return facts


def bar_legend() -> str:
    """What each glyph of the bar stands for."""
    engine = ", ".join(f"{look.glyph} {look.word}" for look in PARTS)
    return _(
        "{others} other programs; the engine's {engine}; {cache} cache, given back on demand; "
        "{mark} with the highlighted model"
    ).format(others=OTHERS_GLYPH, engine=engine, cache=CACHE_GLYPH, mark=MARK)


def memory_unknowns(reading: Reading) -> list[str]:
    """What of the memory could not be read, and why."""
    unknown = reason_of(reading.memory, _("memory"))
    if reading.pressure_level.value is None:
        unknown += reason_of(reading.pressure_percent, _("pressure"))
    memory = reading.memory.value
    if memory is not None and memory.swap_total_bytes:
        unknown += reason_of(reading.swap_in_bytes_per_second, _("swap read back"))
    if reading.engine is not None:
        unknown += reason_of(reading.engine.resident_bytes, _("engine"))
    return unknown
