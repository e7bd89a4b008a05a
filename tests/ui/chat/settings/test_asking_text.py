"""Text for sampling values, their origin, and the user's choices."""

import pytest

from tests.chat.conversations import PART_SETTINGS
from tests.ui.chat.settings.ask_app import EXTRACT, model_asking
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
        ("seed", -1, "new each time"),
        ("max_tokens", 0, "no limit"),
        ("temperature", 0.30, "0.3"),
        ("top_k", 40, "40"),
    ],
)
def test_special_numbers_become_words(name: str, value: float, text: str) -> None:
    assert value_text(value, KNOB[name]) == text


def test_the_users_own_value_is_followed_by_the_recommended_one() -> None:
    def text(origin: Origin) -> str:
        return choice_text(KnobChoice(KNOB["top_k"], 7, origin, 20, "published"), "Qwen3")

    assert text("chat") == "yours; 20 recommended for Qwen3"
    assert text("settings") == origin_text("settings", "Qwen3") == "from settings.toml"


def test_settings_of_random_sampling_are_left_out_at_temperature_zero() -> None:
    assert "Seed 1804289383" in part_settings_text(PART_SETTINGS)
    greedy = part_settings_text(PartSettings(SamplingSettings(temperature=0, seed=5), json_schema=True))
    assert "Seed" not in greedy
    assert greedy.endswith("JSON schema")


def test_choices_become_one_line_of_an_export() -> None:
    choices = Asking(EXTRACT, {"top_k": 7}, think=False, when_full="stop", stop=("###",))
    assert asking_text(choices) == (
        "Preset Extract as JSON · Temperature 0 · Top-k 7 · Stop texts ### · does not think first"
        " · context full: stop"
    )
    assert asking_text(Asking()) == ""


def test_the_note_names_the_preset_or_own_prompt_and_an_own_schema() -> None:
    settings = model_asking()
    assert asking_note(settings, "") == ""
    assert asking_note(settings, "Be brief.") == "own system prompt"
    settings.asking = Asking(EXTRACT, json_schema=EXTRACT.json_schema)
    assert asking_note(settings, EXTRACT.prompt("en")) == "Extract as JSON"
    settings.asking = Asking(json_schema='{"type": "array"}')
    assert asking_note(settings, "") == "JSON"
