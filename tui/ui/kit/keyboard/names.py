"""Names of keys in sentences, and the keys that are bound to each action now.

Sentences name actions, not keys: `{chat.stop}` in a text stands for the key that is bound to the action with
that id. A sentence about an action that has no key is replaced by another one, or left out.
"""

# Textual keeps its bindings in private attributes, and has no other way to read them.

import re
from collections.abc import Mapping
from functools import lru_cache

from textual._context import active_app
from textual.binding import BindingsMap
from textual.dom import DOMNode
from textual.keys import format_key

from tui.i18n import _, pgettext
from tui.sentences import Reason
from tui.services.sentences import sentences

_NAMES = {
    "escape": _("Esc"),
    "enter": _("Enter"),
    "tab": _("Tab"),
    "space": _("Space"),
    "backspace": _("Backspace"),
    "delete": pgettext("key", "Delete"),
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
    """Return the usual name of a key: `Ctrl+L` for `ctrl+l`, `Esc` for `escape`, `?` for `question_mark`."""
    *modifiers, last = key.split("+")
    if not last:
        return key
    name = _NAMES.get(last) or format_key(last)
    if re.fullmatch(r"f\d+", name) or (modifiers and len(name) == 1):
        name = name.upper()
    return "+".join([*(_NAMES.get(modifier, modifier) for modifier in modifiers), name])


def short_key_name(key: str) -> str:
    """Return the name of a key for a line of keys: `^L` for `ctrl+l`; of other keys the usual name."""
    modifier, _plus, letter = key.partition("+")
    return f"^{letter.upper()}" if modifier == "ctrl" and len(letter) == 1 else key_name(key)


def keys_of(binding_id: str) -> tuple[str, ...]:
    """Return the names of the keys that are bound to an action now, the main one first."""
    keymap = tuple(_keymap().items())
    if not (names := _cached_key_names(keymap).get(binding_id, ())):
        # A class that was imported later may have it. Looking at all classes for each sentence is too slow.
        _cached_key_names(keymap).update(_table(_owners(), keymap))
        names = _cached_key_names(keymap).get(binding_id, ())
    return names


def key_of(binding_id: str) -> str:
    """Return the name of an action's main key; empty if it has none."""
    return next(iter(keys_of(binding_id)), "")


def with_keys(text: str, without: str = "", /, **values: object) -> str:
    """Return a text with key names in place of the action ids, and with the values.

    Args:
        text: template with action ids, for example `{chat.stop} stops {model}`.
        without: template to use instead if an action has no key.
        values: values of the other fields of both templates.
    """
    names = {binding_id: key_of(binding_id) for binding_id in _ID.findall(text)}
    if not all(names.values()):
        return without.format(**values)
    named = _ID.sub(lambda match: re.sub(r"([{}])", r"\1\1", names[match[1]]), text)
    return named.format(**values)


def key_at_start(text: str) -> str:
    """Return the name of the key that a template begins with; empty where it begins with another word."""
    first = _ID.match(text)
    return key_of(first[1]) if first is not None else ""


def help_with_keys(text: str) -> str:
    """Return a text of the help with its key names; an action without a key is shown as `no key`."""
    return _ID.sub(lambda match: key_of(match[1]) or _("no key"), text)


def sentence_with_keys(*reasons: Reason | None) -> str:
    """Return the sentences of the reasons one after another, with key names; None adds nothing."""
    return sentences((reason for reason in reasons if reason is not None), key_of)


def complete_keymap(keymap: Mapping[str, str]) -> dict[str, str]:
    """Return the user's keymap, completed by the default keys of actions that share a key with it.

    When one of several actions on a key gets another key, Textual takes the key away from all of them.
    """
    full_keymap = dict(keymap)
    for owner in _owners():
        for bindings in _bindings(owner).key_to_bindings.values():
            ids = [binding.id for binding in bindings if binding.id]
            if any(keymap.get(binding_id) for binding_id in ids):
                default_keys = _ids_and_keys(_bindings(owner))
                for binding_id in ids:
                    full_keymap.setdefault(binding_id, ",".join(default_keys[binding_id]))
    return full_keymap


def _keymap() -> Mapping[str, str]:
    app = active_app.get(None)
    return {} if app is None else app._keymap  # pyright: ignore[reportPrivateUsage]


def _owners() -> tuple[type[DOMNode], ...]:
    """Return the classes with bindings that have no subclasses; they include the bindings of their bases."""
    owners: dict[type[DOMNode], None] = {}
    to_visit: list[type[DOMNode]] = [DOMNode]
    while to_visit:
        owner = to_visit.pop()
        subclasses = owner.__subclasses__()
        to_visit += subclasses
        if not subclasses and _bindings(owner).key_to_bindings:
            owners[owner] = None
    return tuple(owners)


@lru_cache(maxsize=8)
def _cached_key_names(keymap: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    """Return the cache of key names by action id for a keymap; callers fill it."""
    del keymap
    return {}


@lru_cache(maxsize=8)
def _table(
    owners: tuple[type[DOMNode], ...], keymap: tuple[tuple[str, str], ...]
) -> dict[str, tuple[str, ...]]:
    """Return the key names by action id, as the screens will have them."""
    table: dict[str, tuple[str, ...]] = {}
    for owner in owners:
        bindings = _bindings(owner).copy()
        bindings.apply_keymap(dict(keymap))
        for binding_id, keys in _ids_and_keys(bindings).items():
            table.setdefault(binding_id, tuple(map(key_name, keys)))
    return table


def _ids_and_keys(bindings: BindingsMap) -> dict[str, list[str]]:
    keys_by_id: dict[str, list[str]] = {}
    for key, binding in bindings:
        if binding.id:
            # A binding with two keys is listed twice, and Textual gives both entries both new keys.
            keys = keys_by_id.setdefault(binding.id, [])
            if key not in keys:
                keys.append(key)
    return keys_by_id


def _bindings(owner: type[DOMNode]) -> BindingsMap:
    return owner._merged_bindings or BindingsMap()  # pyright: ignore[reportPrivateUsage]
