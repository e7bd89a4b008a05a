"""Sentences of reasons as the dashboard shows them, with the names of the keys that are bound now."""

from tui.sentences import Reason
from tui.services.sentences import sentences
from tui.ui.kit.keys import key_of


def sentence_with_keys(*reasons: Reason | None) -> str:
    """Return the sentences of reasons one after another; None stands for none and adds nothing."""
    return sentences((why for why in reasons if why is not None), key_of)
