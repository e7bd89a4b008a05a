"""Sentences of reasons with the keys that are bound."""

from tests.reasons import because
from tui.ui.kit.sentences import sentence_with_keys


def test_reasons_follow_one_another_and_none_adds_nothing() -> None:
    first, second = because("no sensor"), because("no driver")
    both = sentence_with_keys(first, None, second)
    assert both.startswith(sentence_with_keys(first))
    assert both.endswith(sentence_with_keys(second))
    assert sentence_with_keys(None) == ""
