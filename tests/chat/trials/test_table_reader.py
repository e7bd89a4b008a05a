"""Values of a table: right ones are returned, wrong ones are mistakes with their keys."""

from typing import Any

import pytest

from tui.chat.trials.table_reader import Mistake, TableReader
from tui.sentences import reason
from tui.services.sentences import sentence

KEYS = ("text", "texts", "flag", "whole", "number", "choice", "table", "tables")
EXPECTED = reason("trials.expect_call")


def read(reader: TableReader, key: str) -> Any:
    match key:
        case "text":
            return reader.text(key, "default")
        case "texts":
            return reader.texts(key)
        case "flag":
            return reader.flag(key)
        case "whole":
            return reader.whole(key, 1, 9)
        case "number":
            return reader.number(key, 0, 1)
        case "choice":
            return reader.choice(key, ("a", "b"))
        case "table":
            return reader.table(key, EXPECTED)
        case _:
            return reader.tables(key, EXPECTED)


@pytest.mark.parametrize(
    ("key", "value", "result"),
    [
        ("text", "x", "x"),
        ("texts", "x", ("x",)),
        ("texts", ["x", "y"], ("x", "y")),
        ("flag", False, False),
        ("whole", 9, 9),
        ("number", 1, 1.0),
        ("choice", "b", "b"),
        ("table", {"k": 1}, {"k": 1}),
        ("tables", {"k": 1}, [{"k": 1}]),
        ("tables", [{"k": 1}, {}], [{"k": 1}, {}]),
    ],
)
def test_right_values_are_returned(key: str, value: Any, result: Any) -> None:
    mistakes: list[Mistake] = []
    assert read(TableReader({key: value}, KEYS, mistakes, 1), key) == result
    assert mistakes == []


@pytest.mark.parametrize(
    ("key", "value", "default"),
    [
        ("text", " ", "default"),
        ("text", 3, "default"),
        ("texts", [], ()),
        ("texts", ["", "x"], ()),
        ("texts", 3, ()),
        ("flag", 1, None),
        ("whole", 0, None),
        ("whole", True, None),
        ("whole", 1.5, None),
        ("number", 1.1, None),
        ("number", "1", None),
        ("choice", "c", None),
        ("table", [], None),
        ("tables", "x", []),
        ("tables", [1], []),
    ],
)
def test_wrong_values_are_mistakes_with_their_keys(key: str, value: Any, default: Any) -> None:
    mistakes: list[Mistake] = []
    assert read(TableReader({key: value}, KEYS, mistakes, 4, "check."), key) == default
    (mistake,) = mistakes
    assert (mistake.task, mistake.key) == (4, f"check.{key}")
    assert sentence(mistake.reason).startswith(f"check.{key} is ")


def test_keys_that_are_not_known_are_named_with_what_may_be_meant() -> None:
    mistakes: list[Mistake] = []
    TableReader({"txet": 1, "zzz": 2}, KEYS, mistakes, 1)
    assert [sentence(mistake.reason) for mistake in mistakes] == [
        'there is no key "txet". Did you mean "text"?',
        f'there is no key "zzz". Possible here: {", ".join(KEYS)}.',
    ]
