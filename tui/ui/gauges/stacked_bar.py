"""Bar of a footprint's parts on the scale of its memory pool, with a legend."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.engine.footprint import Footprint
from tui.i18n import _
from tui.ui.gauges.bar import CAPS, OVER, TRACK, capped, share_cells
from tui.ui.gauges.figures import in_unit
from tui.ui.kit.painter import Painter
from tui.ui.kit.pieces import Line, Piece, cut, filled, merged, width_of
from tui.units import format_bytes, split_bytes


class PartLook(NamedTuple):
    """Look of a part of a footprint; the glyph suffices to recognise it without colour."""

    role: str
    glyph: str
    word: str


PARTS = (
    PartLook("weights", "▓", _("weights")),
    PartLook("kv", "▒", _("KV")),
    PartLook("compute", "▚", _("compute")),
    PartLook("process", "▄", _("process")),
)


class StackedBar(Widget):
    """Widget with a footprint as a bar and a legend, in two lines."""

    DEFAULT_CSS = """
    StackedBar {
        height: 2;
        & > .stacked-bar--weights { color: $part-weights; }
        & > .stacked-bar--kv { color: $part-kv; }
        & > .stacked-bar--compute { color: $part-compute; }
        & > .stacked-bar--process { color: $part-process; }
        & > .stacked-bar--track { background: $gauge-track; }
        & > .stacked-bar--cap { color: $dim; }
        & > .stacked-bar--critical { color: $fit-too-big; text-style: bold; }
        & > .stacked-bar--value { color: $foreground; }
        & > .stacked-bar--unit { color: $dim; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "stacked-bar--weights",
        "stacked-bar--kv",
        "stacked-bar--compute",
        "stacked-bar--process",
        "stacked-bar--track",
        "stacked-bar--cap",
        "stacked-bar--critical",
        "stacked-bar--value",
        "stacked-bar--unit",
    }

    footprint: reactive[Footprint | None] = reactive(None)
    """The footprint to draw; None for nothing."""
    capacity: reactive[int | None] = reactive(None)
    """Capacity of its pool in bytes; None to scale the bar to the footprint itself."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._painter = Painter(self, "stacked-bar")

    def notify_style_update(self) -> None:
        """Drop the styles of the old theme."""
        self._painter.forget()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw the bar, then the legend."""
        width = self.content_size.width
        line: Line = []
        if self.footprint is not None:
            line = (
                stacked_line(self.footprint, self.capacity, width)
                if y == 0
                else legend_line(self.footprint, width)
            )
        return self._painter.paint(line)


def stacked_line(footprint: Footprint, capacity: int | None, width: int) -> Line:
    """Return the parts side by side between caps, then the capacity: `▕▓▓▓▒▒▚▄     ▏ 8.00 GiB`.

    A footprint larger than the capacity fills the bar and ends with `+`.
    """
    end = [Piece(f" {format_bytes(capacity)}", "unit")] if capacity else []
    room = width - CAPS - width_of(end)
    if room < len(PARTS):
        end, room = [], max(0, width - CAPS)
    sizes = part_bytes(footprint)
    scale_bytes = capacity or footprint.total_bytes
    is_over = footprint.total_bytes > scale_bytes and room > 0
    if is_over:
        # The sign takes a cell of the bar, and the parts keep their proportions.
        room, scale_bytes = room - 1, footprint.total_bytes
    counts = share_cells([size / scale_bytes if scale_bytes else 0.0 for size in sizes], room)
    row = [Piece(look.glyph * count, look.role) for look, count in zip(PARTS, counts, strict=True) if count]
    row.append(Piece(" " * (room - sum(counts)), TRACK))
    if is_over:
        row.append(Piece(OVER, "critical"))
    return [*capped(merged(row)), *end]


def legend_line(footprint: Footprint, width: int) -> Line:
    """Return glyph, word and size of each part: `▓ weights 1.92  ▒ KV 0.88  ▚ compute 0.07 GiB`.

    A narrow line has fewer parts, as in `parts_legend`.
    """
    return parts_legend(part_bytes(footprint), width)


def parts_legend(sizes: Sequence[int], width: int) -> Line:
    """Return the legend for sizes in bytes, in the order of `PARTS`.

    A narrow line has less space between the parts; a narrower one has compute and process together, so that
    the others keep their words; the narrowest has the total only.
    """
    total = sum(sizes)
    unit = split_bytes(total)[1]
    weights, kv, *buffers = zip(PARTS, sizes, strict=False)
    every = [weights, kv, *buffers]
    together = PartLook("compute", "".join(look.glyph for look, _size in buffers), _("buffers"))
    fewer = [weights, kv, (together, sum(size for _look, size in buffers))] if buffers else every
    for parts, space, gap in ((every, " ", "  "), (every, "", " "), (fewer, " ", "  "), (fewer, "", " ")):
        line = _legend(parts, unit, space, gap)
        if width_of(line) <= width:
            return line
    size = [Piece(format_bytes(total), "value")]
    return cut(filled(_("model {size}"), "unit", size=size), width)


def _legend(parts: Sequence[tuple[PartLook, int]], unit: str, space: str, gap: str) -> Line:
    digits = 2 if unit == "GiB" else 0
    line: Line = []
    for look, size in parts:
        lead = [Piece(gap)] if line else []
        value = in_unit(size, unit, digits)
        line += [*lead, Piece(f"{look.glyph}{space}", look.role)]
        line += [Piece(f"{look.word} ", "unit"), Piece(value, "value")]
    return [*line, Piece(f" {unit}", "unit")]


def part_bytes(footprint: Footprint) -> tuple[int, int, int, int]:
    """Return the bytes of weights, KV, compute and process, in the order of `PARTS`."""
    return footprint.weights_bytes, footprint.kv_bytes, footprint.compute_bytes, footprint.process_bytes
