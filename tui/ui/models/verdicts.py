"""Table of the verdicts' glyphs, words and colours."""

from typing import NamedTuple

from tui.fit.verdict import Verdict
from tui.i18n import _


class VerdictLook(NamedTuple):
    """Glyph, word and colour of a verdict; glyph and word suffice without colour."""

    glyph: str
    word: str
    variable: str
    """Theme variable of the colour, without `$`."""


VERDICTS: dict[Verdict, VerdictLook] = {
    Verdict.FITS: VerdictLook("●", _("fits"), "fit-fits"),
    Verdict.TIGHT: VerdictLook("◐", _("tight"), "fit-tight"),
    Verdict.SPLIT: VerdictLook("◑", _("split"), "fit-split"),
    Verdict.ELSEWHERE: VerdictLook("◇", _("elsewhere"), "fit-elsewhere"),
    Verdict.TOO_BIG: VerdictLook("○", _("too big"), "fit-too-big"),
    Verdict.UNKNOWN: VerdictLook("?", _("unknown"), "fit-unknown"),
}
