"""Sentences of models: every code has one, and none is left over."""

import re
from pathlib import Path

from tui.models.purpose import KINDS
from tui.models.sentences import SENTENCES
from tui.models.stores.stores import STORES

ROOM = Path(__file__).parents[2] / "tui" / "models"


def test_the_codes_of_the_room_and_the_sentences_are_the_same() -> None:
    texts = [path.read_text("utf-8") for path in ROOM.rglob("*.py") if path.name != "sentences.py"]
    codes = {code for text in texts for code in re.findall(r'"(models\.[a-z_0-9]+)"', text)}
    # Names of files, which look like codes, and the kinds of files that are no model, whose codes are made.
    codes -= {"models.toml", "models.json", "models.msgpack"}
    codes |= {f"models.kind_{kind}" for kind in KINDS}
    codes |= {f"models.{verb}_{store.code}" for store in STORES for verb in ("store", "remove")}

    assert set(SENTENCES) == codes
