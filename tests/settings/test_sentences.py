"""Sentences of settings: every code has one, and none is left over."""

import re
from pathlib import Path

from tui.settings.sentences import SENTENCES

ROOM = Path(__file__).parents[2] / "tui" / "settings"


def test_the_codes_of_the_room_and_the_sentences_are_the_same() -> None:
    texts = [path.read_text("utf-8") for path in ROOM.rglob("*.py") if path.name != "sentences.py"]
    codes = {code for text in texts for code in re.findall(r'"(settings\.[a-z_0-9]+)"', text)}
    codes |= {f"settings.{code}" for text in texts for code in re.findall(r'"(expect_[a-z_]+)"', text)}
    codes -= {"settings.toml"}

    assert set(SENTENCES) == codes
