"""Words of verdicts and losses: one for each, and translated."""

import pytest

from tui.fit.verdict import Verdict
from tui.fit.words import VERDICT_WORDS, loss_word, verdict_word
from tui.models.quality_loss import LOSSES


def test_each_verdict_and_each_loss_has_a_word() -> None:
    assert tuple(VERDICT_WORDS) == tuple(Verdict)
    assert [verdict_word(verdict) for verdict in Verdict] == [verdict.value for verdict in Verdict]
    assert [loss_word(loss) for loss in LOSSES] == list(LOSSES)


def test_an_unknown_loss_is_not_available() -> None:
    assert loss_word(None) == "n/a"


@pytest.mark.usefixtures("in_spanish")
def test_words_are_in_the_users_language() -> None:
    assert loss_word("hardly any") == "casi ninguna"
    assert verdict_word(Verdict.TOO_BIG) == "no cabe"


@pytest.mark.usefixtures("in_spanish")
def test_a_loss_has_the_gender_of_its_word() -> None:
    assert loss_word("none") == "ninguna"
