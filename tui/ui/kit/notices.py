"""Notices: a state in words with the steps out of it."""

import msgspec

from tui.engine.install import install_command
from tui.i18n import _


class Notice(msgspec.Struct, frozen=True):
    """A state in words: what it is, and the steps out of it."""

    title: str
    """One sentence, what is so."""
    steps: tuple[str, ...]
    """What to do about it, one sentence or command a step."""

    @property
    def text(self) -> str:
        """All of it, a paragraph a step."""
        return "\n\n".join((self.title, *self.steps))


def engine_missing() -> Notice:
    """The engine's library is not installed: what still works, and what brings it."""
    return Notice(
        _("The engine is not installed, so no model can be loaded."),
        (
            _("Gauges and sizing still work; sizes are estimated by formula."),
            _("To talk to a model: {command}, then start llmtui again.").format(command=install_command()),
        ),
    )
