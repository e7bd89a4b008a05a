"""Sampling that a file recommends."""

import pytest

from tui.engine.file_sampling import file_sampling
from tui.engine.options import SamplingSettings


def test_the_values_of_the_file_have_the_names_of_the_settings() -> None:
    metadata = {
        "general.sampling.temp": "0.6",
        "general.sampling.top_k": "20",
        "general.sampling.top_p": "0.95",
        "general.sampling.min_p": "0",
        "general.sampling.penalty_repeat": "1.05",
    }

    sampling = file_sampling(metadata.get)

    assert sampling == {"temperature": 0.6, "top_k": 20, "top_p": 0.95, "min_p": 0, "repeat_penalty": 1.05}
    assert sampling.keys() <= set(SamplingSettings.__struct_fields__)


@pytest.mark.parametrize("value", [None, "", "warm", "nan", "-0.1", "inf", "99"])
def test_invalid_value_is_left_out(value: str | None) -> None:
    assert file_sampling({"general.sampling.temp": value}.get) == {}
