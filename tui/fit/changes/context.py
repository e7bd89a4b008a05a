"""A shorter context, as a step towards a better verdict."""

from typing import ClassVar

import msgspec

from tui.fit.changes.step import Setup
from tui.i18n import _

USABLE_CONTEXT = 4096
"""Tokens under which a conversation soon has no room: less costs more than any smaller type."""


class ShorterContext(msgspec.Struct, frozen=True):
    """Let the model see fewer tokens at once."""

    kind: ClassVar[str] = "context"
    changes_settings: ClassVar[bool] = True
    gain_is_rough: ClassVar[bool] = False

    context: int
    """Tokens."""

    def apply(self, setup: Setup) -> Setup:
        """Return the setup with this context."""
        settings = msgspec.structs.replace(setup.settings, context=self.context)
        return msgspec.structs.replace(setup, settings=settings)

    def describe(self) -> str:
        """Name the context: `context 4096`."""
        return _("context {count}").format(count=self.context)

    def describe_briefly(self) -> str:
        """Name the context: `context 4096`."""
        return self.describe()

    def cost(self) -> tuple[str, ...]:
        """Say how little the model sees."""
        limit = _("It sees at most {count} tokens at once.").format(count=self.context)
        if self.is_usable:
            return (limit,)
        return (limit, _("That is little: a few short messages."))

    @property
    def is_usable(self) -> bool:
        """False for a context that is shorter than a conversation needs."""
        return self.context >= USABLE_CONTEXT
