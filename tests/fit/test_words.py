"""Words of verdicts and losses: one for each, and translated."""

import pytest

from tui.fit import words
from tui.fit.verdict import Verdict
from tui.fit.words import LOSS_WORDS, VERDICT_WORDS, loss_word, verdict_word
from tui.models.quality_loss import LOSSES


def test_each_verdict_and_each_loss_has_a_word() -> None:
    assert tuple(VERDICT_WORDS) == tuple(Verdict)
    assert tuple(LOSS_WORDS) == LOSSES
    assert [verdict_word(verdict) for verdict in Verdict] == [verdict.value for verdict in Verdict]
    assert [loss_word(loss) for loss in LOSSES] == list(LOSSES)


def test_an_unknown_loss_is_not_available() -> None:
    assert loss_word(None) == "n/a"


def test_words_are_in_the_users_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_", {"hardly any": "casi nada", "too big": "demasiado grande"}.__getitem__)
    assert loss_word("hardly any") == "casi nada"
    assert verdict_word(Verdict.TOO_BIG) == "demasiado grande"
