"""Memory sheet: a line for each part, and a graph of the memory in use."""

from tui.engine.footprint import Footprint
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.i18n import _
from tui.services.memory_parts import MemoryParts, memory_parts
from tui.ui.gauges.bar import CEILING
from tui.ui.gauges.figures import in_unit, percent
from tui.ui.gauges.history import PercentHistory
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.memory.lines import (
    CACHE_GLYPH,
    ENGINE_GLYPH,
    OTHER_PROGRAMS_GLYPH,
    bar_line,
    ceiling_bytes,
    engine_parts_now,
    mark_line,
    pressure_line,
    swap_lines,
)
from tui.ui.gauges.memory.pressure import pressure_of
from tui.ui.gauges.sheet import history_lines, sentence_lines
from tui.ui.gauges.stacked_bar import PARTS
from tui.ui.gauges.thresholds import MEMORY
from tui.ui.kit.pieces import Line, Piece, cut, join_fitting, width_of
from tui.units import format_bytes, split_bytes


def memory_sheet(
    reading: Reading | None,
    machine: Machine | None,
    mark: MemoryMark | None,
    loaded: Footprint | None,
    history: PercentHistory,
    width: int,
    rows: int,
) -> list[Line]:
    """Return everything known about the memory, with a graph of `rows` rows."""
    memory = reading.memory.value if reading else None
    parts = memory_parts(memory, reading.engine if reading else None) if memory else None
    engine = engine_parts_now(parts, machine, loaded)
    lines = [bar_line(parts, machine, mark, engine, width, [], sizes=True)]
    if mark is not None and parts is not None:
        lines.append(mark_line(mark, parts.total, width))
    lines += history_lines(history, width, rows, MEMORY)
    if parts is not None:
        lines += part_lines(parts, engine, ceiling_bytes(machine), width)
        lines += _set_aside(machine, width)
    return [*lines, *_pressure(reading, width), join_fitting(swap_lines(reading, memory), width)]


def _set_aside(machine: Machine | None, width: int) -> list[Line]:
    """Return the memory that the firmware set aside for the GPU, which the bar leaves out."""
    set_aside_bytes = sum(gpu.set_aside_bytes for gpu in machine.gpus) if machine else 0
    if not set_aside_bytes:
        return []
    sentence = _("and {size} beside this memory, set aside for the GPU").format(
        size=format_bytes(set_aside_bytes)
    )
    return [cut([Piece(f"  {sentence}", "unit")], width)]


def part_lines(
    parts: MemoryParts, engine: tuple[int, int, int, int] | None, ceiling: int | None, width: int
) -> list[Line]:
    """Return every part in columns with its glyph, size and share: `▓ weights  1.92 GiB  24 %`."""
    if engine is None:
        engine_rows = [(ENGINE_GLYPH, "engine", _("engine"), parts.engine)] if parts.engine else []
    else:
        engine_rows = [
            (look.glyph, look.role, _("engine: {part}").format(part=look.word), size)
            for look, size in zip(PARTS, engine, strict=True)
        ]
    cache = parts.cache
    free = max(0, parts.total - parts.in_use - (cache or 0))
    rows = [
        (OTHER_PROGRAMS_GLYPH, "low", _("other programs"), parts.other_programs),
        *engine_rows,
        *([] if cache is None else [(CACHE_GLYPH, "cache", _("cache, freed on demand"), cache)]),
        (" ", "", _("free") if cache is not None else _("free, and cache"), free),
        *([(CEILING, "ceiling", _("most that the GPU can use"), ceiling)] if ceiling else []),
    ]
    unit = split_bytes(parts.total)[1]
    label_width = max(len(label) for _glyph, _role, label, _size in rows)
    values = [in_unit(size, unit, 2) for _glyph, _role, _word, size in rows]
    widest = max(map(len, values))
    return [
        cut(
            [
                Piece(f"{glyph} ", role),
                Piece(label.ljust(label_width + 2), "unit"),
                Piece(value.rjust(widest), "value"),
                Piece(f" {unit}  ", "unit"),
                *percent(100 * size / parts.total if parts.total else None),
            ],
            width,
        )
        for (glyph, role, label, size), value in zip(rows, values, strict=True)
    ]


def _pressure(reading: Reading | None, width: int) -> list[Line]:
    """Return the pressure as a word, and on Linux the share of stalled time, below it where room is short."""
    pressure = pressure_of(reading)
    if pressure is None or pressure.percent is None:
        return [cut(pressure_line(reading), width)]
    share = _("some task waited for {percent:.0f} % of the last 10 s").format(percent=pressure.percent)
    pieces = pressure_line(reading, with_share=False)
    line = [*pieces, Piece(f"  {share}", "unit")]
    return [line] if width_of(line) <= width else [cut(pieces, width), *sentence_lines([share], width)]
