"""The tables of keys, from the bindings of the screen."""

import importlib
import pkgutil

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

import tui.ui
from tests.docs.blocks import code, markdown_table
from tui.ui.kit.keyboard.actions import is_forwarded
from tui.ui.kit.keyboard.names import key_name

FIRST = (
    "models.up",
    "models.down",
    "models.choose",
    "models.picks",
    "models.download",
    "models.filter",
    "models.sort",
    "models.context_shorter",
    "models.context_longer",
    "models.kv_type",
    "models.machine",
    "models.quants",
    "models.changes",
    "models.mark",
    "models.compare",
    "models.rescan",
    "prompt.send",
    "engine.stop",
    "chat.regenerate",
    "chat.continue",
    "chat.new",
    "chat.copy",
    "prompt.attach",
    "chat.how_to_ask",
    "chat.context",
    "pane.models",
    "pane.chat",
    "models.unload",
    "machine.measure",
    "pane.timeline",
    "chat.history",
    "gauges.maximise",
    "downloads.show",
    "app.help",
    "app.quit",
)
"""The actions a newcomer needs, in the order of a first visit."""

_TITLES = {"LlmtuiApp": "Everywhere", "NumberInput": "Sampling"}
"""Titles of those that have none of their own."""


def table(detail: str) -> str:
    """Return the keys of a newcomer for `first`, else all, a table for each pane."""
    panes = bindings_by_pane()
    if detail == "first":
        by_id = {
            str(binding.id): (*_row(binding)[:3], title)
            for title, bindings in panes.items()
            for binding in bindings
        }
        return markdown_table(
            ("key", "action", "what it does", "where"), [by_id[binding_id] for binding_id in FIRST]
        )
    return "\n\n".join(
        f"### {title}\n\n" + markdown_table(("key", "action", "what it does", "id"), map(_row, bindings))
        for title, bindings in panes.items()
    )


def bindings_by_pane() -> dict[str, list[Binding]]:
    """Return the bindings that can be given other keys, by the title of the pane where they apply.

    The app and the dashboard come first, then the panes by name. An action that several screens have, such as
    the help, stands once.
    """
    panes: dict[str, dict[str, Binding]] = {}
    for owner in sorted(key_owners(), key=_order):
        for binding in owner.__dict__["BINDINGS"]:
            if isinstance(binding, Binding) and binding.id and not is_forwarded(binding.action):
                is_listed = any(binding.id in bindings for bindings in panes.values())
                if not is_listed:
                    panes.setdefault(_title(owner), {})[binding.id] = binding
    return {title: list(bindings.values()) for title, bindings in panes.items()}


def action_id_lines() -> str:
    """Return the ids of all actions, one a line."""
    ids = {str(binding.id) for bindings in bindings_by_pane().values() for binding in bindings}
    return "".join(f"{action_id}\n" for action_id in sorted(ids))


def key_owners() -> list[type[DOMNode]]:
    """Return the classes of the program that have keys."""
    for module in pkgutil.walk_packages(tui.ui.__path__, "tui.ui."):
        importlib.import_module(module.name)
    owners: list[type[DOMNode]] = [DOMNode]
    for owner in owners:
        owners += [heir for heir in owner.__subclasses__() if heir not in owners]
    ours = [owner for owner in owners if owner.__module__.startswith("tui.ui")]
    return [owner for owner in ours if owner.__dict__.get("BINDINGS")]


def _order(owner: type[DOMNode]) -> tuple[bool, bool, str, str]:
    return (not issubclass(owner, App), owner.__name__ != "Dashboard", _title(owner), owner.__name__)


def _title(owner: type[DOMNode]) -> str:
    title = owner.__dict__.get("BINDING_GROUP_TITLE") or _TITLES.get(owner.__name__)
    return str(title or owner.BINDING_GROUP_TITLE or owner.__name__)


def _row(binding: Binding) -> tuple[str, str, str, str]:
    keys = " ".join(code(key_name(key.strip())) for key in binding.key.split(","))
    return keys, binding.description, binding.tooltip, code(str(binding.id))
