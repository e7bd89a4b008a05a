"""Pages of the help: their length and their sums."""

import re

from tui.services.activity.moment import Phase
from tui.ui.help.pages import help_pages
from tui.ui.timeline.words import BEGIN, CUT, GLYPHS


def test_each_passage_is_a_few_sentences():
    for page in help_pages():
        assert 2 <= len(re.findall(r"[.](?= [A-Z]|$)", page.text)) <= 5, page.title


def test_the_sums_of_the_passages_are_right():
    text = " ".join(page.text for page in help_pages())
    assert "0.1837 is stored as the step 0.2, and 0.0163 is lost" in text
    assert round(0.1837, 1) == 0.2
    assert round(0.2 - 0.1837, 4) == 0.0163
    assert "4.5 bits" in text
    assert (32 * 4 + 16) / 32 == 4.5
    assert "8 billion × 2 bytes = 16 GB" in text
    assert "8 billion × 4.8 / 8 bytes = 4.8 GB" in text
    assert "128 KiB a token, or 1 GiB for a context of 8192 tokens" in text
    assert 32 * 2 * 1024 * 2 == 128 << 10
    assert (128 << 10) * 8192 == 1 << 30


def test_the_passage_on_the_timeline_has_its_signs():
    text = " ".join(page.text for page in help_pages())
    signs = {glyph for phase, glyph in GLYPHS.items() if phase is not Phase.IDLE} | {BEGIN, CUT}
    assert all(f"{sign} " in text or f"{sign};" in text for sign in signs)
