"""Published sampling settings, by the name of a model."""

import msgspec
import pytest

from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import find_entry
from tui.models.model import RecommendedSampling
from tui.models.published_sampling import PUBLISHED, published_sampling, sampling_of_entry
from tui.settings.settings import SAMPLING_KEYS


@pytest.mark.parametrize(
    ("name", "thinks", "temperature"),
    [
        ("Qwen3-8B", True, 0.6),
        ("Qwen3-8B", False, 0.7),
        ("Qwen3.5-9B", True, 1.0),
        ("qwen2.5-0.5b-instruct", False, 0.7),
        ("Meta-Llama-3.1-8B-Instruct", False, 0.6),
        ("SmolLM2-135M-Instruct", False, 0.2),
    ],
)
def test_a_model_gets_the_settings_of_its_family(name: str, thinks: bool, temperature: float) -> None:
    recommendation = published_sampling(name, thinks=thinks)

    assert recommendation is not None
    assert recommendation.values["temperature"] == temperature


def test_settings_of_an_entry_come_before_those_of_its_family() -> None:
    entry = find_entry(load_catalogue(), "Qwen3-8B")
    assert entry is not None
    assert entry.sampling == ()
    own = msgspec.structs.replace(
        entry, sampling=(RecommendedSampling({"temperature": 0.3}, "its own card", thinking=True),)
    )

    thinking = published_sampling("Qwen3-8B", thinks=True, entry=own)
    at_once = published_sampling("Qwen3-8B", thinks=False, entry=own)

    assert thinking is not None
    assert (thinking.values, thinking.source) == ({"temperature": 0.3}, "its own card")
    assert at_once is not None
    assert at_once.values["temperature"] == 0.7
    assert [sampling.thinking for sampling in sampling_of_entry(own)] == [False, True]


def test_family_without_published_settings_has_none() -> None:
    assert published_sampling("granite-4.0-h-micro", thinks=False) is None


def test_settings_for_thinking_are_not_given_to_a_model_that_does_not_think() -> None:
    assert published_sampling("Nemotron-3-Nano", thinks=True) is not None
    assert published_sampling("Nemotron-3-Nano", thinks=False) is None


def test_every_value_is_a_setting_within_its_range() -> None:
    for recommendation in PUBLISHED:
        for name, value in recommendation.values.items():
            low, high, _integer = SAMPLING_KEYS[name]
            assert low <= value <= high, recommendation.family
