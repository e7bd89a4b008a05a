"""Each quantity is named by a sentence of its own."""

from tests.reasons import sentence_of
from tui.hardware import quantities
from tui.sentences import Reason


def test_every_quantity_has_a_name_that_no_other_has() -> None:
    names = [sentence_of(value) for value in vars(quantities).values() if isinstance(value, Reason)]
    assert len(names) > 10
    assert len(names) == len(set(names))
