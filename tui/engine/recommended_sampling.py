"""How a model's makers want it to be sampled, where its file tells."""

from collections.abc import Callable

_KEYS = {
    "general.sampling.temp": "temperature",
    "general.sampling.top_k": "top_k",
    "general.sampling.top_p": "top_p",
    "general.sampling.min_p": "min_p",
    "general.sampling.penalty_repeat": "repeat_penalty",
}
"""GGUF keys, as llama.cpp's `llama-arch.cpp` has them, and the names of `SamplingSettings`."""
_MOST = {"temperature": 5.0, "top_k": 100_000.0, "top_p": 1.0, "min_p": 1.0, "repeat_penalty": 10.0}


def recommended_sampling(metadata: Callable[[str], str | None]) -> dict[str, float]:
    """What the file's metadata recommend, by the names of `SamplingSettings`, where it makes sense."""
    found: dict[str, float] = {}
    for key, name in _KEYS.items():
        try:
            value = float(metadata(key) or "")
        except ValueError:
            continue
        # No comparison holds for what is not a number.
        if 0 <= value <= _MOST[name]:
            found[name] = value
    return found
