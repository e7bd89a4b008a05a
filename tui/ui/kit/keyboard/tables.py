"""Tables of keys and their actions, read from the bindings of widgets."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from tui.i18n import _
from tui.ui.kit.keyboard.actions import is_forwarded
from tui.ui.kit.keyboard.names import keys_of


class KeyLine(msgspec.Struct, frozen=True):
    """An action and its keys."""

    id: str
    """Id of the binding, as in the `[keys]` of the settings."""
    keys: str
    """Names of the keys: `↑  k`."""
    description: str


class KeySection(msgspec.Struct, frozen=True):
    """The keys of one pane."""

    title: str
    lines: tuple[KeyLine, ...]


def keys_on_screen(app: App[Any]) -> list[KeySection]:
    """Return the keys of the app, its top screen and all widgets on that screen."""
    screen = app.screen
    return collect_keys([app, screen, *screen.walk_children()])


def collect_keys(nodes: Iterable[DOMNode]) -> list[KeySection]:
    """Return the keys of the nodes' classes, in order, each class once, those of one title together.

    Bindings without an id are Textual's own and are left out.
    """
    sections: dict[str, tuple[KeyLine, ...]] = {}
    seen: set[str] = set()
    for node in nodes:
        for owner in type(node).__mro__:
            if not issubclass(owner, DOMNode):
                continue
            bindings = [
                binding
                for binding in owner.__dict__.get("BINDINGS", ())
                if isinstance(binding, Binding) and not is_forwarded(binding.action)
            ]
            new_bindings = [binding for binding in bindings if binding.id and binding.id not in seen]
            seen.update(str(binding.id) for binding in new_bindings)
            if new_bindings:
                lines = tuple(_line(binding) for binding in new_bindings)
                title = _title(node, owner)
                sections[title] = sections.get(title, ()) + lines
    return [KeySection(title, lines) for title, lines in sections.items()]


def _line(binding: Binding) -> KeyLine:
    keys = "  ".join(keys_of(str(binding.id))) or _("no key")
    return KeyLine(str(binding.id), keys, binding.tooltip or binding.description)


def _title(node: DOMNode, owner: type[DOMNode]) -> str:
    """Return the pane's own title, else the name of its class: `Chat pane` for `ChatPane`."""
    if isinstance(node, App | Screen):
        return _("Everywhere")
    title = owner.__dict__.get("BINDING_GROUP_TITLE") or node.BINDING_GROUP_TITLE
    return title or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", owner.__name__).capitalize()
