"""Table of the verdicts' glyphs, words and colours."""

from typing import NamedTuple

from tui.fit.verdict import Verdict
from tui.fit.words import verdict_word


class VerdictLook(NamedTuple):
    """Glyph, word and colour of a verdict; glyph and word suffice without colour."""

    glyph: str
    word: str
    variable: str
    """Theme variable of the colour, without `$`."""


VERDICTS: dict[Verdict, VerdictLook] = {
    Verdict.FITS: VerdictLook("●", verdict_word(Verdict.FITS), "fit-fits"),
    Verdict.TIGHT: VerdictLook("◐", verdict_word(Verdict.TIGHT), "fit-tight"),
    Verdict.SPLIT: VerdictLook("◑", verdict_word(Verdict.SPLIT), "fit-split"),
    Verdict.ELSEWHERE: VerdictLook("◇", verdict_word(Verdict.ELSEWHERE), "fit-elsewhere"),
    Verdict.TOO_BIG: VerdictLook("○", verdict_word(Verdict.TOO_BIG), "fit-too-big"),
    Verdict.NO_CHAT: VerdictLook("–", verdict_word(Verdict.NO_CHAT), "fit-unknown"),
    Verdict.UNKNOWN: VerdictLook("?", verdict_word(Verdict.UNKNOWN), "fit-unknown"),
}
