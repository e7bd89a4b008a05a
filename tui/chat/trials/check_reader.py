"""Checks as a task file has them: a table for each, or one table with several of them."""

from typing import Any, cast

from tui.chat.trials.pattern_search import LONGEST_PATTERN, pattern_mistake
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
from tui.sentences import Reason, reason

CHECK_KEYS = (
    *("contains", "not_contains", "equals", "exact", "number", "tolerance", "anywhere", "json", "language"),
    *("min_words", "max_words", "min_characters", "max_characters", "matches", "not_matches"),
    *("call", "no_call"),
)
CALL_KEYS = ("name", "arguments")
_LARGEST = 1e300
_LONGEST_TEXT = 10_000_000
"""Largest number of words or characters of a bound."""


def read_checks(owner: TableReader, key: str, tools: frozenset[str]) -> tuple[TrialCheck, ...]:
    """Return the checks under a key of a task or a turn; `tools` are the names that a call may have."""
    checks: list[TrialCheck] = []
    for values in owner.tables(key, reason("trials.expect_check")):
        reader = TableReader(values, CHECK_KEYS, owner.mistakes, owner.task, f"{owner.title}{key}.")
        mistakes = len(owner.mistakes)
        checks += _checks(reader, tools)
        if not values or (
            set(values) <= {"exact", "tolerance", "anywhere"} and len(owner.mistakes) == mistakes
        ):
            owner.wrong(key, reason("trials.expect_check"))
    return tuple(checks)


def _checks(reader: TableReader, tools: frozenset[str]) -> list[TrialCheck]:
    checks: list[TrialCheck] = []
    exact = bool(reader.flag("exact"))
    for key, absent in (("contains", False), ("not_contains", True)):
        if texts := reader.texts(key):
            checks.append(TextCheck(texts, exact, absent))
    if texts := reader.texts("equals"):
        checks.append(EqualsCheck(texts, exact))
    tolerance = reader.number("tolerance", 0, _LARGEST) or 0.0
    anywhere = bool(reader.flag("anywhere"))
    if (number := reader.number("number", -_LARGEST, _LARGEST)) is not None:
        checks.append(NumberCheck(number, tolerance, anywhere))
    elif "number" not in reader.values:
        for key in ("tolerance", "anywhere"):
            if key in reader.values:
                reader.add(key, reason("trials.goes_with_number", key=reader.title + key))
    if "json" in reader.values:
        value = reader.values["json"]
        if isinstance(value, dict | list):
            checks.append(JsonCheck(cast("Any", value), exact))
        else:
            reader.wrong("json", reason("trials.expect_json"))
    if language := reader.choice("language", ("en", "es")):
        checks.append(LanguageCheck("es" if language == "es" else "en"))
    checks += _lengths(reader)
    checks += _patterns(reader)
    checks += _calls(reader, tools)
    return checks


def _lengths(reader: TableReader) -> list[TrialCheck]:
    checks: list[TrialCheck] = []
    for unit in ("words", "characters"):
        least = reader.whole(f"min_{unit}", 0, _LONGEST_TEXT)
        largest = reader.whole(f"max_{unit}", 1, _LONGEST_TEXT)
        if least is not None and largest is not None and least > largest:
            reader.wrong(f"min_{unit}", reason("trials.expect_at_most", most=largest))
        elif least is not None or largest is not None:
            checks.append(LengthCheck("words" if unit == "words" else "characters", least, largest))
    return checks


def _patterns(reader: TableReader) -> list[TrialCheck]:
    checks: list[TrialCheck] = []
    for key, absent in (("matches", False), ("not_matches", True)):
        pattern = reader.text(key)
        if len(pattern) > LONGEST_PATTERN:
            reader.wrong(key, reason("trials.expect_shorter_pattern", most=LONGEST_PATTERN))
        elif mistake := pattern_mistake(pattern):
            reader.wrong(key, reason("trials.expect_pattern", error=mistake))
        elif pattern:
            checks.append(PatternCheck(pattern, absent))
    return checks


def _calls(reader: TableReader, tools: frozenset[str]) -> list[TrialCheck]:
    checks: list[TrialCheck] = []
    if reader.flag("no_call"):
        checks.append(CallCheck())
    elif "no_call" in reader.values and reader.values["no_call"] is False:
        reader.wrong("no_call", reason("trials.expect_no_call"))
    calls = read_calls_of(reader, "call", tools, reader.mistakes)
    if calls:
        checks.append(CallCheck(calls))
    return checks


def read_calls_of(
    reader: TableReader, key: str, tools: frozenset[str], mistakes: list[Mistake]
) -> tuple[WantedCall, ...]:
    """Return the calls under a key: a table with `name` and `arguments`, or a list of them."""
    expected = reason("trials.expect_call")
    calls: list[WantedCall] = []
    for values in reader.tables(key, expected):
        call = TableReader(values, CALL_KEYS, mistakes, reader.task, f"{reader.title}{key}.")
        name = call.text("name")
        arguments = call.table("arguments", reason("trials.expect_arguments")) or {}
        if "name" not in values:
            reader.wrong(key, expected)
        elif name and name not in tools:
            call.wrong("name", _expected_tool(tools))
        elif name:
            calls.append(WantedCall(name, arguments))
    return tuple(calls)


def _expected_tool(tools: frozenset[str]) -> Reason:
    if not tools:
        return reason("trials.expect_tools")
    return reason("trials.expect_choice", choices=", ".join(sorted(tools)))
