"""Memory: what programs hold, the engine's part, cache that can be given back, and where a model takes it."""

import msgspec
from textual.reactive import reactive

from tui.hardware.machine import Machine
from tui.hardware.reading import MemoryReading, ProcessReading, Reading
from tui.i18n import _
from tui.text import clean_line
from tui.ui.cells import middle_cut
from tui.ui.thresholds import MEMORY, PRESSURE, PRESSURE_ROLES, PRESSURE_WORDS, step_at
from tui.ui.widgets.bar import CAPS, MARK, Part, capped, marked_bar
from tui.ui.widgets.figures import in_unit, labelled_size, percent, size_pair
from tui.ui.widgets.gauge import EXPANDED_ROWS, Gauge, named, reason_of
from tui.ui.widgets.mark import Mark
from tui.ui.widgets.pieces import Line, Piece, cut, join_fitting, spread, width_of
from tui.units import UNKNOWN, format_bytes, split_bytes

ENGINE_GLYPH = "▓"
CACHE_GLYPH = "░"

_LEAST_BAR = 5
"""A bar shorter than this says less than the figures it would leave out."""


class MemoryParts(msgspec.Struct, frozen=True):
    """Memory by who holds it, in bytes; the parts and what is free make up the total."""

    others: int
    """Programs other than the engine."""
    engine: int
    """The engine's process, the file pages of its mapped weights included."""
    cache: int
    """The rest of the cache, given back on demand."""
    available: int
    """What a new program could take without swapping and without pushing the engine's pages out."""
    total: int

    @property
    def in_use(self) -> int:
        """What programs hold, the engine's mapped weights included."""
        return self.others + self.engine


def memory_parts(memory: MemoryReading, engine: ProcessReading | None) -> MemoryParts:
    """A reading by who holds what.

    A mapped model lies in the cache as the system counts, yet it is in use as long as the engine talks: its
    pages are moved from the cache to the engine's part. Where the engine's own memory and its file pages
    cannot be told apart, all of it counts as its own.
    """
    own, mapped = _engine_bytes(engine) if engine else (0, 0)
    mapped = min(mapped, memory.reclaimable_bytes)
    own = min(own, memory.used_bytes)
    return MemoryParts(
        others=memory.used_bytes - own,
        engine=own + mapped,
        cache=memory.reclaimable_bytes - mapped,
        available=max(0, memory.available_bytes - mapped),
        total=memory.total_bytes,
    )


class MemoryGauge(Gauge):
    """Memory that programs here can use, and where the highlighted model would take it."""

    mark: reactive[Mark | None] = reactive(None, repaint=False)
    """Where the highlighted model would take memory; None when it is loaded or goes elsewhere."""

    def watch_mark(self) -> None:
        """Another model is highlighted."""
        self.update()

    def title(self) -> tuple[str, str]:
        """`Memory` and what kind it is."""
        return _("Memory"), memory_kind(self.machine)

    def facts(self) -> list[str]:
        """What limits it, what the bar's parts mean, and why anything is unknown."""
        facts: list[str] = []
        if self.machine is not None:
            facts.append(
                _("{size}, the limit is {source}").format(
                    size=format_bytes(self.machine.memory_limit_bytes),
                    source=self.machine.memory_limit_source,
                )
            )
        facts.append(
            _(
                "{engine} engine, {cache} cache, given back on demand, {mark} with the highlighted model"
            ).format(engine=ENGINE_GLYPH, cache=CACHE_GLYPH, mark=MARK)
        )
        if self.mark is not None:
            facts.append(f"{MARK} {clean_line(self.mark.label)}: {format_bytes(self.mark.after_bytes)}")
        if self.reading is not None:
            facts += reason_of(self.reading.memory, _("memory"))
            facts += reason_of(self.reading.pressure_percent, _("pressure"))
            if self.reading.engine is not None:
                facts += reason_of(self.reading.engine.resident_bytes, _("engine"))
        return facts

    def lines(self, width: int, height: int) -> list[Line]:
        """See `memory_lines`."""
        return memory_lines(self.reading, self.machine, self.mark, width, height)


def memory_kind(machine: Machine | None) -> str:
    """`unified` where a GPU shares it, else `RAM`; empty until the machine is known."""
    if machine is None:
        return ""
    return _("unified") if any(gpu.shares_memory for gpu in machine.gpus) else _("RAM")


def memory_lines(
    reading: Reading | None, machine: Machine | None, mark: Mark | None, width: int, height: int
) -> list[Line]:
    """The gauge as lines: bar, figures and mark, then engine, swap and pressure."""
    memory = reading.memory.value if reading else None
    parts = memory_parts(memory, reading.engine if reading else None) if memory else None
    total = parts.total if parts else machine.memory_limit_bytes if machine else None
    used = parts.in_use if parts else None
    compact = height < EXPANDED_ROWS
    name = named(_("Mem"), height)
    figures = percent(100 * used / total if used is not None and total else None)
    sizes = size_pair(used, total)
    if not compact and width - CAPS - 2 - width_of([*sizes, *figures]) >= _LEAST_BAR:
        figures = [*sizes, Piece(" "), *figures]
    room = max(0, width - CAPS - 1 - width_of([*name, *figures]))
    first = [*name, *capped(_bar(parts, mark, room)), Piece(" "), *figures]
    if compact:
        return [
            first,
            spread(size_pair(used, total, memory_kind(machine)), _pressure(reading, short=True), width),
        ]
    state = join_fitting(_state(reading, memory, parts, marked=mark is not None), width)
    if mark is not None and total:
        return [first, _mark_line(mark, total, width), state]
    return [first, join_fitting(_use(parts), width), state]


def _bar(parts: MemoryParts | None, mark: Mark | None, width: int) -> Line:
    if parts is None or not parts.total:
        return marked_bar([], width, None, MEMORY)
    total = parts.total
    stretches = [
        Part(parts.others / total, ""),
        Part(parts.engine / total, "engine", ENGINE_GLYPH),
        Part(parts.cache / total, "cache", CACHE_GLYPH, yields=True),
    ]
    return marked_bar(stretches, width, mark.after_bytes / total if mark else None, MEMORY)


def _mark_line(mark: Mark, total: int, width: int) -> Line:
    """`▼ 7.9 GiB with Llama-3…Q4_K_M`, and by how much it would be too much."""
    unit = split_bytes(total)[1]
    value = in_unit(mark.after_bytes, unit, 1).rjust(len(in_unit(total, unit, 1)))
    head = [
        Piece(f"{MARK} ", "mark"),
        Piece(value, "value"),
        Piece(_(" {unit} with ").format(unit=unit), "unit"),
    ]
    excess = mark.after_bytes - total
    over = [Piece(_(" {size} over").format(size=in_unit(excess, unit, 1)), "critical")] if excess > 0 else []
    room = width - width_of([*head, *over])
    return cut([*head, Piece(middle_cut(clean_line(mark.label), max(1, room)), "value"), *over], width)


def _use(parts: MemoryParts | None) -> list[Line]:
    """What could be taken now, and what of it is cache; the engine's part first when there is one."""
    if parts is None:
        return []
    engine = [labelled_size(_("engine"), parts.engine)] if parts.engine else []
    return [
        *engine,
        labelled_size(_("available"), parts.available),
        labelled_size(_("cache"), parts.cache),
    ]


def _state(
    reading: Reading | None, memory: MemoryReading | None, parts: MemoryParts | None, *, marked: bool
) -> list[Line]:
    """Swap and pressure; the engine's part too when the line above has gone to the mark."""
    swap = labelled_size(_("swap"), memory.swap_used_bytes if memory else None)
    if memory is not None and memory.swap_total_bytes == 0:
        swap = [Piece(_("no swap"), "unit")]
    engine = [labelled_size(_("engine"), parts.engine)] if marked and parts and parts.engine else []
    return [_pressure(reading), swap, *engine]


def _pressure(reading: Reading | None, *, short: bool = False) -> Line:
    """`pressure low`; in short only when there is some."""
    value = reading.pressure_percent.value if reading else None
    if value is None:
        return [] if short else [Piece(_("pressure "), "unit"), Piece(UNKNOWN, "unit")]
    step = step_at(value, PRESSURE)
    if short and step == PRESSURE[0].name:
        return []
    return [Piece(_("pressure "), "unit"), Piece(PRESSURE_WORDS[step], PRESSURE_ROLES[step])]


def _engine_bytes(engine: ProcessReading) -> tuple[int, int]:
    """The engine's own memory and its mapped file pages."""
    resident, own, mapped = engine.resident_bytes.value, engine.anonymous_bytes.value, engine.file_bytes.value
    if own is not None:
        return own, mapped if mapped is not None else max(0, (resident or own) - own)
    if resident is None:
        return 0, mapped or 0
    return max(0, resident - (mapped or 0)), mapped or 0
