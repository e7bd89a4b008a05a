"""Looks of the verdicts: glyph, word and colour, in one place."""

from typing import NamedTuple

from tui.fit.verdict import Verdict
from tui.fit.words import verdict_word


class VerdictLook(NamedTuple):
    """Look of a verdict; glyph and word suffice where there is no colour."""

    glyph: str
    word: str
    variable: str
    """The theme's variable, without `$`."""


VERDICTS: dict[Verdict, VerdictLook] = {
    Verdict.FITS: VerdictLook("●", verdict_word(Verdict.FITS), "fit-fits"),
    Verdict.TIGHT: VerdictLook("◐", verdict_word(Verdict.TIGHT), "fit-tight"),
    Verdict.SPLIT: VerdictLook("◑", verdict_word(Verdict.SPLIT), "fit-split"),
    Verdict.ELSEWHERE: VerdictLook("◇", verdict_word(Verdict.ELSEWHERE), "fit-elsewhere"),
    Verdict.TOO_BIG: VerdictLook("○", verdict_word(Verdict.TOO_BIG), "fit-too-big"),
    Verdict.UNKNOWN: VerdictLook("?", verdict_word(Verdict.UNKNOWN), "fit-unknown"),
}
