"""Columns of a list of models: one row each, for the dashboard's list and for `llmtui fit`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from tui.fit.speed_words import Pace, pace_of, size_sign, speed_word
from tui.fit.verdict import Fit, Verdict
from tui.fit.words import verdict_word
from tui.i18n import N_, _, pgettext
from tui.models.model import Model, Use
from tui.text import clean_line
from tui.units import GIB, UNKNOWN, format_bytes, format_count, format_iso_date, format_number

ON_DISK = "■"
NOT_ON_DISK = "□"
SUPERSEDED = "†"
"""Behind the name of a model of which the catalogue knows a successor."""
SLOW = "▾"
"""Before the speed of a model that is slower than people read."""
SIZING = "…"
"""Stands for a figure that the engine is asked for now."""

_VERDICT_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}
_UNJUDGED_RANK = len(_VERDICT_RANK)
_LONGEST_QUANT, _LONGEST_LICENSE = 8, 14
_BAR_FULL, _BAR_HALF, _BAR_EMPTY = "━", "╸", "─"
_MONTH = len("2025-08")
_KILO = 1024
USE_WORDS: dict[Use, str] = {
    "chat": N_("chat"),
    "summarise": N_("summarise"),
    "translate": N_("translate"),
    "draft": N_("write"),
    "code": N_("code"),
    "extract": N_("extract"),
    "tools": N_("tools"),
    "reasoning": N_("reasoning"),
}
"""Words for what models are good for, untranslated."""
_USE_CELLS = 9
"""Width for the longest of them in English; of a longer word the beginning says enough."""
_TWO_DIGITS_BELOW = 99.995
"""GiB from which on a size has one digit behind the point."""

CellText = Callable[[Model, Fit | None], str]
Measure = Callable[[str], int]
"""Counts the cells that a text takes on the screen."""
SortFigures = Callable[[Model, Fit | None], tuple[float, ...]]
"""Figures of a model in an order, which come before its name: the smallest are first."""


class ListCell(msgspec.Struct, frozen=True):
    """One form of a column in the dashboard's list, with a blank before it."""

    rank: int
    """As the list gets wider, forms come in the order of their ranks, each in place of its column's last."""
    width: Callable[[Sequence[Model], Measure], int]
    """Cells that it takes for these models; 0 where none of them has anything to show."""
    text: CellText


class ListOrder(msgspec.Struct, frozen=True):
    """An order of the list by a column."""

    step: int
    """Position among the orders that the sort key steps through."""
    title: str
    figures: SortFigures


class ModelColumn(msgspec.Struct, frozen=True):
    """A column: its forms in the dashboard's list, the text that `llmtui fit` prints, and the order by it."""

    name: str
    forms: tuple[ListCell, ...] = ()
    """From the narrowest to the widest; none for a column that the list does not have."""
    heading: str = ""
    """Heading in the list, untranslated."""
    right: bool = False
    """Values stand at the right."""
    tone: Literal["text", "dim", "verdict", "speed"] = "text"
    cut: Literal["end", "middle"] = "end"
    """Part of a text that gives way to `…`."""
    title: str = ""
    """Heading that `llmtui fit` prints; empty for a column that it leaves out."""
    short_title: str = ""
    """Heading where there is little room; empty for the same."""
    extra_rank: int = 0
    """Order in which columns for a wide terminal come in `llmtui fit`; 0 for one that it always prints."""
    printed: CellText | None = None
    """Text that `llmtui fit` prints; None for the text of the list."""
    order: ListOrder | None = None
    """None for a column that the list cannot be ordered by."""

    @property
    def print_text(self) -> CellText:
        """Text of the column in plain output."""
        if self.printed is not None:
            return self.printed
        return self.forms[-1].text if self.forms else lambda _model, _fit: ""


def verdict_of(model: Model, fit: Fit | None) -> Verdict | None:
    """Return the verdict to show; None while the model is being sized.

    A file that cannot be used needs no sizing to be unknown.
    """
    if fit is not None:
        return fit.verdict
    if model.file_error is None:
        return None
    return Verdict.NO_CHAT if model.purpose == "other" else Verdict.UNKNOWN


def footprint_bytes(fit: Fit | None) -> int | None:
    """Return the total footprint; None when the model is not sized."""
    return fit.footprint.total_bytes if fit is not None and fit.footprint is not None else None


def size_word(model: Model, fit: Fit | None) -> str:
    """Return the footprint in GiB after its sign, see `size_sign`; `…` while it is being sized."""
    size = footprint_bytes(fit)
    if size is None:
        return SIZING if verdict_of(model, fit) is None else UNKNOWN
    value = size / GIB
    digits = 2 if value < _TWO_DIGITS_BELOW else 1
    return f"{size_sign(fit) if fit else ''}{format_number(value, f'.{digits}f')}"


def footprint_word(fit: Fit) -> str:
    """Return the footprint with its unit after its sign."""
    if fit.footprint is None:
        return UNKNOWN
    return size_sign(fit) + format_bytes(fit.footprint.total_bytes)


def context_word(tokens: int | None) -> str:
    """Return a context length as people say it: `8k`, `128k`, `1M`; other numbers as they are."""
    if tokens is None or tokens <= 0:
        return UNKNOWN
    for suffix, factor in (("M", 1 << 20), ("k", 1 << 10)):
        if tokens >= factor and tokens % factor == 0:
            return f"{tokens // factor}{suffix}"
    return str(tokens)


def _fixed(cells: int) -> Callable[[Sequence[Model], Measure], int]:
    return lambda _models, _measure: cells


def _longest(text: Callable[[Model], str], limit: int) -> Callable[[Sequence[Model], Measure], int]:
    """Return a width: that of the longest text, at most so many cells."""

    def width(models: Sequence[Model], measure: Measure) -> int:
        longest = 0
        for model in models:
            longest = max(longest, measure(text(model)))
            # Of ten thousand models the first few decide.
            if longest >= limit:
                return limit
        return longest

    return width


def _verdict_width(models: Sequence[Model], measure: Measure) -> int:
    runs_here = all(model.runs_here for model in models)
    verdicts = (verdict for verdict in Verdict if verdict is not Verdict.ELSEWHERE or not runs_here)
    return max(measure(verdict_word(verdict)) for verdict in verdicts)


def _verdict_word(model: Model, fit: Fit | None) -> str:
    verdict = verdict_of(model, fit)
    return _("sizing") if verdict is None else verdict_word(verdict)


def pace_shown(fit: Fit | None) -> Pace | None:
    """Return the pace of a model beside a reader; None where its speed is not known."""
    speed = fit.speed.value if fit is not None and fit.speed is not None else None
    return pace_of(speed) if speed is not None else None


def _speed_word(_model: Model, fit: Fit | None) -> str:
    """Return the speed; a slow one has a sign, which needs no colour."""
    word = speed_word(fit.speed if fit is not None else None)
    return f"{SLOW}{word}" if pace_shown(fit) == "slow" else word


def _printed_speed(_model: Model, fit: Fit | None) -> str:
    return speed_word(fit.speed if fit is not None else None)


def share_bar(fit: Fit | None, cells: int) -> str:
    """Return a bar of the share that a model takes of its memory; empty where it is not known.

    A model that fits nowhere fills it.
    """
    size = footprint_bytes(fit)
    if fit is None or size is None:
        return ""
    halves = 2 * cells
    if fit.verdict is not Verdict.TOO_BIG:
        if fit.pool is None:
            return ""
        room = fit.pool.capacity_bytes
        halves = max(1, min(halves, round(halves * size / room))) if room > 0 else halves
    full, half = divmod(halves, 2)
    return _BAR_FULL * full + _BAR_HALF * half + _BAR_EMPTY * (cells - full - half)


def _bar(cells: int) -> CellText:
    return lambda _model, fit: share_bar(fit, cells)


def _disk_sign(model: Model, _fit: Fit | None = None) -> str:
    return ON_DISK if model.on_disk else NOT_ON_DISK


def uses_of(model: Model) -> tuple[str, ...]:
    """Return the words for what a model is good for, those that tell it from others first."""
    uses = model.entry.uses if model.entry is not None else ()
    return tuple(_column_word(use) for use in uses if use != "chat" or len(uses) == 1)


def _column_word(use: Use) -> str:
    # Translators: stands in a column of nine cells, with a number of others behind it; shorten a long word.
    return pgettext("column", "tools") if use == "tools" else use_word(use)


def use_word(use: Use) -> str:
    """Return the word for what a model is good for, in the user's language."""
    return _(USE_WORDS[use])


def _uses(cells: int) -> CellText:
    """Return a text of as many uses as fit; one that says that there are more ends in `+`."""

    def text(model: Model, _fit: Fit | None) -> str:
        return _joined(uses_of(model), cells)

    return text


def _languages(cells: int) -> CellText:
    return lambda model, _fit: _joined(model.entry.languages if model.entry is not None else (), cells)


def _joined(items: Sequence[str], cells: int) -> str:
    """Return the first items, with the number of the others behind them, in so many cells.

    The blank before the number gives way first, then the number.
    """
    if not items:
        return ""
    for count in range(len(items), 0, -1):
        more = f" +{len(items) - count}" if count < len(items) else ""
        text = " ".join(items[:count]) + more
        if len(text) <= cells:
            return text
    close = f"{items[0]}+{len(items) - 1}"
    return close if len(items) > 1 and len(close) <= cells else items[0]


def _released(model: Model, _fit: Fit | None = None) -> str:
    released = model.entry.released if model.entry is not None else None
    return format_iso_date(released[:_MONTH]) if released else ""


def _longest_context(_model: Model, fit: Fit | None) -> str:
    return longest_context_word(fit.max_context if fit is not None else None)


def longest_context_word(tokens: int | None) -> str:
    """Return a longest context in few letters, rounded down: `27k`; `-` where none fits."""
    if tokens is None:
        return "-"
    if tokens < _KILO or tokens % _KILO == 0:
        return context_word(tokens)
    return f"{tokens // _KILO}k"


def _name(model: Model) -> str:
    is_old = model.entry is not None and model.entry.superseded_by is not None
    return f"{clean_line(model.name)} {SUPERSEDED}" if is_old else clean_line(model.name)


def _license(model: Model) -> str:
    return clean_line(model.entry.license) if model.entry else ""


def _by_name(_model: Model, _fit: Fit | None) -> tuple[float, ...]:
    return ()


def _by_verdict(model: Model, fit: Fit | None) -> tuple[float, ...]:
    verdict = verdict_of(model, fit)
    rank = _UNJUDGED_RANK if verdict is None else _VERDICT_RANK[verdict]
    # Models on this disk come first, then the largest: of those that fit it is usually the best.
    size = footprint_bytes(fit)
    return (rank, not model.on_disk, -(model.weights_bytes if size is None else size))


def _by_size(model: Model, fit: Fit | None) -> tuple[float, ...]:
    size = footprint_bytes(fit)
    return (size is None, model.weights_bytes if size is None else size)


def _by_speed(model: Model, fit: Fit | None) -> tuple[float, ...]:
    speed = fit.speed.value if fit is not None and fit.speed is not None else None
    return (speed is None, -(speed or 0.0), *_by_verdict(model, fit))


def _by_disk(model: Model, fit: Fit | None) -> tuple[float, ...]:
    return (not model.on_disk, *_by_verdict(model, fit))


SIZE = "size"
"""The column of the memory that a model needs, at a certain context."""
SIZE_TITLE = N_("needs")
NAME = "name"
"""The column that takes the room that the others leave."""
VERDICT = "verdict"
SPEED = "speed"
SHARE = "share"

COLUMNS: tuple[ModelColumn, ...] = (
    ModelColumn(
        VERDICT,
        (ListCell(100, _verdict_width, _verdict_word),),
        heading=N_("verdict"),
        tone="verdict",
        title=N_("verdict"),
        order=ListOrder(0, N_("verdict"), _by_verdict),
    ),
    ModelColumn(
        NAME,
        tuple(
            ListCell(rank, _longest(_name, cells), lambda model, _fit: _name(model))
            for rank, cells in ((0, 14), (50, 18), (70, 21), (120, 34))
        ),
        heading=N_("model"),
        cut="middle",
        title=N_("model"),
        printed=lambda model, _fit: clean_line(model.name),
        order=ListOrder(3, N_("name"), _by_name),
    ),
    ModelColumn(
        "quant",
        (
            ListCell(
                30,
                _longest(lambda model: model.quant, _LONGEST_QUANT),
                lambda model, _fit: clean_line(model.quant),
            ),
        ),
        heading=N_("quant"),
        tone="dim",
        title=N_("quant"),
    ),
    ModelColumn(
        SHARE,
        (ListCell(40, _fixed(4), _bar(4)), ListCell(150, _fixed(8), _bar(8))),
        tone="verdict",
    ),
    ModelColumn(
        SIZE,
        (ListCell(10, _fixed(6), size_word),),
        heading=N_("GiB"),
        right=True,
        title=SIZE_TITLE,
        printed=lambda _model, fit: footprint_word(fit) if fit is not None else UNKNOWN,
        order=ListOrder(2, N_("size"), _by_size),
    ),
    ModelColumn(
        SPEED,
        (ListCell(20, _fixed(5), _speed_word),),
        heading=N_("tok/s"),
        right=True,
        tone="speed",
        title=N_("tok/s"),
        printed=_printed_speed,
        order=ListOrder(1, N_("speed"), _by_speed),
    ),
    ModelColumn(
        "uses",
        (
            ListCell(
                60, _longest(lambda model: _joined(uses_of(model), _USE_CELLS), _USE_CELLS), _uses(_USE_CELLS)
            ),
            ListCell(130, _longest(lambda model: " ".join(uses_of(model)), 22), _uses(22)),
        ),
        heading=N_("good for"),
    ),
    ModelColumn(
        "languages",
        (
            ListCell(90, _longest(lambda model: _languages(8)(model, None), 8), _languages(8)),
            ListCell(140, _longest(lambda model: _languages(20)(model, None), 20), _languages(20)),
        ),
        heading=N_("speaks"),
        tone="dim",
    ),
    ModelColumn(
        "released",
        (ListCell(80, _longest(_released, _MONTH), _released),),
        heading=N_("date"),
        tone="dim",
    ),
    ModelColumn(
        "parameters",
        (
            ListCell(
                160,
                _fixed(5),
                lambda model, _fit: format_count(model.shape.parameters if model.shape else None),
            ),
        ),
        heading=N_("size"),
        right=True,
        title=N_("parameters"),
        extra_rank=1,
    ),
    ModelColumn(
        "context",
        (
            ListCell(
                170,
                _fixed(6),
                lambda model, _fit: context_word(model.shape.context_length if model.shape else None),
            ),
        ),
        heading=N_("trained"),
        right=True,
        title=N_("trained for"),
        extra_rank=2,
    ),
    ModelColumn(
        "max_context",
        (ListCell(125, _fixed(6), _longest_context),),
        heading=N_("tokens"),
        right=True,
        title=N_("longest context"),
        short_title=N_("tokens"),
        printed=lambda _model, fit: format_count(fit.max_context) if fit and fit.max_context else "-",
    ),
    ModelColumn(
        "license",
        (
            ListCell(
                180, _longest(_license, _LONGEST_LICENSE), lambda model, _fit: _license(model) or UNKNOWN
            ),
        ),
        heading=N_("licence"),
        tone="dim",
        title=N_("licence"),
        extra_rank=3,
    ),
    ModelColumn(
        "disk",
        (ListCell(110, _fixed(1), _disk_sign),),
        title=N_("on disk"),
        short_title=N_("disk"),
        printed=lambda model, _fit: _("yes") if model.on_disk else _("no"),
        order=ListOrder(4, N_("on disk"), _by_disk),
    ),
)
"""In the order in which they stand; a column that is added here is in the list and in `llmtui fit`."""

_NAMES_IN_FULL = {
    SHARE: N_("bar of its share of the memory"),
    SIZE: N_("memory it needs"),
    SPEED: N_("speed in tokens per second"),
    "uses": N_("what it is good for"),
    "languages": N_("languages"),
    "released": N_("month of its release"),
}
"""Names of columns where their heading is too short to be understood."""


def column_title(column: ModelColumn) -> str:
    """Return the name of a column in a list of columns."""
    return _(_NAMES_IN_FULL.get(column.name) or column.title or column.heading)


PRINTED: tuple[ModelColumn, ...] = tuple(column for column in COLUMNS if column.title)
"""Columns that `llmtui fit` prints."""
_ORDERS: dict[str, ListOrder] = {
    column.name: column.order
    for column in sorted(COLUMNS, key=lambda column: column.order.step if column.order else 0)
    if column.order is not None
}
SORTS: tuple[str, ...] = tuple(_ORDERS)
"""Names of the columns to order by, as the sort key steps through them."""


def sort_title(sort: str) -> str:
    """Return the name of an order for the header."""
    return _(_ORDERS[sort].title)


def next_sort(sort: str) -> str:
    """Return the order after this one; the first follows the last."""
    return SORTS[(SORTS.index(sort) + 1) % len(SORTS)]


def sort_figures(sort: str) -> SortFigures:
    """Return the figures of an order; equal models follow `name_key`, so that nothing flickers."""
    return _ORDERS[sort].figures


def name_key(model: Model) -> tuple[str, int, str]:
    """Return the key of the order by name, size and key, which no two models share."""
    return (model.name.casefold(), model.weights_bytes, model.key)


def sort_models(models: Sequence[Model], fits: Mapping[str, Fit], sort: str) -> list[Model]:
    """Return the models in order."""
    figures = sort_figures(sort)
    return sorted(models, key=lambda model: (figures(model, fits.get(model.key)), name_key(model)))
