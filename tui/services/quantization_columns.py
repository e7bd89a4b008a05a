"""Columns of a table of quantizations: one row each, for the dashboard and for `llmtui fit --quants`."""

from collections.abc import Callable

import msgspec

from tui.fit.quants import QuantRow
from tui.fit.verdict import Speed
from tui.fit.words import loss_word, verdict_word
from tui.i18n import N_, _
from tui.services.model_columns import footprint_word
from tui.text import clean_line
from tui.units import UNKNOWN, format_bytes, format_number, format_rate

CURRENT = "current"
"""The column with the sign of the quantization that the table is about."""
VERDICT = "verdict"
QUANT = "quant"
SIZE = "size"
"""The column of the memory that each needs, at a certain context."""
FILE = "file"
"""The column that says where a file of it is."""


class QuantColumn(msgspec.Struct, frozen=True):
    """A column of the table."""

    name: str
    title: str
    """Heading where there is room for it."""
    text: Callable[[QuantRow], str]
    short_title: str = ""
    """Heading of the dialog; empty for the same."""
    right: bool = False
    """Values stand at the right."""
    rank: int = 0
    """Columns with the highest rank are left out first where there is no room; those with 0 always stay."""

    @property
    def heading(self) -> str:
        """Heading in the user's language."""
        return _(self.title) if self.title else ""

    @property
    def short_heading(self) -> str:
        """Heading in the user's language for a narrow table."""
        return _(self.short_title) if self.short_title else self.heading


def _bits(row: QuantRow) -> str:
    return UNKNOWN if row.bits_per_weight is None else format_number(row.bits_per_weight, ".1f")


def _speed(row: QuantRow) -> str:
    speed: Speed | None = row.fit.speed
    if speed is None or speed.value is None:
        return UNKNOWN
    return ("~" if speed.source == "estimated" else "") + format_rate(speed.value).partition(" ")[0]


def _divergence(row: QuantRow) -> str:
    value = row.quality.kl_divergence
    return UNKNOWN if value is None else format_number(value, ".4f")


def _file(row: QuantRow) -> str:
    return _("on disk") if row.on_disk else _("published") if row.published else ""


COLUMNS: tuple[QuantColumn, ...] = (
    QuantColumn(CURRENT, "", lambda row: "*" if row.current else ""),
    QuantColumn(VERDICT, N_("verdict"), lambda row: verdict_word(row.fit.verdict)),
    QuantColumn(QUANT, N_("quant"), lambda row: clean_line(row.quant)),
    QuantColumn("bits", N_("bits"), _bits, right=True, rank=3),
    QuantColumn(
        "weights", N_("weights"), lambda row: format_bytes(row.model.weights_bytes), right=True, rank=4
    ),
    QuantColumn(SIZE, N_("needs"), lambda row: footprint_word(row.fit), right=True),
    QuantColumn("speed", N_("tok/s"), _speed, right=True, rank=2),
    QuantColumn("lost", N_("quality lost"), lambda row: loss_word(row.quality.word), N_("lost")),
    QuantColumn("divergence", N_("KL divergence"), _divergence, N_("KL"), right=True, rank=5),
    QuantColumn(FILE, N_("file"), _file, rank=1),
)
"""In the order in which they stand; a column that is added here is in the dialog and in `llmtui fit`."""
