"""Sentences of the chat: every code has one, and none is left over."""

import re
from pathlib import Path

from tui.chat.sentences import SENTENCES

ROOM = Path(__file__).parents[2] / "tui" / "chat"


def test_the_codes_of_the_room_and_the_sentences_are_the_same() -> None:
    texts = [path.read_text("utf-8") for path in ROOM.rglob("*.py") if path.name != "sentences.py"]
    codes = {code for text in texts for code in re.findall(r'"(chat\.[a-z_0-9]+)"', text)}
    assert set(SENTENCES) == codes
