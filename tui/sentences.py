"""Reasons as codes with facts, and the tables that turn them into sentences when they are shown.

Below the front ends a failure, a hint or a reason why something is unknown is a `Reason`: a code such as
`engine.file_missing` and the facts that belong to it. Each room has one table from its codes to sentences,
in its `sentences.py`. `tui.services.sentences` joins the tables; a front end asks it for the words, in the
user's language.
"""

import logging
import re
import string
from collections.abc import Callable, Mapping
from typing import Any, Union

import msgspec

from tui.i18n import _, ngettext
from tui.text import clean_line
from tui.units import format_bytes, format_count, format_duration, format_rate, localized

log = logging.getLogger(__name__)

Fact = Union[str, int, float, "Reason"]


class Reason(msgspec.Struct, frozen=True):
    """A failure, a hint or a cause without words: a code and its facts."""

    code: str
    """Room and name: `hardware.no_power`. Stable: scripts may rely on it."""
    facts: dict[str, Fact] = {}
    """By the names of the fields in the sentence; sizes in bytes, times in seconds."""

    def __hash__(self) -> int:
        """Hash of the code and the facts, whose order does not count."""
        return hash((self.code, frozenset(self.facts.items())))

    def __str__(self) -> str:
        """Return code and facts, for the log; a front end asks for the sentence."""
        facts = ", ".join(f"{name}={fact!r}" for name, fact in self.facts.items())
        return f"{self.code}({facts})"


def reason(code: str, /, **facts: Fact) -> Reason:
    """Return the reason with this code and these facts."""
    return Reason(code, facts)


class ReasonedError(Exception):
    """An error that carries a `Reason`; `str()` of it is for the log, not for the user."""

    def __init__(self, why: Reason, hint: Reason | None = None) -> None:
        """`hint` says what to do about it; None where there is nothing to say."""
        super().__init__(why)
        self.reason = why
        self.hint = hint

    def __str__(self) -> str:
        return str(self.reason)


class Plural(msgspec.Struct, frozen=True):
    """A sentence with a form for one and a form for many."""

    singular: str
    plural: str
    count: str
    """Name of the fact that decides."""


class Keyed(msgspec.Struct, frozen=True):
    """A sentence that names keys by the ids of their actions, `{chat.stop}`, and one that does without."""

    text: str
    without_keys: str


Entry = str | Plural | Keyed
Table = Mapping[str, Entry]
"""From codes to sentences with a field for each fact; `{size:bytes}` says how a fact is written."""

_FORMATS: dict[str, Callable[[Any], str]] = {
    "bytes": format_bytes,
    "count": format_count,
    "duration": format_duration,
    "rate": format_rate,
    "line": lambda value: clean_line(str(value)),
    "quoted": lambda value: f'"{clean_line(str(value))}"',
}
_KEY_ID = re.compile(r"\{([a-z_]+\.[a-z_]+)\}")


class _FactFormatter(string.Formatter):
    """Writes facts as the field of the sentence says; text from outside becomes one clean line."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if write := _FORMATS.get(format_spec):
            return write(value)
        if isinstance(value, str) and not format_spec:
            return clean_line(value)
        text = format(value, format_spec)
        return localized(text) if isinstance(value, (int, float)) and format_spec else text


_formatter = _FactFormatter()


def no_key(action: str) -> str:
    """Name no key: what a front end without keys passes to `sentence_from`."""
    del action
    return ""


def sentence_from(table: Table, why: Reason, key_of: Callable[[str], str] = no_key) -> str:
    """Return the sentence of a reason in the user's language.

    Args:
        table: the sentences of every code that the reason and the reasons inside it have.
        why: the reason.
        key_of: the name of the key that an action is bound to now, `Esc` for `chat.stop`; empty for none.

    A reason that is in no table is told by its code: a gap in a table ends no program.

    Raises:
        KeyError: a field of the sentence has no fact.
    """
    entry = table.get(why.code)
    if entry is None:
        log.error("no sentence for %s", why)
        return why.code
    facts = {
        name: sentence_from(table, fact, key_of) if isinstance(fact, Reason) else fact
        for name, fact in why.facts.items()
    }
    return _formatter.vformat(_template(entry, facts, key_of), (), facts)


def _template(entry: Entry, facts: Mapping[str, Any], key_of: Callable[[str], str]) -> str:
    """Return the sentence to fill in, with the names of keys already in it."""
    if isinstance(entry, Plural):
        return ngettext(entry.singular, entry.plural, int(facts[entry.count]))
    if isinstance(entry, str):
        return _(entry)
    names = {action: key_of(action) for action in _KEY_ID.findall(entry.text)}
    if not all(names.values()):
        return _(entry.without_keys)
    return _KEY_ID.sub(lambda match: re.sub(r"([{}])", r"\1\1", names[match[1]]), _(entry.text))
