"""Looks of the verdicts."""

from tui.fit.verdict import Verdict
from tui.ui.models.verdicts import VERDICTS


def test_every_verdict_has_its_own_glyph_and_word() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert len({look.glyph for look in VERDICTS.values()}) == len(Verdict)
    assert len({look.word for look in VERDICTS.values()}) == len(Verdict)
