"""Command palette with the actions of all keys on the screen."""

from collections.abc import Iterable
from functools import partial

from textual.app import SystemCommand
from textual.binding import Binding
from textual.dom import DOMNode
from textual.widget import Widget

from tui.i18n import _
from tui.ui.kit.keyboard.actions import has_effect, is_forwarded, is_movement
from tui.ui.kit.keyboard.names import key_of


def palette_commands(nodes: Iterable[Widget]) -> Iterable[SystemCommand]:
    """Yield a command `Area: verb` for each binding with an id whose action is possible now."""
    for node in nodes:
        for binding in type(node).__dict__.get("BINDINGS", ()):
            if not isinstance(binding, Binding) or not binding.id:
                continue
            if is_movement(binding.action) or is_forwarded(binding.action):
                continue
            name = binding.action.partition("(")[0]
            if node.check_action(name, ()) and has_effect(node, binding.action):
                title = f"{_area(node)}: {binding.description.lower()}"
                yield SystemCommand(
                    command_title(title, binding.id),
                    binding.tooltip,
                    partial(node.run_action, binding.action),
                )


def command_title(title: str, binding_id: str) -> str:
    """Return a title with the key of the action behind it, where it has one: `Models: sort (s)`."""
    key = key_of(binding_id)
    return f"{title} ({key})" if key else title


def _area(node: DOMNode) -> str:
    return str(getattr(node, "BINDING_GROUP_TITLE", None) or _("Dashboard"))
