"""Published sampling settings, by the name of a model."""

import pytest

from tui.models.published_sampling import PUBLISHED, published_sampling
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
