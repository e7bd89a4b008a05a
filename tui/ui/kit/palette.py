"""Command palette with the actions of all keys on the screen."""

from collections.abc import Iterable
from functools import partial

from textual.app import SystemCommand
from textual.binding import Binding
from textual.dom import DOMNode
from textual.widget import Widget

from tui.i18n import _

_MOVEMENTS = ("move", "page", "first", "last", "scroll")
"""Actions that are useful only as keys."""


def palette_commands(nodes: Iterable[Widget]) -> Iterable[SystemCommand]:
    """Yield a command `Area: verb` for each binding with an id whose action is possible now."""
    for node in nodes:
        for binding in type(node).__dict__.get("BINDINGS", ()):
            if not isinstance(binding, Binding) or not binding.id or _is_movement(binding.action):
                continue
            name = binding.action.partition("(")[0]
            if node.check_action(name, ()):
                yield SystemCommand(
                    f"{_area(node)}: {binding.description.lower()}",
                    binding.tooltip,
                    partial(node.run_action, binding.action),
                )


def _is_movement(action: str) -> bool:
    return action.partition("(")[0] in _MOVEMENTS


def _area(node: DOMNode) -> str:
    return str(getattr(node, "BINDING_GROUP_TITLE", None) or _("Dashboard"))
