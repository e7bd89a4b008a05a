"""What keys are called in sentences, and which of them is bound to what now.

Sentences name actions, not keys: `{chat.stop}` in a text stands for the key that has that id, whatever the
user has bound to it. An action that has no key any more is left out, with the words that speak of it.
"""

# What is bound to what is private to the library, and there is no other way to ask it.

import re
from collections.abc import Mapping
from functools import lru_cache

from textual._context import active_app
from textual.binding import BindingsMap
from textual.dom import DOMNode
from textual.keys import format_key

from tui.i18n import _

_NAMES = {
    "escape": _("Esc"),
    "enter": _("Enter"),
    "tab": _("Tab"),
    "space": _("Space"),
    "backspace": _("Backspace"),
    "delete": _("Delete"),
    "insert": _("Insert"),
    "home": _("Home"),
    "end": _("End"),
    "pageup": _("PgUp"),
    "pagedown": _("PgDn"),
    "ctrl": _("Ctrl"),
    "shift": _("Shift"),
    "alt": _("Alt"),
}
_ID = re.compile(r"\{([a-z_]+\.[a-z_]+)\}")


def key_name(key: str) -> str:
    """A key as people call it: `Ctrl+L` for `ctrl+l`, `Esc` for `escape`, `?` for `question_mark`."""
    *modifiers, last = key.split("+")
    if not last:
        return key
    name = _NAMES.get(last) or format_key(last)
    if re.fullmatch(r"f\d+", name) or (modifiers and len(name) == 1):
        name = name.upper()
    return "+".join([*(_NAMES.get(each, each) for each in modifiers), name])


def keys_of(binding_id: str) -> tuple[str, ...]:
    """The names of the keys that are bound to an action now, the usual one first; none where it has none."""
    keymap = tuple(_keymap().items())
    if not (found := _told(keymap).get(binding_id, ())):
        # A class that was not there yet may have it. Looking at all of them at each sentence would cost.
        _told(keymap).update(_table(_owners(), keymap))
        found = _told(keymap).get(binding_id, ())
    return found


def key_of(binding_id: str) -> str:
    """The name of the key to tell; empty where the action has none."""
    return next(iter(keys_of(binding_id)), "")


def with_keys(words: str, without: str = "", **values: object) -> str:
    """The words with the name of the key for each `{id}` in them, and with the values.

    Args:
        words: for example `{chat.stop} stops {model}`.
        without: what is said instead where an action has no key.
        values: for the other fields of either.
    """
    names = {each: key_of(each) for each in _ID.findall(words)}
    if not all(names.values()):
        return without.format(**values)
    named = _ID.sub(lambda found: re.sub(r"([{}])", r"\1\1", names[found[1]]), words)
    return named.format(**values)


def explained(words: str) -> str:
    """The words of the help, where an action without a key is named all the same, as `no key`."""
    return _ID.sub(lambda found: key_of(found[1]) or _("no key"), words)


def hints(*words: str) -> str:
    """Each what one key does, as the edge of a frame tells them: `Enter applies · Esc leaves`."""
    return " · ".join(hint for hint in map(with_keys, words) if hint)


def whole_keymap(keymap: Mapping[str, str]) -> dict[str, str]:
    """The user's keys, and the usual ones of actions that share a key with one of those.

    Textual takes a key away from all that it was bound to when one of these is bound anew.
    """
    found = dict(keymap)
    for owner in _owners():
        for bindings in _bindings(owner).key_to_bindings.values():
            ids = [binding.id for binding in bindings if binding.id]
            if any(keymap.get(each) for each in ids):
                usual = _ids_and_keys(_bindings(owner))
                for each in ids:
                    found.setdefault(each, ",".join(usual[each]))
    return found


def _keymap() -> Mapping[str, str]:
    app = active_app.get(None)
    return {} if app is None else app._keymap  # pyright: ignore[reportPrivateUsage]


def _owners() -> tuple[type[DOMNode], ...]:
    """The classes that nothing is made from, so that none stands for another: they have their bases' keys."""
    found: dict[type[DOMNode], None] = {}
    waiting: list[type[DOMNode]] = [DOMNode]
    while waiting:
        owner = waiting.pop()
        special = owner.__subclasses__()
        waiting += special
        if not special and _bindings(owner).key_to_bindings:
            found[owner] = None
    return tuple(found)


@lru_cache(maxsize=8)
def _told(keymap: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    """What was found with this keymap; filled by whoever looks."""
    del keymap
    return {}


@lru_cache(maxsize=8)
def _table(
    owners: tuple[type[DOMNode], ...], keymap: tuple[tuple[str, str], ...]
) -> dict[str, tuple[str, ...]]:
    """From each id to its keys, as the screens will find them."""
    table: dict[str, tuple[str, ...]] = {}
    for owner in owners:
        bindings = _bindings(owner).copy()
        bindings.apply_keymap(dict(keymap))
        for binding_id, keys in _ids_and_keys(bindings).items():
            table.setdefault(binding_id, tuple(map(key_name, keys)))
    return table


def _ids_and_keys(bindings: BindingsMap) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, binding in bindings:
        if binding.id:
            # One with two keys is there once a key, and the library gives each of them both new ones.
            keys = found.setdefault(binding.id, [])
            if key not in keys:
                keys.append(key)
    return found


def _bindings(owner: type[DOMNode]) -> BindingsMap:
    return owner._merged_bindings or BindingsMap()  # pyright: ignore[reportPrivateUsage]
