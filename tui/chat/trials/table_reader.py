"""Tables of a task file read key by key: mistakes are collected with their places, unknown keys are named."""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from tui.sentences import Reason, reason
from tui.text import clean_line

_LONGEST_VALUE = 60
"""Characters of a wrong value that are repeated."""


class Mistake(msgspec.Struct, frozen=True):
    """A mistake in a task file."""

    task: int
    """Number of the task in the file, from 1; 0 for what is above all tasks."""
    key: str
    """Keys that lead to it, with dots between them; empty for none."""
    reason: Reason


class TableReader:
    """Reads the values of one table."""

    def __init__(
        self,
        values: Mapping[str, Any],
        keys: Iterable[str],
        mistakes: list[Mistake],
        task: int,
        title: str = "",
    ) -> None:
        """Name the keys of the table that are not known.

        Args:
            values: the table.
            keys: those that it may have.
            mistakes: takes the mistakes.
            task: number of the task, see `Mistake`.
            title: keys that lead to the table, with a dot behind them.
        """
        self.values = values
        self.mistakes = mistakes
        self.task = task
        self.title = title
        known_keys = list(keys)
        for key in values:
            if key not in known_keys:
                similar = difflib.get_close_matches(key, known_keys, 1)
                hint = (
                    reason("trials.did_you_mean", key=similar[0])
                    if similar
                    else reason("trials.known_keys", keys=", ".join(known_keys))
                )
                self.add(key, reason("trials.unknown_key", key=title + key, hint=hint))

    def add(self, key: str, why: Reason) -> None:
        """Take a mistake at a key."""
        self.mistakes.append(Mistake(self.task, self.title + key, why))

    def wrong(self, key: str, expected: Reason) -> None:
        """Take the mistake that a value is not what was expected."""
        value = clean_line(json.dumps(self.values[key], ensure_ascii=False, default=str))
        short = value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…"
        self.add(key, reason("trials.wrong_value", key=self.title + key, value=short, expected=expected))

    def text(self, key: str, default: str = "") -> str:
        """Return a text that is not empty; the default where there is none."""
        value = self.values.get(key, default)
        if key in self.values and not (isinstance(value, str) and value.strip()):
            self.wrong(key, reason("trials.expect_text"))
            return default
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return one text or several; empty where there are none."""
        value = self.values.get(key, [])
        items = cast("list[Any]", value) if isinstance(value, list) else [value]
        if key in self.values and not (items and all(isinstance(item, str) and item for item in items)):
            self.wrong(key, reason("trials.expect_texts"))
            return ()
        return tuple(items)

    def flag(self, key: str) -> bool | None:
        """Return true or false; None where there is neither."""
        value = self.values.get(key)
        if key in self.values and not isinstance(value, bool):
            self.wrong(key, reason("trials.expect_flag"))
            return None
        return cast("bool | None", value)

    def whole(self, key: str, least: int, largest: int) -> int | None:
        """Return a whole number within bounds; None where there is none."""
        value = self.values.get(key)
        is_right = isinstance(value, int) and not isinstance(value, bool) and least <= value <= largest
        if key in self.values and not is_right:
            self.wrong(key, reason("trials.expect_whole", least=least, most=largest))
            return None
        return cast("int | None", value)

    def number(self, key: str, least: float, largest: float) -> float | None:
        """Return a number within bounds; None where there is none."""
        value = self.values.get(key)
        is_right = (
            isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= largest
        )
        if key in self.values and not is_right:
            self.wrong(key, reason("trials.expect_number", least=least, most=largest))
            return None
        return None if value is None else float(cast("float", value))

    def choice(self, key: str, choices: Sequence[str]) -> str | None:
        """Return one of several texts; None where there is none."""
        value = self.values.get(key)
        if key in self.values and value not in choices:
            self.wrong(key, reason("trials.expect_choice", choices=", ".join(choices)))
            return None
        return cast("str | None", value)

    def table(self, key: str, expected: Reason) -> dict[str, Any] | None:
        """Return a table; None where there is none."""
        value = self.values.get(key)
        if key in self.values and not isinstance(value, dict):
            self.wrong(key, expected)
            return None
        return cast("dict[str, Any] | None", value)

    def tables(self, key: str, expected: Reason) -> list[dict[str, Any]]:
        """Return one table or several; empty where there are none."""
        value = self.values.get(key, [])
        items = cast("list[Any]", value) if isinstance(value, list) else [value]
        if not all(isinstance(item, dict) for item in items):
            self.wrong(key, expected)
            return []
        return items
