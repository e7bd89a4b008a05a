"""Notice: a sentence about a state, and the steps that help."""

import msgspec

from tui.engine.protocol import Failed
from tui.ui.kit.keyboard.names import sentence_with_keys


class Notice(msgspec.Struct, frozen=True):
    """A sentence about a state, and the steps that help."""

    title: str
    """Sentence about the state."""
    steps: tuple[str, ...]
    """Steps that help, each a sentence or a command."""

    @property
    def text(self) -> str:
        """The title and the steps, one paragraph each."""
        return "\n\n".join((self.title, *self.steps))


def refusal_notice(refusal: Failed) -> Notice:
    """Return the notice of a refused load: its reason and the hint."""
    hint = sentence_with_keys(refusal.hint)
    return Notice(sentence_with_keys(refusal.reason), (hint,) if hint else ())
