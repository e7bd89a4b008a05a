"""Actions of keys: movements, actions without an effect now, and keys that other panes answer to."""

from typing import Protocol, runtime_checkable

FORWARD = "chat_key"
"""Action that passes a key of the chat on from another pane."""
_MOVEMENTS = ("move", "page", "first", "last", "scroll", "cursor_up", "cursor_down", "page_up", "page_down")
"""Actions that are useful only as keys."""


@runtime_checkable
class EffectTeller(Protocol):
    """A widget some of whose keys only say what is missing, while it is missing."""

    def has_effect(self, action: str) -> bool:
        """Return False for an action, as it is bound, that would only say what is missing, or do nothing."""
        ...


@runtime_checkable
class ActionNamer(Protocol):
    """A widget some of whose keys do different things at different times."""

    def name_of(self, action: str) -> str:
        """Return the name of what an action does now; empty for the name that its key has."""
        ...


def is_forwarded(action: str) -> bool:
    """Return True for a key of another pane that works here too; lists of keys name it where it belongs."""
    return action.startswith(f"{FORWARD}(")


def forwarded_action(action: str) -> str:
    """Return the action that a forwarded one passes on."""
    return action.removeprefix(f"{FORWARD}('").removesuffix("')")


def is_movement(action: str) -> bool:
    """Return True for an action that is useful only as a key."""
    return action.partition("(")[0] in _MOVEMENTS


def has_effect(node: object, action: str) -> bool:
    """Return False if an action of a node would only say what is missing, or do nothing."""
    return not isinstance(node, EffectTeller) or node.has_effect(action)


def name_of(node: object, action: str) -> str:
    """Return the name of what an action of a node does now; empty for the name that its key has."""
    return node.name_of(action) if isinstance(node, ActionNamer) else ""
