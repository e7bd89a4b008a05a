"""A shorter context, as a step towards a better verdict."""

from typing import ClassVar

import msgspec

from tui.fit.changes.step import Setup
from tui.sentences import Reason, reason

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

    def describe(self) -> Reason:
        """Name the context: `context 4096`."""
        return reason("fit.change_context", count=self.context)

    def describe_briefly(self) -> Reason:
        """Name the context: `context 4096`."""
        return self.describe()

    def cost(self) -> tuple[Reason, ...]:
        """Say how little the model sees."""
        limit = reason("fit.context_limit", count=self.context)
        return (limit,) if self.is_usable else (limit, reason("fit.context_is_little"))

    @property
    def is_usable(self) -> bool:
        """False for a context that is shorter than a conversation needs."""
        return self.context >= USABLE_CONTEXT
