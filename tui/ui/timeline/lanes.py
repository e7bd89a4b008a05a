"""Lanes of the timeline: a row of the engine's phases, and a lane for each figure below it."""

from collections.abc import Callable, Sequence
from functools import cache

import msgspec
from rich.cells import cell_len

from tui.i18n import _
from tui.services.activity.columns import Column, peak_of
from tui.services.activity.moment import Phase
from tui.services.activity.stretches import Work
from tui.ui.gauges.figures import in_unit
from tui.ui.gauges.thresholds import LOAD, MEMORY, TEMPERATURE, Threshold, level_at
from tui.ui.kit.cells import end_cut, pad
from tui.ui.kit.pieces import Line, Piece
from tui.ui.timeline.words import BEGIN, CUT, GLYPHS, MANY, ROLES, SELECTED, brief_phase_word
from tui.units import format_number, split_bytes

_BLOCKS = " ▁▂▃▄▅▆▇█"

Shade = tuple[str, str]
"""Roles of a cell's background and of its cursor; either may be empty."""


class TimelineView(msgspec.Struct, frozen=True):
    """Columns to draw, oldest first, with the selection and the cursor."""

    columns: tuple[Column | None, ...]
    works: tuple[Work, ...]
    """Work of the engine in each column."""
    phase: Phase = Phase.IDLE
    """The phase now."""
    selected: range = range(0)
    """Columns of the reply that is marked in the chat; empty for none."""
    cursor: int | None = None
    """Index of the column under the cursor; None for none."""


class Lane(msgspec.Struct, frozen=True):
    """A figure over time."""

    name: str
    value: Callable[[Column], float | None]
    """Returns the value of a column; None for unknown."""
    thresholds: Sequence[Threshold] | None
    """Colours on a scale of 0 to 100; None for a scale from 0 to the greatest visible value."""
    value_text: Callable[[Column | None, float | None], str]
    """Returns the newest value as text, from the newest column and the greatest visible value."""


def column_count(width: int) -> int:
    """Return the number of columns that fit in `width` cells beside names and values."""
    return max(1, width - LABEL_CELLS - VALUE_CELLS)


def timeline_rows(view: TimelineView, lanes: Sequence[Lane], width: int, lane_height: int) -> list[Line]:
    """Return the row of phases and the lanes; a row has `width` cells, with a piece for each column."""
    shades = [_shade(work.phase, index == view.cursor) for index, work in enumerate(view.works)]
    rows = [_framed(_("engine"), phase_row(view, shades), brief_phase_word(view.phase), width)]
    newest = view.columns[-1] if view.columns else None
    for lane in lanes:
        values = [None if column is None else lane.value(column) for column in view.columns]
        peak = peak_of(values)
        cells = lane_rows(values, lane.thresholds, peak, shades, lane_height)
        value = lane.value_text(newest, peak)
        rows += [_framed("", row, "", width) for row in cells[:-1]]
        rows.append(_framed(lane.name, cells[-1], value, width))
    return rows


def phase_row(view: TimelineView, shades: Sequence[Shade]) -> Line:
    """Return a piece for each column: the phase as a line of some weight, the start of a reply, or a cut.

    A column in which several replies begin shows their number. The marked reply is solid.
    """
    cells: Line = []
    for index, (work, shade) in enumerate(zip(view.works, shades, strict=True)):
        role, glyph = ROLES[work.phase], GLYPHS[work.phase]
        if index in view.selected:
            role, glyph = "selected", SELECTED
        elif work.phase is Phase.IDLE and view.columns[index] is None:
            glyph = " "
        if work.begun > 1:
            glyph = str(min(work.begun, MANY))
        elif work.cut:
            role, glyph = "cut", CUT
        elif work.begun and index not in view.selected:
            glyph = BEGIN
        cells.append(_cell(glyph, role, shade))
    return cells


def lane_rows(
    values: Sequence[float | None],
    thresholds: Sequence[Threshold] | None,
    peak: float | None,
    shades: Sequence[Shade],
    height: int,
) -> list[Line]:
    """Return a lane as `height` rows, top row first, in eighths of a cell; a known value has at least one.

    With `thresholds` the scale is 0 to 100 and has their colours; without them it is 0 to `peak`.
    """
    if thresholds is None:
        scale = 8 * height / (peak or 1.0)
        roles = ["tokens"] * len(values)
    else:
        scale = 8 * height / 100
        roles = [level_at(value or 0.0, thresholds) for value in values]
    highest_level = 8 * height
    levels = [0 if value is None else max(1, min(highest_level, round(value * scale))) for value in values]
    return [
        [
            _cell(_glyph(level, below), role if level > below else "", shade)
            for level, role, shade in zip(levels, roles, shades, strict=True)
        ]
        for below in range(highest_level - 8, -1, -8)
    ]


@cache
def _shade(phase: Phase, is_cursor: bool) -> Shade:
    """Return the roles of a column: the shade of its phase as background, and the cursor."""
    return f"on-{ROLES[phase]} " if phase is not Phase.IDLE else "", " cursor" if is_cursor else ""


@cache
def _cell(glyph: str, role: str, shade: Shade) -> Piece:
    """Return a cell; there are only a few hundred different ones, so they are cached."""
    background, cursor = shade
    return Piece(glyph, f"{background}{role}{cursor}".strip())


@cache
def _glyph(level: int, below: int) -> str:
    """Return the block glyph of a row with `below` eighths of a cell under it."""
    return _BLOCKS[min(8, max(0, level - below))]


def _framed(name: str, cells: Line, value: str, width: int) -> Line:
    label = pad(end_cut(name, LABEL_CELLS - 1), LABEL_CELLS)
    room = width - LABEL_CELLS - len(cells)
    return [Piece(label, "label"), *cells, Piece(pad(f" {end_cut(value, room - 1)}", room), "value")]


# The lanes


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:3.0f} %"


def _pair(used: float | None, total: float | None) -> str:
    if used is None or total is None:
        return ""
    unit = split_bytes(total)[1]
    return f"{in_unit(used, unit, 1)} / {in_unit(total, unit, 1)} {unit}"


def _short(value: float) -> str:
    return format_number(value, ".1f") if value < 9.95 else f"{value:.0f}"


def _rate_text(column: Column | None, peak: float | None) -> str:
    if peak is None:
        return _("no reply yet")
    rate = column.rate if column else None
    if rate is None:
        return _("peak {rate} tok/s").format(rate=_short(peak))
    return _("{rate} · peak {peak}").format(rate=_short(rate), peak=_short(peak))


def _watts_text(column: Column | None, peak: float | None) -> str:
    watts = column.watts if column else None
    if watts is None or peak is None:
        return ""
    return _("{value} W · peak {peak}").format(value=f"{watts:.0f}", peak=f"{peak:.0f}")


def _celsius_text(column: Column | None, peak: float | None) -> str:
    return "" if column is None or column.celsius is None else f"{column.celsius:3.0f} °C"


TOKENS = Lane(_("tok/s"), lambda column: column.rate, None, _rate_text)
CPU = Lane(
    _("CPU"),
    lambda column: column.cpu_percent,
    LOAD,
    lambda column, _peak: _percent(column.cpu_percent if column else None),
)
GPU = Lane(
    _("GPU"),
    lambda column: column.gpu_percent,
    LOAD,
    lambda column, _peak: _percent(column.gpu_percent if column else None),
)
MEMORY_LANE = Lane(
    _("memory"),
    lambda column: column.memory_percent,
    MEMORY,
    lambda column, _peak: _pair(column.memory_used, column.memory_total) if column else "",
)
VRAM = Lane(
    _("VRAM"),
    lambda column: column.vram_percent,
    MEMORY,
    lambda column, _peak: _pair(column.vram_used, column.vram_total) if column else "",
)
HEAT = Lane(_("°C"), lambda column: column.celsius, TEMPERATURE, _celsius_text)
POWER = Lane(_("watts"), lambda column: column.watts, None, _watts_text)

LABEL_CELLS = max(8, *(cell_len(name) + 1 for name in (_("engine"), MEMORY_LANE.name, POWER.name)))
"""Width of the name at the left of a lane, and a blank."""
VALUE_CELLS = max(
    16, *(cell_len(text) + 2 for text in (_rate_text(None, None), *map(brief_phase_word, Phase)))
)
"""Width of the newest value and the scale at the right of a lane, between blanks."""

EVERYWHERE = (TOKENS, CPU, GPU, MEMORY_LANE, VRAM)
"""Lanes at any height; those without any value are left out."""
TALL = (*EVERYWHERE, HEAT, POWER)
"""Lanes on a tall screen; those without any value are left out."""
ALWAYS = (TOKENS, CPU, MEMORY_LANE)
"""Lanes that are shown even without a value."""


def lanes_for(newest: Column | None, lanes: Sequence[Lane], *, tall: bool) -> tuple[Lane, ...]:
    """Return the lanes that are always shown, and those that have had a value.

    Args:
        newest: the newest column; None for none.
        lanes: the lanes that are shown now.
        tall: True on a screen with room for all lanes.
    """
    return tuple(
        lane
        for lane in (TALL if tall else EVERYWHERE)
        if lane in ALWAYS or lane in lanes or (newest is not None and lane.value(newest) is not None)
    )
