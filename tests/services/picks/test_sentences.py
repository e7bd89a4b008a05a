"""Sentences of the picks: whole sentences with the fields that the code fills."""

from tui.sentences import reason
from tui.services.picks.sentences import SENTENCES
from tui.services.sentences import sentence


def test_are_joined_with_those_of_the_other_rooms():
    assert sentence(reason("services.gate_superseded", successor="New")) == "New took its place"


def test_reasons_of_a_place_end_with_their_evidence():
    ends = ("better", "tie", "worse")
    assert all(str(SENTENCES[f"services.why_{name}"]).endswith("{mark}).") for name in ends)
