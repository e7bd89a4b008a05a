"""The keys that the user chose, looked over: ids that no action has, and keys that no keyboard has."""

import difflib
import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, key_to_character

import tui.ui
from tui.i18n import _
from tui.text import clean_line

_MODIFIERS = frozenset(("ctrl", "shift", "alt", "super", "hyper", "meta"))
_NAMES = frozenset((*(key.value.rpartition("+")[2] for key in Keys), *KEY_NAME_REPLACEMENTS.values()))


def wrong_keys(keys: Mapping[str, str]) -> list[str]:
    """What is wrong with the `[keys]` of the settings, a sentence each.

    Reads every file that draws, to know all ids, so it belongs on a thread of its own.
    """
    known = binding_ids()
    problems: list[str] = []
    for id, chosen in keys.items():
        if id not in known:
            near = difflib.get_close_matches(id, known, 1)
            hint = _("did you mean {near}?").format(near=near[0]) if near else _("docs/keys.md lists them")
            problems.append(_("there is no action {id}; {hint}").format(id=clean_line(id), hint=hint))
        for key in (part.strip() for part in chosen.split(",")):
            if not is_key(key):
                hint = (
                    _('did you mean "{near}"?').format(near=key.lower())
                    if is_key(key.lower())
                    else _('expected one such as "ctrl+x", "f5" or "x"')
                )
                words = _('{id} is "{key}", which is no key; {hint}')
                problems.append(words.format(id=clean_line(id), key=clean_line(key), hint=hint))
    return problems


def is_key(key: str) -> bool:
    """Whether a terminal can send this key, as its name is written in a binding."""
    if len(key) == 1:
        return key.isprintable()
    *modifiers, name = key.split("+")
    # The names of characters that cannot be typed are known too, such as "esc".
    character = key_to_character(name) or "\0"
    is_known = len(name) == 1 or name in _NAMES or character.isprintable()
    return is_known and _MODIFIERS.issuperset(modifiers)


def binding_ids() -> frozenset[str]:
    """The ids of all actions, those of screens that were never shown too."""
    for found in pkgutil.walk_packages(tui.ui.__path__, "tui.ui."):
        importlib.import_module(found.name)
    kinds: list[type[DOMNode]] = [DOMNode]
    ids: set[str] = set()
    for kind in kinds:
        kinds += kind.__subclasses__()
        bindings: list[Any] = kind.__dict__.get("BINDINGS", [])
        ids.update(each.id for each in bindings if isinstance(each, Binding) and each.id)
    return frozenset(ids)
