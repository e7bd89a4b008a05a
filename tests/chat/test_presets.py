"""The presets: what comes along, the user's own, and their language."""

import msgspec
import pytest

from tests.reasons import sentence_of
from tui import i18n
from tui.chat.presets import (
    BUILT_IN_PRESETS,
    EXTRACT_SCHEMA,
    LANGUAGES,
    all_presets,
    find_preset,
    preset_language,
    preset_of_task,
)
from tui.engine.schema import check_schema
from tui.settings.settings import PresetSettings


def test_every_preset_has_a_short_text_in_every_language():
    for preset in BUILT_IN_PRESETS:
        assert preset.title.code != "chat.preset_own"
        assert sentence_of(preset.title)
        for language in LANGUAGES:
            prompt = preset.prompt(language)
            assert 20 < len(prompt.split()) < 60, preset.name
    texts = [text for preset in BUILT_IN_PRESETS for text in preset.system.values()]
    assert len(set(texts)) == len(texts)


def test_extraction_preset_has_a_schema_with_keys_named_in_its_prompt():
    assert check_schema(EXTRACT_SCHEMA) is None
    schema = msgspec.json.decode(EXTRACT_SCHEMA)
    (extract,) = [preset for preset in BUILT_IN_PRESETS if preset.json_schema]
    assert extract.json_schema == EXTRACT_SCHEMA
    assert schema["required"] == list(schema["properties"])
    for language in LANGUAGES:
        assert all(key in extract.prompt(language) for key in schema["properties"])


def test_users_presets_come_first_and_replace_built_in_ones():
    mine = PresetSettings("Be brief.", temperature=0, seed=3)
    presets = all_presets({"mine": mine, "code": PresetSettings("Only Rust.")})
    assert [preset.name for preset in presets[:2]] == ["mine", "code"]
    assert [preset.name for preset in presets].count("code") == 1
    assert [sentence_of(preset.title) for preset in presets[:2]] == ["mine", "code"]
    assert presets[0].prompt("es") == "Be brief."
    assert presets[0].sampling == {"temperature": 0, "seed": 3}


def test_preset_is_recognized_by_its_prompt():
    presets = all_presets({})
    assert find_preset(presets, BUILT_IN_PRESETS[1].system["es"]) == (BUILT_IN_PRESETS[1], "es")
    assert find_preset(presets, "Something else") is None


@pytest.mark.parametrize(
    ("setting", "program", "language"),
    [("es", "en", "es"), ("en", "es", "en"), ("", "es", "es"), ("", "en", "en")],
)
def test_language_is_that_of_the_settings_or_of_the_program(
    monkeypatch: pytest.MonkeyPatch, setting: str, program: str, language: str
):
    monkeypatch.setattr(i18n, "_code", program)
    assert preset_language(setting) == language


def test_finds_the_preset_of_a_task():
    presets = all_presets({})
    names = {task: preset_of_task(presets, task, "es") for task in ("summarise", "translate", "chat")}
    assert {task: preset.name for task, preset in names.items() if preset} == {
        "summarise": "summarise",
        "translate": "translate-es",
    }
