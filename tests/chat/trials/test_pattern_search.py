"""Regular expressions with a limit of time."""

import pytest

from tui.chat.trials.pattern_search import PatternTooSlowError, has_pattern, pattern_mistake


def test_a_pattern_is_found_at_the_ends_of_lines_and_in_any_letters() -> None:
    assert has_pattern(r"^ñandú$", "un\nñandú\nverde")
    assert not has_pattern(r"^verde ", "un\nñandú\nverde")


def test_a_pattern_that_would_never_end_is_given_up() -> None:
    with pytest.raises(PatternTooSlowError):
        has_pattern(r"^(a+)+$", "a" * 60 + "!", seconds=0.5)


def test_mistakes_are_named_in_the_words_of_python() -> None:
    assert pattern_mistake("a(b") == "missing ), unterminated subpattern at position 1"
    assert pattern_mistake("a(b)") is None
