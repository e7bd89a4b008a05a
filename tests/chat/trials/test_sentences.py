"""Sentences of task files: every code has one, and none is left over."""

import re
from pathlib import Path

from tui.chat.trials.sentences import SENTENCES

PROGRAM = Path(__file__).parents[3] / "tui"


def test_the_codes_of_the_rooms_and_the_sentences_are_the_same() -> None:
    rooms = (PROGRAM / "chat" / "trials", PROGRAM / "services" / "trials")
    texts = [
        path.read_text("utf-8") for room in rooms for path in room.glob("*.py") if path.name != "sentences.py"
    ]
    codes = {code for text in texts for code in re.findall(r'"(trials\.[a-z_0-9]+)"', text)}
    # The unit of a length is part of its code.
    assert set(SENTENCES) == codes | {"trials.length_words", "trials.length_characters"}
