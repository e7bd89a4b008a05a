"""Sentences of failures of downloads: every code has one, and none is left over."""

import re
from pathlib import Path

from tui.models.hub.sentences import SENTENCES

ROOM = Path(__file__).parents[3] / "tui"


def test_the_codes_of_the_room_and_the_sentences_are_the_same() -> None:
    texts = [
        path.read_text("utf-8") for path in ROOM.rglob("*.py") if path.parts[-2:] != ("hub", "sentences.py")
    ]
    codes = {code for text in texts for code in re.findall(r'"(hub\.[a-z_0-9]+)"', text)}
    assert set(SENTENCES) == codes
