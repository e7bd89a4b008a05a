"""Checks of a task file."""

from typing import Any

import pytest

from tui.chat.trials.check_reader import read_checks
from tui.chat.trials.table_reader import Mistake, TableReader
from tui.chat.trials.task import (
    CallCheck,
    EqualsCheck,
    JsonCheck,
    LanguageCheck,
    LengthCheck,
    NumberCheck,
    PatternCheck,
    TextCheck,
    TrialCheck,
    WantedCall,
)
from tui.services.sentences import sentence


def read(check: Any, *tools: str) -> tuple[tuple[TrialCheck, ...], list[str]]:
    mistakes: list[Mistake] = []
    checks = read_checks(TableReader({"check": check}, ("check",), mistakes, 1), "check", frozenset(tools))
    return checks, [sentence(mistake.reason) for mistake in mistakes]


def test_one_table_may_have_several_checks_and_a_list_may_have_several_tables() -> None:
    one_table = {
        "contains": "a",
        "not_contains": ["b", "c"],
        "equals": "d",
        "exact": True,
        "number": 3,
        "tolerance": 0.5,
        "json": {"k": [1]},
        "language": "es",
        "min_words": 2,
        "max_characters": 9,
        "matches": "x+",
        "not_matches": "y",
    }
    checks = (
        TextCheck(("a",), exact=True),
        TextCheck(("b", "c"), exact=True, absent=True),
        EqualsCheck(("d",), exact=True),
        NumberCheck(3.0, 0.5),
        JsonCheck({"k": [1]}, exact=True),
        LanguageCheck("es"),
        LengthCheck("words", 2, None),
        LengthCheck("characters", None, 9),
        PatternCheck("x+"),
        PatternCheck("y", absent=True),
    )
    assert read(one_table) == (checks, [])
    assert read([{"contains": "a"}, {"equals": "b"}]) == ((TextCheck(("a",)), EqualsCheck(("b",))), [])


def test_calls_name_tools_of_the_task() -> None:
    call = {"name": "weather", "arguments": {"city": "Lima"}}
    wanted = WantedCall("weather", {"city": "Lima"})
    assert read({"call": call}, "weather") == ((CallCheck((wanted,)),), [])
    assert read({"call": [call, call]}, "weather") == ((CallCheck((wanted, wanted)),), [])
    assert read({"no_call": True}, "weather") == ((CallCheck(),), [])
    assert read({"call": call}, "clock")[1] == ['check.call.name is "weather"; expected one of clock']
    assert "it has none" in read({"call": call})[1][0]


@pytest.mark.parametrize(
    ("check", "mistake"),
    [
        ({}, "check is {}; expected a table with at least one check"),
        ({"exact": True}, "expected a table with at least one check"),
        ("x", 'check is "x"; expected a table'),
        ({"tolerance": 1}, "check.tolerance belongs beside number"),
        ({"json": "x"}, "check.json is"),
        ({"language": "fr"}, 'check.language is "fr"; expected one of en, es'),
        ({"min_words": 5, "max_words": 2}, "check.min_words is 5; expected at most 2"),
        ({"matches": "("}, "missing ), unterminated subpattern"),
        ({"matches": "x" * 1001}, "at most 1000 characters"),
        ({"no_call": False}, "check.no_call is false; expected true"),
        ({"call": {"arguments": {}}}, "check.call is"),
        ({"call": {"name": "weather", "arguments": 3}}, "check.call.arguments is 3"),
    ],
)
def test_mistakes_say_what_was_expected(check: Any, mistake: str) -> None:
    _checks, mistakes = read(check, "weather")
    assert any(mistake in text for text in mistakes), mistakes
