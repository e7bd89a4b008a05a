"""Sampling that a model's makers recommend, from the metadata of its file."""

from collections.abc import Callable

_KEYS = {
    "general.sampling.temp": "temperature",
    "general.sampling.top_k": "top_k",
    "general.sampling.top_p": "top_p",
    "general.sampling.min_p": "min_p",
    "general.sampling.penalty_repeat": "repeat_penalty",
}
"""GGUF keys from llama.cpp's `llama-arch.cpp`, and the names of `SamplingSettings`."""
_MAXIMA = {"temperature": 5.0, "top_k": 100_000.0, "top_p": 1.0, "min_p": 1.0, "repeat_penalty": 10.0}


def file_sampling(metadata: Callable[[str], str | None]) -> dict[str, float]:
    """Return the recommended values by the names of `SamplingSettings`; values out of range are left out.

    `metadata` returns the value of a key as text, None where the file lacks it.
    """
    sampling: dict[str, float] = {}
    for key, name in _KEYS.items():
        try:
            value = float(metadata(key) or "")
        except ValueError:
            continue
        # NaN passes no comparison.
        if 0 <= value <= _MAXIMA[name]:
            sampling[name] = value
    return sampling
