"""Where each sampling value comes from, and what the user may type."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.reasons import raises_sentence
from tui.chat.sampling import (
    KNOBS,
    KnobChoice,
    KnobValueError,
    SamplingSources,
    knob_choices,
    knob_value_text,
    parse_knob_value,
    sampling_settings,
    sampling_sources,
    stop_texts,
    with_drawn_seed,
)
from tui.engine.options import SamplingSettings
from tui.models.published_sampling import PUBLISHED, published_sampling
from tui.services.sentences import sentence
from tui.settings.settings import SAMPLING_KEYS, Settings

QWEN35 = {"temperature": 1.0, "top_p": 0.95, "top_k": 20, "min_p": 0.0}


def choice(sources: SamplingSources, name: str) -> KnobChoice:
    return next(choice for choice in knob_choices(sources) if choice.knob.name == name)


def test_every_sampling_setting_of_the_engine_can_be_set():
    # The texts that end an answer are no number.
    assert [*(knob.name for knob in KNOBS), "stop"] == list(SamplingSettings.__struct_fields__)
    assert set(SAMPLING_KEYS) < set(Settings.__struct_fields__)


def test_engine_defaults_are_used_without_any_setting():
    sources = sampling_sources({}, {}, Settings(), {}, None)
    assert sampling_settings(sources) == SamplingSettings()
    assert {choice.origin for choice in knob_choices(sources)} == {"engine"}


def test_a_seed_is_drawn_where_none_is_set_and_can_be_set_again():
    drawn = {with_drawn_seed(SamplingSettings()).seed for _time in range(20)}
    assert len(drawn) == 20
    low, high, _whole_numbers = SAMPLING_KEYS["seed"]
    assert all(seed is not None and 0 <= low + 1 <= seed <= high for seed in drawn)
    assert with_drawn_seed(SamplingSettings(seed=42)) == SamplingSettings(seed=42)


def test_most_specific_source_wins():
    layers = [{"top_k": number} for number in range(1, 6)]
    for first, origin in enumerate(("chat", "preset", "settings", "file", "published")):
        sources = SamplingSources(*({},) * first, *layers[first:])
        assert choice(sources, "top_k").origin == origin
        assert sampling_settings(sources).top_k == first + 1
    # What it goes back to is not the user's and not the preset's.
    sources = SamplingSources(*layers)
    assert (choice(sources, "top_k").recommended, choice(sources, "top_k").recommended_origin) == (
        3,
        "settings",
    )


def test_unset_settings_are_ignored():
    sources = sampling_sources(
        {}, {}, Settings(temperature=0, max_tokens=9), {"temperature": 0.5, "top_p": 0.5}, None
    )
    assert sampling_settings(sources) == SamplingSettings(temperature=0, max_tokens=9, top_p=0.5)


def test_unlimited_tokens_and_a_new_seed_override_the_settings():
    sources = sampling_sources({"max_tokens": 0, "seed": -1}, {}, Settings(max_tokens=9, seed=4), {}, None)
    assert sampling_settings(sources) == SamplingSettings()


def test_invalid_recommendations_of_a_file_are_ignored():
    sources = sampling_sources(
        {}, {}, Settings(), {"temperature": -3, "top_k": 1.5, "top_p": float("nan")}, None
    )
    assert sampling_settings(sources) == SamplingSettings()


def test_most_specific_stop_texts_win():
    settings = Settings(stop=("settings",))
    assert stop_texts(sampling_sources({}, {}, Settings(), {}, None)) == ((), "engine")
    assert stop_texts(sampling_sources({}, {}, settings, {}, None)) == (("settings",), "settings")
    sources = sampling_sources({}, {}, settings, {}, None, preset_stop=())
    assert (stop_texts(sources), sampling_settings(sources).stop) == (((), "preset"), ())
    sources = sampling_sources({}, {}, settings, {}, None, chat_stop=("mine",), preset_stop=("preset",))
    assert (stop_texts(sources), sampling_settings(sources).stop) == ((("mine",), "chat"), ("mine",))
    assert stop_texts(sources, without=("chat",)) == (("preset",), "preset")


@given(some.sampled_from(KNOBS), some.floats(0, 1))
def test_shown_values_can_be_typed(knob, share):
    value = knob.low + share * (min(knob.high, 1000) - knob.low)
    value = round(value) if knob.is_integer else float(f"{value:g}")
    assert parse_knob_value(knob, knob_value_text(value, knob)) == value


@pytest.mark.parametrize("text", ["", "x", "-3", "nan", "inf", "1e9", "0.1.2"])
@pytest.mark.parametrize("knob", KNOBS, ids=lambda knob: knob.name)
def test_wrong_input_is_reported_with_the_expectation(knob, text):
    if text == "1e9" and knob.name == "seed":
        return
    with raises_sentence(
        KnobValueError,
        re.escape(f"{sentence(knob.title)} is {text}; expected {sentence(knob.expected_reason)}"),
    ):
        parse_knob_value(knob, text)


def test_decimal_comma_is_accepted():
    assert parse_knob_value(KNOBS[0], " 0,7 ") == 0.7


@pytest.mark.parametrize(
    ("name", "thinks", "values"),
    [
        ("Qwen3-8B", True, {"temperature": 0.6, "top_p": 0.95, "top_k": 20, "min_p": 0.0}),
        ("Qwen3-8B", False, {"temperature": 0.7, "top_p": 0.8, "top_k": 20, "min_p": 0.0}),
        ("Qwen3-4B-Instruct-2507", False, {"temperature": 0.7, "top_p": 0.8, "top_k": 20, "min_p": 0.0}),
        ("Qwen3.5-9B", True, {**QWEN35, "presence_penalty": 1.5}),
        ("Qwen3.5-9B", False, {**QWEN35, "temperature": 0.7, "top_p": 0.8, "presence_penalty": 1.5}),
        ("Qwen3.6-27B", True, {**QWEN35, "presence_penalty": 0.0}),
        ("DeepSeek-R1-Distill-Qwen-7B", True, {"temperature": 0.6, "top_p": 0.95}),
        ("Meta-Llama-3.1-8B-Instruct", False, {"temperature": 0.6, "top_p": 0.9}),
        ("Llama-3.2-3B-Instruct", False, {"temperature": 0.6, "top_p": 0.9}),
        ("gemma-3-4b-it", False, {"temperature": 1.0, "top_p": 0.95, "top_k": 64}),
        ("gemma-3n-E4B-it", False, {"temperature": 1.0, "top_p": 0.95, "top_k": 64}),
        ("granite-4.1-3b", False, None),
        ("phi-4", False, None),
        ("my-finetune-of-llama-3", False, None),
    ],
)
def test_model_family_is_recognized_by_name(name, thinks, values):
    published = published_sampling(name, thinks=thinks)
    assert (published.values if published else None) == values


def test_every_published_value_can_be_set_and_has_its_source():
    for published in PUBLISHED:
        assert published.source
        sources = sampling_sources({}, {}, Settings(), {}, published)
        by_name = {choice.knob.name: choice for choice in knob_choices(sources)}
        assert all(by_name[name].origin == "published" for name in published.values)
