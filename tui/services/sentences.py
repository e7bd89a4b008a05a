"""The sentences of every room below the front ends, in one table."""

from collections.abc import Callable

from tui.sentences import Reason, Table, no_key, sentence_from

_TABLE: Table = {}


def sentence(why: Reason, key_of: Callable[[str], str] = no_key) -> str:
    """Return the sentence of a reason in the user's language; see `tui.sentences.sentence_from`."""
    return sentence_from(_TABLE, why, key_of)
