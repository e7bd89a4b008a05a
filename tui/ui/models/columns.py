"""One row of the model list as cells of text: which columns fit a width, and what stands in each."""

from collections.abc import Sequence
from typing import Literal

import msgspec
from rich.cells import cell_len

from tui.fit.speed_words import size_sign, speed_word
from tui.fit.verdict import Fit, Verdict
from tui.i18n import _
from tui.models.model import Model
from tui.text import clean_line
from tui.ui.kit.cells import end_cut, middle_cut, pad
from tui.ui.models.order import footprint_bytes, verdict_of
from tui.ui.models.verdicts import VERDICTS
from tui.units import GIB, UNKNOWN, format_count

Role = Literal[
    "plain",
    "dim",
    "strong",
    "loaded",
    "fit-fits",
    "fit-tight",
    "fit-split",
    "fit-elsewhere",
    "fit-too-big",
    "fit-unknown",
]
"""What a cell means; the list gives each a colour."""

LOADED = "▶"
MARKED = "+"
"""Marked to be compared."""
ON_DISK = "■"
NOT_ON_DISK = "□"
SIZING = "…"

_TONES: dict[Verdict, Role] = {
    Verdict.FITS: "fit-fits",
    Verdict.TIGHT: "fit-tight",
    Verdict.SPLIT: "fit-split",
    Verdict.ELSEWHERE: "fit-elsewhere",
    Verdict.TOO_BIG: "fit-too-big",
    Verdict.UNKNOWN: "fit-unknown",
}

WIDE_NAME = 34
"""Cells a name may ask for before the extra columns get theirs."""
_NAME_MIN = 8
_WORD, _LONG_WORD = 7, 9
"""Cells of the longest verdict word, without and with models that run elsewhere."""
_SIZE = 6
"""Cells of a footprint in GiB with its sign: `~12.10`."""
_SPEED = 5
"""Cells of tokens per second, `~12.5`, without the unit."""
_MARK = 2
"""Cells of the sign of a marked model and the blank behind it."""
_FIXED = 2 + 2 + 1 + 1 + _SIZE + 1 + 2 + 1
"""Mark of the loaded model, glyph, footprint with a one-cell unit, disk sign, and the blanks around them."""


class Columns(msgspec.Struct, frozen=True):
    """Which columns are shown and the cells each takes, without the blank before it."""

    width: int
    name: int
    word: int
    """Cells of the verdict's word; 0 leaves it out."""
    quant: int
    unit: str
    speed: bool = False
    disk_word: bool = False
    parameters: bool = False
    context: bool = False
    license: int = 0
    marks: bool = False


def plan_columns(models: Sequence[Model], width: int, *, marks: bool = False) -> Columns:
    """The columns for a list `width` cells wide: the extra ones come when the names have what they need.

    `marks` makes room for the sign of a model that is marked.
    """
    quant = min(max((cell_len(model.quant) for model in models), default=0), 8)
    longest = max((cell_len(model.name) for model in models), default=_NAME_MIN)
    wanted = max(_NAME_MIN, min(longest, WIDE_NAME))
    license_width = min(
        max((cell_len(model.entry.license) for model in models if model.entry), default=0), 14
    )
    disk_width = max(cell_len(_("on disk")), cell_len(_("not on disk")))
    room = width - _FIXED - quant - (_MARK if marks else 0)
    word = _WORD if all(model.runs_here for model in models) else _LONG_WORD
    word = word if room - (word + 1) >= _NAME_MIN else 0
    room -= word + 1 if word else 0
    spare = room - wanted
    offers = (
        ("speed", _SPEED + 7),
        ("unit", 3),
        ("parameters", 6),
        ("disk_word", disk_width + 1),
        ("context", 7),
        ("license", license_width + 1 if license_width else 0),
    )
    taken: set[str] = set()
    for column, cells in offers:
        # A later column never takes the room of an earlier one, so a list that grows loses none.
        if spare < cells:
            break
        spare -= cells
        taken.add(column)
    # Room that no column asked for parts the names from the figures.
    name = max(_NAME_MIN, wanted + spare)
    return Columns(
        width,
        name,
        word,
        quant,
        # A narrow list still says GiB, in one cell.
        unit=" GiB" if "unit" in taken else "G",
        speed="speed" in taken,
        disk_word="disk_word" in taken,
        parameters="parameters" in taken,
        context="context" in taken,
        license=license_width if "license" in taken else 0,
        marks=marks,
    )


def context_word(tokens: int | None) -> str:
    """A context length as people say it: `8k`, `128k`, `1M`; the number itself when it is no round one."""
    if tokens is None or tokens <= 0:
        return UNKNOWN
    for suffix, factor in (("M", 1 << 20), ("k", 1 << 10)):
        if tokens >= factor and tokens % factor == 0:
            return f"{tokens // factor}{suffix}"
    return str(tokens)


def size_word(model: Model, fit: Fit | None) -> str:
    """The footprint in GiB after its sign, see `size_sign`; `…` while it is being sized."""
    size = footprint_bytes(fit)
    if size is None:
        return SIZING if verdict_of(model, fit) is None else UNKNOWN
    value = size / GIB
    digits = 2 if value < 99.995 else 1
    return f"{size_sign(fit) if fit else ''}{value:.{digits}f}"


def row_cells(
    model: Model, fit: Fit | None, loaded: bool, columns: Columns, *, marked: bool = False
) -> list[tuple[str, Role]]:
    """The row of a model, exactly `columns.width` cells wide, as pieces of text and what each means."""
    verdict = verdict_of(model, fit)
    look = VERDICTS[verdict] if verdict is not None else None
    glyph, word = (look.glyph, look.word) if look else (SIZING, _("sizing"))
    tone: Role = _TONES[verdict] if verdict is not None else "dim"
    here = model.on_disk
    text: Role = "strong" if loaded else "plain" if here else "dim"
    size = size_word(model, fit)
    unit = columns.unit if size not in (UNKNOWN, SIZING) else ""
    cells: list[tuple[str, Role]] = []
    if columns.marks:
        cells.append((f"{MARKED if marked else ' '} ", "loaded"))
    cells.append((f"{LOADED if loaded else ' '} ", "loaded"))
    cells.append((f"{glyph} ", tone))
    if columns.word:
        cells.append((left(word, columns.word) + " ", tone))
    cells.append((left(middle_cut(clean_line(model.name), columns.name), columns.name) + " ", text))
    cells.append((left(clean_line(model.quant), columns.quant) + " ", text))
    cells.append((right(size, _SIZE), text))
    cells.append((left(unit, len(columns.unit)), "dim"))
    if columns.speed:
        speed = speed_word(fit.speed if fit is not None else None)
        cells.append((" " + right(speed, _SPEED), text))
        cells.append((left("" if speed == UNKNOWN else " tok/s", 6), "dim"))
    if columns.parameters:
        parameters = model.shape.parameters if model.shape else None
        cells.append((" " + right(format_count(parameters), 5), text))
    if columns.context:
        cells.append(
            (" " + right(context_word(model.shape.context_length if model.shape else None), 6), text)
        )
    if columns.license:
        cells.append(
            (" " + left(clean_line(model.entry.license) if model.entry else UNKNOWN, columns.license), "dim")
        )
    disk = f" {ON_DISK if here else NOT_ON_DISK}"
    if columns.disk_word:
        disk += " " + (_("on disk") if here else _("not on disk"))
    cells.append((disk, text))
    used = sum(cell_len(part) for part, _role in cells)
    cells.append((" " * max(0, columns.width - used), "plain"))
    return cells


def left(text: str, width: int) -> str:
    """The text at the left of exactly `width` cells."""
    return pad(end_cut(text, width), width)


def right(text: str, width: int) -> str:
    """The text at the right of `width` cells; a longer one is kept whole, for a cut number is a false one."""
    return " " * (width - cell_len(text)) + text
