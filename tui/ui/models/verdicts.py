"""How a verdict looks: its glyph, its word and its colour, in one place."""

from typing import NamedTuple

from tui.fit.verdict import Verdict
from tui.i18n import _


class Look(NamedTuple):
    """A verdict on the screen; glyph and word say it all where there is no colour."""

    glyph: str
    word: str
    variable: str
    """The theme's variable, without `$`."""


VERDICTS: dict[Verdict, Look] = {
    Verdict.FITS: Look("●", _("fits"), "fit-fits"),
    Verdict.TIGHT: Look("◐", _("tight"), "fit-tight"),
    Verdict.SPLIT: Look("◑", _("split"), "fit-split"),
    Verdict.TOO_BIG: Look("○", _("too big"), "fit-too-big"),
    Verdict.UNKNOWN: Look("?", _("unknown"), "fit-unknown"),
}
