"""Columns of a list of models: one row each, for the dashboard's list and for `llmtui fit`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from tui.fit.speed_words import size_sign, speed_word
from tui.fit.verdict import Fit, Verdict
from tui.fit.words import verdict_word
from tui.i18n import N_, _
from tui.models.model import Model
from tui.text import clean_line
from tui.units import GIB, UNKNOWN, format_bytes, format_count

ON_DISK = "■"
NOT_ON_DISK = "□"
SUPERSEDED = "†"
"""Behind the name of a model of which the catalogue knows a successor."""
SIZING = "…"
"""Stands for a figure that the engine is asked for now."""

_VERDICT_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}
_UNJUDGED_RANK = len(_VERDICT_RANK)
_LONGEST_QUANT, _LONGEST_LICENSE = 8, 14
_TWO_DIGITS_BELOW = 99.995
"""GiB from which on a size has one digit behind the point."""

CellText = Callable[[Model, Fit | None], str]
Measure = Callable[[str], int]
"""Counts the cells that a text takes on the screen."""
SortKey = Callable[[Model, Fit | None], tuple[object, ...]]


class ListCell(msgspec.Struct, frozen=True):
    """A column as the dashboard's list shows it, with a blank before it."""

    width: Callable[[Sequence[Model], Measure], int]
    """Cells that it takes for these models; 0 where none of them has anything to show."""
    text: CellText
    unit: str = ""
    """Behind every value that is known."""


class ListOrder(msgspec.Struct, frozen=True):
    """An order of the list by a column."""

    step: int
    """Position among the orders that the sort key steps through."""
    title: str
    key: SortKey


class ModelColumn(msgspec.Struct, frozen=True):
    """A column: the cells of the dashboard's list, the text that `llmtui fit` prints, and the order by it."""

    name: str
    narrow: ListCell | None = None
    """In a list of any width; None for a column that comes only when there is room."""
    wide: ListCell | None = None
    """In place of `narrow` when there is room; None for no more than that."""
    rank: int = 0
    """Columns get their wide cells in this order as the list gets wider."""
    right: bool = False
    """Values stand at the right."""
    tone: Literal["text", "dim", "verdict"] = "text"
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
        cell = self.wide or self.narrow
        if self.printed is not None:
            return self.printed
        return cell.text if cell is not None else lambda _model, _fit: ""


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
    return f"{size_sign(fit) if fit else ''}{value:.{digits}f}"


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


def _disk_width(_models: Sequence[Model], measure: Measure) -> int:
    return 2 + max(measure(_("on disk")), measure(_("not on disk")))


def _verdict_word(model: Model, fit: Fit | None) -> str:
    verdict = verdict_of(model, fit)
    return _("sizing") if verdict is None else verdict_word(verdict)


def _speed_word(_model: Model, fit: Fit | None) -> str:
    return speed_word(fit.speed if fit is not None else None)


def _disk_sign(model: Model, _fit: Fit | None = None) -> str:
    return ON_DISK if model.on_disk else NOT_ON_DISK


def _disk_words(model: Model, _fit: Fit | None) -> str:
    return f"{_disk_sign(model)} {_('on disk') if model.on_disk else _('not on disk')}"


def _name(model: Model) -> str:
    is_old = model.entry is not None and model.entry.superseded_by is not None
    return f"{clean_line(model.name)} {SUPERSEDED}" if is_old else clean_line(model.name)


def _license(model: Model) -> str:
    return clean_line(model.entry.license) if model.entry else ""


def _by_name(model: Model, _fit: Fit | None) -> tuple[object, ...]:
    return (model.name.casefold(), model.weights_bytes, model.key)


def _by_verdict(model: Model, fit: Fit | None) -> tuple[object, ...]:
    verdict = verdict_of(model, fit)
    rank = _UNJUDGED_RANK if verdict is None else _VERDICT_RANK[verdict]
    # Models on this disk come first, then the largest: of those that fit it is usually the best.
    size = footprint_bytes(fit)
    return (rank, not model.on_disk, -(model.weights_bytes if size is None else size), *_by_name(model, fit))


def _by_size(model: Model, fit: Fit | None) -> tuple[object, ...]:
    size = footprint_bytes(fit)
    return (size is None, model.weights_bytes if size is None else size, *_by_name(model, fit))


def _by_speed(model: Model, fit: Fit | None) -> tuple[object, ...]:
    speed = fit.speed.value if fit is not None and fit.speed is not None else None
    return (speed is None, -(speed or 0.0), *_by_verdict(model, fit))


def _by_disk(model: Model, fit: Fit | None) -> tuple[object, ...]:
    return (not model.on_disk, *_by_verdict(model, fit))


SIZE = "size"
"""The column of the memory that a model needs, at a certain context."""
SIZE_TITLE = N_("needs")
NAME = "name"
"""The column that takes the room that the others leave."""
VERDICT = "verdict"
SPEED = "speed"
GIVING_WAY = (SPEED, VERDICT, "quant", "disk")
"""Columns that give way one after another where names would have no room, but for the sorted one."""

COLUMNS: tuple[ModelColumn, ...] = (
    ModelColumn(
        VERDICT,
        ListCell(_verdict_width, _verdict_word),
        tone="verdict",
        title=N_("verdict"),
        order=ListOrder(0, N_("verdict"), _by_verdict),
    ),
    ModelColumn(
        NAME,
        ListCell(_longest(_name, 34), lambda model, _fit: _name(model)),
        cut="middle",
        title=N_("model"),
        printed=lambda model, _fit: clean_line(model.name),
        order=ListOrder(3, N_("name"), _by_name),
    ),
    ModelColumn(
        "quant",
        ListCell(
            _longest(lambda model: model.quant, _LONGEST_QUANT), lambda model, _fit: clean_line(model.quant)
        ),
        title=N_("quant"),
    ),
    ModelColumn(
        SIZE,
        ListCell(_fixed(6), size_word, "G"),
        ListCell(_fixed(6), size_word, " GiB"),
        rank=2,
        right=True,
        title=SIZE_TITLE,
        printed=lambda _model, fit: footprint_word(fit) if fit is not None else UNKNOWN,
        order=ListOrder(2, N_("size"), _by_size),
    ),
    ModelColumn(
        SPEED,
        ListCell(_fixed(5), _speed_word, "t/s"),
        ListCell(_fixed(5), _speed_word, " tok/s"),
        rank=1,
        right=True,
        title=N_("tok/s"),
        order=ListOrder(1, N_("speed"), _by_speed),
    ),
    ModelColumn(
        "parameters",
        wide=ListCell(
            _fixed(5),
            lambda model, _fit: format_count(model.shape.parameters if model.shape else None),
        ),
        rank=3,
        right=True,
        title=N_("parameters"),
        extra_rank=1,
    ),
    ModelColumn(
        "context",
        wide=ListCell(
            _fixed(6), lambda model, _fit: context_word(model.shape.context_length if model.shape else None)
        ),
        rank=5,
        right=True,
        title=N_("trained for"),
        extra_rank=2,
    ),
    ModelColumn(
        "max_context",
        right=True,
        title=N_("longest context"),
        short_title=N_("tokens"),
        printed=lambda _model, fit: format_count(fit.max_context) if fit and fit.max_context else "-",
    ),
    ModelColumn(
        "license",
        wide=ListCell(_longest(_license, _LONGEST_LICENSE), lambda model, _fit: _license(model) or UNKNOWN),
        rank=6,
        tone="dim",
        title=N_("licence"),
        extra_rank=3,
    ),
    ModelColumn(
        "disk",
        ListCell(_fixed(1), _disk_sign),
        ListCell(_disk_width, _disk_words),
        rank=4,
        title=N_("on disk"),
        short_title=N_("disk"),
        printed=lambda model, _fit: _("yes") if model.on_disk else _("no"),
        order=ListOrder(4, N_("on disk"), _by_disk),
    ),
)
"""In the order in which they stand; a column that is added here is in the list and in `llmtui fit`."""

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


def sort_key(sort: str) -> SortKey:
    """Return the key of an order; equal models follow name, size and key, so that nothing flickers."""
    return _ORDERS[sort].key


def sort_models(models: Sequence[Model], fits: Mapping[str, Fit], sort: str) -> list[Model]:
    """Return the models in order."""
    key = sort_key(sort)
    return sorted(models, key=lambda model: key(model, fits.get(model.key)))
