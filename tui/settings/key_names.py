"""Names of keys and ids of actions for `[keys]` in the settings, known without the screen."""

import functools
import unicodedata
from pathlib import Path

ACTION_IDS_FILE = Path(__file__).with_name("action_ids.txt")
"""The ids of all actions, one a line; `python -m tests.docs` writes it."""
_MODIFIERS = frozenset(("ctrl", "shift", "alt", "super", "hyper", "meta"))
_NAMES = frozenset(
    (
        *("escape", "tab", "enter", "return", "space", "backspace", "insert", "delete"),
        *("home", "end", "pageup", "pagedown", "up", "down", "left", "right"),
        *(f"f{number}" for number in range(1, 25)),
        # Characters that have shorter names than Unicode gives them.
        *("slash", "backslash", "at", "minus", "plus", "underscore"),
        # The name of Ctrl+Space, which no other key has.
        "ctrl-at",
        # Characters with a hyphen in their Unicode name.
        *("less_than_sign", "greater_than_sign"),
    )
)


@functools.cache
def action_ids() -> frozenset[str]:
    """Return the ids of all actions that can be given other keys."""
    return frozenset(ACTION_IDS_FILE.read_text(encoding="utf-8").split())


def is_key_name(key: str) -> bool:
    """Return True if a terminal can send the key of this name, written as in a binding of Textual."""
    if len(key) == 1:
        return key.isprintable()
    *modifiers, name = key.split("+")
    return _is_known(name) and _MODIFIERS.issuperset(modifiers)


def _is_known(name: str) -> bool:
    if len(name) == 1 or name in _NAMES:
        return True
    try:
        return unicodedata.lookup(name.replace("_", " ")).isprintable()
    except KeyError:
        return False
