"""Glossary of the help."""

from tui.fit.speed_words import ESTIMATED, MEASURED
from tui.ui.help.glossary import sign_terms
from tui.ui.help.screen import help_content


def test_every_sign_before_a_size_is_explained():
    signs = {term.word for term in sign_terms()}
    assert {MEASURED, ESTIMATED} <= signs
    assert "Why mapped weights are counted" in help_content([], 88).plain
