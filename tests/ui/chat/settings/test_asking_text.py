"""Words for sampling values, their origin, and the user's choices."""

import pytest

from tests.chat.talks import WAY
from tests.ui.chat.settings.ask_app import EXTRACT, asking
from tui.chat.asking import Asking, PartSettings
from tui.chat.sampling import KNOBS, KnobChoice, Origin
from tui.engine.options import SamplingSettings
from tui.ui.chat.settings.asking_text import (
    asking_note,
    asking_text,
    choice_text,
    origin_text,
    part_settings_text,
    value_text,
)

KNOB = {knob.name: knob for knob in KNOBS}


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("seed", -1, "another each"),
        ("max_tokens", 0, "no limit"),
        ("temperature", 0.30, "0.3"),
        ("top_k", 40, "40"),
    ],
)
def test_special_numbers_are_words(name: str, value: float, text: str) -> None:
    assert value_text(value, KNOB[name]) == text


def test_a_value_of_the_users_names_the_recommended_one() -> None:
    def text(origin: Origin) -> str:
        return choice_text(KnobChoice(KNOB["top_k"], 7, origin, 20, "published"), "Qwen3")

    assert text("chat") == "yours; 20 recommended for Qwen3"
    assert text("settings") == origin_text("settings", "Qwen3") == "from settings.toml"


def test_a_part_that_takes_the_likeliest_word_names_nothing_of_the_draw() -> None:
    assert "Seed 1804289383" in part_settings_text(WAY)
    greedy = part_settings_text(PartSettings(SamplingSettings(temperature=0, seed=5), json_schema=True))
    assert "Seed" not in greedy
    assert greedy.endswith("JSON schema")


def test_choices_are_one_line_for_a_document() -> None:
    choices = Asking(EXTRACT, {"top_k": 7}, think=False, when_full="stop", stop=("###",))
    assert asking_text(choices) == (
        "Preset Extract as JSON · Temperature 0 · Top-k 7 · Stop texts ### · does not think first"
        " · context full: stop"
    )
    assert asking_text(Asking()) == ""


def test_the_note_names_the_preset_or_the_own_prompt_and_a_schema_of_ones_own() -> None:
    known = asking()
    assert asking_note(known, "") == ""
    assert asking_note(known, "Be brief.") == "own system prompt"
    known.asking = Asking(EXTRACT, json_schema=EXTRACT.json_schema)
    assert asking_note(known, EXTRACT.prompt("en")) == "Extract as JSON"
    known.asking = Asking(json_schema='{"type": "array"}')
    assert asking_note(known, "") == "JSON"
