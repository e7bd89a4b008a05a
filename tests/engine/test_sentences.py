"""Sentences of the engine's reasons."""

import re
from pathlib import Path

import pytest

import tui.engine
from tui.engine.sentences import SENTENCES
from tui.sentences import Keyed, Plural

FOLDER = Path(tui.engine.__file__).parent
CODES = {
    code
    for file in FOLDER.rglob("*.py")
    if file.name != "sentences.py"
    for code in re.findall(r'"(engine\.[a-z0-9_]+)"', file.read_text("utf-8"))
}


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_of_the_room_has_a_sentence(code: str) -> None:
    assert code in SENTENCES


def test_no_sentence_of_the_engine_names_a_key() -> None:
    # The engine runs under front ends that have no keys.
    assert not [code for code, entry in SENTENCES.items() if isinstance(entry, Keyed)]


def test_a_prompt_that_is_one_token_too_long_has_a_sentence_of_its_own() -> None:
    entry = SENTENCES["engine.shorten_prompt"]

    assert isinstance(entry, Plural)
    assert "token," in entry.singular
    assert "tokens," in entry.plural
