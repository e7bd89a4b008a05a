"""Tables of keys and their actions, read from the bindings themselves."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from tui.i18n import _
from tui.ui.kit.keys import keys_of


class KeyLine(msgspec.Struct, frozen=True):
    """Action and its keys."""

    id: str
    """The binding's id, by which it can be remapped."""
    keys: str
    """As shown to the user: `↑  k`."""
    description: str


class KeySection(msgspec.Struct, frozen=True):
    """Keys of one pane."""

    title: str
    lines: tuple[KeyLine, ...]


def keys_on_screen(app: App[Any]) -> list[KeySection]:
    """Return the keys of the app, the screen on top and all its widgets."""
    screen = app.screen
    return collect_keys([app, screen, *screen.walk_children()])


def collect_keys(nodes: Iterable[DOMNode]) -> list[KeySection]:
    """Return the keys of every class of node, in order. A binding without an id is Textual's and left out.

    Each class counts once.
    """
    sections: list[KeySection] = []
    seen: set[str] = set()
    for node in nodes:
        for owner in type(node).__mro__:
            if not issubclass(owner, DOMNode):
                continue
            bindings = [
                binding for binding in owner.__dict__.get("BINDINGS", ()) if isinstance(binding, Binding)
            ]
            fresh = [binding for binding in bindings if binding.id and binding.id not in seen]
            seen.update(str(binding.id) for binding in fresh)
            if fresh:
                lines = tuple(_line(binding) for binding in fresh)
                title = _title(node, owner)
                if sections and sections[-1].title == title:
                    lines = sections.pop().lines + lines
                sections.append(KeySection(title, lines))
    return sections


def _line(binding: Binding) -> KeyLine:
    keys = "  ".join(keys_of(str(binding.id))) or _("no key")
    return KeyLine(str(binding.id), keys, binding.tooltip or binding.description)


def _title(node: DOMNode, owner: type[DOMNode]) -> str:
    """Return the pane's own title, or its class's name in words: `Chat pane` for `ChatPane`."""
    if isinstance(node, App | Screen):
        return _("Everywhere")
    title = owner.__dict__.get("BINDING_GROUP_TITLE") or node.BINDING_GROUP_TITLE
    return title or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", owner.__name__).capitalize()
