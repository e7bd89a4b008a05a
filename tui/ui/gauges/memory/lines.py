"""Lines of the memory gauge: the bar with its parts, then the figures, the most important first."""

from rich.cells import cell_len

from tui.engine.footprint import Footprint
from tui.hardware.machine import Machine
from tui.hardware.reading import MemoryReading, Reading
from tui.i18n import _
from tui.services.memory_parts import MemoryParts, engine_parts, has_own_memory, memory_parts
from tui.text import clean_line
from tui.ui.gauges.bar import CAPS, CEILING, FULL, MARK, BarPart, capped, marked_bar
from tui.ui.gauges.figures import in_unit, labelled_size, percent, size_of, size_pair
from tui.ui.gauges.gauge import EXPANDED_ROWS, inline_title
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.memory.pressure import pressure_of
from tui.ui.gauges.stacked_bar import PARTS, parts_legend
from tui.ui.gauges.thresholds import MEMORY, PRESSURE, SWAP_IN, figure_role
from tui.ui.kit.cells import middle_cut
from tui.ui.kit.pieces import Line, Piece, cut, filled, join_fitting, spread, width_of
from tui.units import MIB, UNKNOWN, split_bytes

OTHER_PROGRAMS_GLYPH = FULL
ENGINE_GLYPH = PARTS[0].glyph
"""Glyph of the engine while its parts are unknown; most of it is weights."""
CACHE_GLYPH = "░"

_LEAST_BAR = 5
"""Smallest width of a bar in cells; below that, the figures are more useful."""


def memory_lines(
    reading: Reading | None,
    machine: Machine | None,
    mark: MemoryMark | None,
    width: int,
    height: int,
    loaded: Footprint | None = None,
) -> list[Line]:
    """Return the lines of the gauge: bar, mark, engine's parts, available memory, then swap and pressure."""
    memory = reading.memory.value if reading else None
    parts = memory_parts(memory, reading.engine if reading else None) if memory else None
    total = parts.total if parts else machine.memory_limit_bytes or None if machine else None
    engine = engine_parts_now(parts, machine, loaded)
    compact = height < EXPANDED_ROWS
    first = bar_line(parts, machine, mark, engine, width, inline_title(_("Mem"), height), sizes=not compact)
    if compact:
        return [first, _folded(parts.in_use if parts else None, total, reading, machine, width)]
    state = join_fitting(_state(reading, memory, parts, marked=mark is not None and height < 4), width)
    lines: list[Line] = []
    if mark is not None and total:
        lines.append(mark_line(mark, total, width))
    if engine:
        lines.append(parts_legend(engine, width))
    if parts is not None:
        lines.append(join_fitting(_use(parts, machine, with_engine=not engine), width))
        lines += [cut(line, width) for line in private_and_mapped_lines(parts)]
    return [first, *lines[: height - 2], state] if state else [first, *lines[: height - 1]]


def engine_parts_now(
    parts: MemoryParts | None, machine: Machine | None, loaded: Footprint | None
) -> tuple[int, int, int, int] | None:
    """Return the engine's weights, KV, compute and process now, in bytes; None for unknown."""
    if parts is None or not parts.engine or loaded is None:
        return None
    return engine_parts(parts, loaded, on_card=has_own_memory(machine))


def bar_line(
    parts: MemoryParts | None,
    machine: Machine | None,
    mark: MemoryMark | None,
    engine: tuple[int, int, int, int] | None,
    width: int,
    name: Line,
    *,
    sizes: bool,
) -> Line:
    """Return the bar, the percentage, and with `sizes` the used and the total bytes if they fit."""
    total = parts.total if parts else machine.memory_limit_bytes or None if machine else None
    used = parts.in_use if parts else None
    figures = percent(100 * used / total if used is not None and total else None)
    pair = size_pair(used, total)
    if sizes and width - CAPS - 2 - width_of([*pair, *figures]) >= _LEAST_BAR:
        figures = [*pair, Piece(" "), *figures]
    room = max(0, width - CAPS - 1 - width_of([*name, *figures]))
    return [*name, *capped(_bar(parts, machine, mark, engine, room)), Piece(" "), *figures]


def _bar(
    parts: MemoryParts | None,
    machine: Machine | None,
    mark: MemoryMark | None,
    engine: tuple[int, int, int, int] | None,
    width: int,
) -> Line:
    total = parts.total if parts else machine.memory_limit_bytes if machine else 0
    if not total:
        return marked_bar([], width, None, MEMORY)
    ceiling = ceiling_bytes(machine)
    tick = ceiling / total if ceiling else None
    if parts is None:
        return marked_bar([], width, None, MEMORY, tick)
    stretches = [BarPart(parts.other_programs / total, "", OTHER_PROGRAMS_GLYPH)]
    if engine is None:
        stretches.append(BarPart(parts.engine / total, "engine", ENGINE_GLYPH))
    else:
        stretches += [
            BarPart(size / total, look.role, look.glyph) for look, size in zip(PARTS, engine, strict=True)
        ]
    if parts.cache:
        stretches.append(BarPart(parts.cache / total, "cache", CACHE_GLYPH, yields=True))
    return marked_bar(stretches, width, mark.after_bytes / total if mark else None, MEMORY, tick)


def ceiling_bytes(machine: Machine | None) -> int | None:
    """Return the greatest part of shared memory that a GPU can use, in bytes; None for no limit."""
    if machine is None:
        return None
    ceilings = [gpu.max_ram_bytes for gpu in machine.gpus]
    return next((size for size in ceilings if size and size < machine.memory_limit_bytes), None)


def mark_line(mark: MemoryMark, total: int, width: int) -> Line:
    """Return the mark as text, `▼ 7.9 GiB with Llama-3…Q4_K_M`, with the excess over the memory.

    Where the name would be cut, it takes the place of the word before it.
    """
    unit = split_bytes(total)[1]
    value = in_unit(mark.after_bytes, unit, 1).rjust(len(in_unit(total, unit, 1)))
    excess = mark.after_bytes - total
    over = Piece(" " + _("{size} over").format(size=in_unit(excess, unit, 1)), "critical")
    end = [over] if excess > 0 else []
    label = clean_line(mark.label)
    size = [Piece(f"{MARK} ", "mark"), Piece(value, "value"), Piece(f" {unit}", "unit")]
    line: Line = []
    for template in (_("{size} with {model}"), "{size} {model}"):
        room = max(1, width - width_of([*filled(template, "unit", size=size, model=[]), *end]))
        model = [Piece(middle_cut(label, room), "value")]
        line = [*filled(template, "unit", size=size, model=model), *end]
        if cell_len(label) <= room:
            break
    return cut(line, width)


def memory_kind(machine: Machine | None) -> str:
    """Return `unified` if a GPU shares the memory, else `RAM`; empty until the machine is detected."""
    if machine is None:
        return ""
    return _("unified") if any(gpu.shares_memory for gpu in machine.gpus) else _("RAM")


def private_and_mapped_lines(parts: MemoryParts) -> list[Line]:
    """Return `1.20 GiB private, 0.90 GiB mapped from the file`; empty if these are unknown."""
    if not parts.mapped:
        return []
    private, mapped = size_of(parts.engine - parts.mapped), size_of(parts.mapped)
    template = _("{private} private, {mapped} mapped from the file")
    return [filled(template, "unit", private=private, mapped=mapped)]


def pressure_line(reading: Reading | None, *, short: bool = False, with_share: bool = True) -> Line:
    """Return the pressure and the share of stalled time: `pressure some 12 %`.

    With `short`, a low or unknown pressure is empty, and the share is left out. `with_share` is False where
    the share follows in words.
    """
    pressure = pressure_of(reading)
    if pressure is None:
        return [] if short else filled(_("pressure {level}"), "unit", level=[Piece(UNKNOWN, "unit")])
    calm = pressure.level == PRESSURE[0].name
    if short and calm:
        return []
    has_share = with_share and not short and not calm and pressure.percent is not None
    share = percent(pressure.percent) if has_share else []
    level = [Piece(pressure.word, pressure.role)]
    return [*filled(_("pressure {level}"), "unit", level=level), *share]


def swap_lines(reading: Reading | None, memory: MemoryReading | None) -> list[Line]:
    """Return `swap in 3.40 MiB/s` while memory is read back, and `swap 1.20 GiB`."""
    if memory is not None and memory.swap_total_bytes == 0:
        return [[Piece(_("no swap"), "unit")]]
    swap_size = labelled_size(_("swap"), memory.swap_used_bytes if memory else None)
    rate = reading.swap_in_bytes_per_second.value if reading else None
    if not rate:
        return [swap_size]
    value, unit = split_bytes(rate)
    value_role = figure_role(rate / MIB, SWAP_IN)
    speed = [Piece(value, value_role), Piece(f" {unit}/s", "unit")]
    return [filled(_("swap in {speed}"), "unit", speed=speed), swap_size]


def _folded(
    used: int | None, total: int | None, reading: Reading | None, machine: Machine | None, width: int
) -> Line:
    """Return the sizes and the pressure; the sizes are shorter if the pressure needs the room."""
    pressure = pressure_line(reading, short=True)
    longest = size_pair(used, total, memory_kind(machine))
    for sizes in (longest, size_pair(used, total), size_pair(used, None)):
        if width_of([*sizes, *pressure]) < width:
            return spread(sizes, pressure, width)
    return cut(pressure or longest, width)


def _use(parts: MemoryParts, machine: Machine | None, *, with_engine: bool) -> list[Line]:
    """Return available memory, cache and the GPU's ceiling; with `with_engine`, the engine first."""
    ceiling = ceiling_bytes(machine)
    return [
        *([labelled_size(_("engine"), parts.engine)] if with_engine and parts.engine else []),
        labelled_size(_("available"), parts.available),
        *([] if parts.cache is None else [labelled_size(_("cache"), parts.cache)]),
        *([labelled_size(_("{tick} GPU").format(tick=CEILING), ceiling)] if ceiling else []),
    ]


def _state(
    reading: Reading | None, memory: MemoryReading | None, parts: MemoryParts | None, *, marked: bool
) -> list[Line]:
    """Return the pressure if it is known, and the swap if any is used.

    With `marked` the engine's memory, whose line the mark has, is among them.
    """
    pressure = [pressure_line(reading)] if pressure_of(reading) is not None else []
    swap = swap_lines(reading, memory) if memory is not None and memory.swap_used_bytes else []
    engine = [labelled_size(_("engine"), parts.engine)] if marked and parts and parts.engine else []
    return [*pressure, *swap, *engine]
