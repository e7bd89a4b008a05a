"""Text of the timeline: names of the phases, the legend, and the facts about a column."""

from tui.i18n import _, ngettext
from tui.services.activity.columns import Column
from tui.services.activity.moment import Phase
from tui.services.activity.stretches import Work
from tui.ui.gauges.figures import in_unit
from tui.ui.kit.pieces import Line, Piece
from tui.units import format_bytes, format_clock, format_rate, split_bytes

GLYPHS = {Phase.IDLE: "─", Phase.LOADING: "═", Phase.READING: "┅", Phase.GENERATING: "━"}
"""Line of each phase; their weights differ, so that they can be told apart without colour."""
BEGIN = "┣"
"""Sign of the start of a reply."""
CUT = "×"
"""Sign of a phase that was cut short."""
SELECTED = "█"
"""Sign of the reply that is marked in the chat."""
MANY = 9
"""Highest number of replies in a column that is shown; a cell holds one digit."""

_WORDS = {
    Phase.IDLE: _("idle"),
    Phase.LOADING: _("loading"),
    Phase.READING: _("reading the prompt"),
    Phase.GENERATING: _("generating"),
}
_BRIEF_WORDS = {**_WORDS, Phase.READING: _("reading")}
ROLES = {
    Phase.IDLE: "idle",
    Phase.LOADING: "loading",
    Phase.READING: "reading",
    Phase.GENERATING: "generating",
}
"""Component class of each phase's line."""


def phase_word(phase: Phase) -> str:
    """Return the name of a phase."""
    return _WORDS[phase]


def brief_phase_word(phase: Phase) -> str:
    """Return the name of a phase for the end of its row, where there is little room."""
    return _BRIEF_WORDS[phase]


def legend(*, selected: bool) -> list[Line]:
    """Return the signs with their meanings; `selected` includes the marked reply."""
    signs = [Piece(GLYPHS[phase], ROLES[phase]) for phase in Phase]
    fields = [[sign, Piece(f" {_WORDS[phase]}")] for sign, phase in zip(signs, Phase, strict=True)]
    fields.append([Piece(BEGIN, "generating"), Piece(" " + _("a reply begins"))])
    fields.append([Piece(CUT, "cut"), Piece(" " + _("cut short"))])
    marked = [[Piece(SELECTED, "selected"), Piece(" " + _("the marked reply"))]] if selected else []
    return [*marked, *fields]


def column_facts(column: Column, work: Work) -> list[str]:
    """Return the facts about a column: time and phase, then the known figures."""
    time_and_phase = f"{format_clock(column.wall)} {phase_word(work.phase)}"
    fields = [time_and_phase if column.rate is None else f"{time_and_phase} {format_rate(column.rate)}"]
    if len(work.replies) > 1:
        count = len(work.replies)
        fields.append(ngettext("{count} reply", "{count} replies", count).format(count=count))
    if work.cut:
        fields.append(_("cut short"))
    for name, percent in ((_("CPU"), column.cpu_percent), (_("GPU"), column.gpu_percent)):
        if percent is not None:
            fields.append(f"{name} {percent:.0f} %")
    for name, used, total in (
        (_("memory"), column.memory_used, column.memory_total),
        (_("VRAM"), column.vram_used, column.vram_total),
    ):
        if used is not None and total is not None:
            unit = split_bytes(total)[1]
            fields.append(
                _("{name} {used} of {total} {unit}").format(
                    name=name, used=in_unit(used, unit, 1), total=in_unit(total, unit, 1), unit=unit
                )
            )
    if column.engine_bytes is not None:
        fields.append(_("engine {size}").format(size=format_bytes(column.engine_bytes)))
    if column.celsius is not None:
        fields.append(f"{column.celsius:.0f} °C")
    if column.watts is not None:
        fields.append(f"{column.watts:.0f} W")
    return fields
