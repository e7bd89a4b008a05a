"""Reasons whose sentence is any text, for tests of what shows or stores a reason."""

from tui.sentences import Reason, reason


def saying(text: str) -> Reason:
    """Return a reason whose sentence is this text."""
    return reason("engine.template_message", message=text)
