"""Notices: a state in words with the steps out of it."""

import msgspec

from tui.engine.protocol import Failed
from tui.ui.kit.sentences import sentence_with_keys


class Notice(msgspec.Struct, frozen=True):
    """A state in words and the steps out of it."""

    title: str
    """One sentence on the state."""
    steps: tuple[str, ...]
    """Remedies, one sentence or command a step."""

    @property
    def text(self) -> str:
        """Title and steps, a paragraph each."""
        return "\n\n".join((self.title, *self.steps))


def refusal_notice(refusal: Failed) -> Notice:
    """Return the words of a load that is refused."""
    hint = sentence_with_keys(refusal.hint)
    return Notice(sentence_with_keys(refusal.reason), (hint,) if hint else ())
