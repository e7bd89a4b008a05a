"""Check of the `[keys]` of the settings for unknown action ids and unknown key names."""

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


def key_problems(keys: Mapping[str, str]) -> list[str]:
    """Return the mistakes in the `[keys]` of the settings, one sentence each.

    Imports every module of `tui.ui` to know all ids, so call it on a thread of its own.
    """
    action_ids = binding_ids()
    problems: list[str] = []
    for id, chosen in keys.items():
        if id not in action_ids:
            similar_ids = difflib.get_close_matches(id, action_ids, 1)
            hint = (
                _("did you mean {id}?").format(id=similar_ids[0])
                if similar_ids
                else _("docs/keys.md lists them")
            )
            problems.append(_("there is no action {id}; {hint}").format(id=clean_line(id), hint=hint))
        for key in (part.strip() for part in chosen.split(",")):
            if not is_key_name(key):
                hint = (
                    _('did you mean "{key}"?').format(key=key.lower())
                    if is_key_name(key.lower())
                    else _('expected one such as "ctrl+x", "f5" or "x"')
                )
                problem = _('{id} is "{key}", which is no key; {hint}')
                problems.append(problem.format(id=clean_line(id), key=clean_line(key), hint=hint))
    return problems


def is_key_name(key: str) -> bool:
    """Return True if a terminal can send the key of this name, written as in a binding."""
    if len(key) == 1:
        return key.isprintable()
    *modifiers, name = key.split("+")
    # Textual also knows names of characters that cannot be typed, such as "esc".
    character = key_to_character(name) or "\0"
    is_known = len(name) == 1 or name in _NAMES or character.isprintable()
    return is_known and _MODIFIERS.issuperset(modifiers)


def binding_ids() -> frozenset[str]:
    """Return the ids of all actions, including those of screens that were never shown."""
    for module in pkgutil.walk_packages(tui.ui.__path__, "tui.ui."):
        importlib.import_module(module.name)
    classes: list[type[DOMNode]] = [DOMNode]
    ids: set[str] = set()
    for cls in classes:
        classes += cls.__subclasses__()
        bindings: list[Any] = cls.__dict__.get("BINDINGS", [])
        ids.update(binding.id for binding in bindings if isinstance(binding, Binding) and binding.id)
    return frozenset(ids)
