"""Sampling settings that are published for models and their families, for files that do not carry them."""

import re
from collections.abc import Mapping

import msgspec

from tui.models.model import CatalogueEntry, RecommendedSampling


class PublishedSampling(msgspec.Struct, frozen=True):
    """Sampling settings that are published for a model, or by the makers of a family of models."""

    family: str
    """Name of the family on screen, or of the model."""
    names: str
    """A regular expression for the beginning of a model's name, in lower case; empty for a single model."""
    values: Mapping[str, float]
    """By the names of the engine's sampling settings; only those that are published."""
    source: str
    """Publication, with its place in it."""
    thinking: bool | None = None
    """True for models that think first, False for those that answer at once, None for both."""


PUBLISHED: tuple[PublishedSampling, ...] = (
    PublishedSampling(
        "DeepSeek-R1",
        r"deepseek-r1",
        {"temperature": 0.6, "top_p": 0.95},
        "README of deepseek-ai/DeepSeek-R1, usage recommendations",
    ),
    PublishedSampling(
        "Qwen3.5",
        r"qwen3\.5",
        {"temperature": 1.0, "top_p": 0.95, "top_k": 20, "min_p": 0.0, "presence_penalty": 1.5},
        "model card of Qwen/Qwen3.5-9B, thinking, general tasks",
        thinking=True,
    ),
    PublishedSampling(
        "Qwen3.6",
        r"qwen3\.[6-9]",
        {"temperature": 1.0, "top_p": 0.95, "top_k": 20, "min_p": 0.0, "presence_penalty": 0.0},
        "model card of Qwen/Qwen3.6-27B, thinking, general tasks",
        thinking=True,
    ),
    PublishedSampling(
        "Qwen3.5",
        r"qwen3\.[5-9]",
        {"temperature": 0.7, "top_p": 0.8, "top_k": 20, "min_p": 0.0, "presence_penalty": 1.5},
        "model cards of Qwen/Qwen3.5-9B and Qwen3.6-27B, without thinking, general tasks",
        thinking=False,
    ),
    PublishedSampling(
        "Qwen3",
        r"qwen3(?!\.)",
        {"temperature": 0.6, "top_p": 0.95, "top_k": 20, "min_p": 0.0},
        "model card of Qwen/Qwen3-8B, best practices, thinking",
        thinking=True,
    ),
    PublishedSampling(
        "Qwen3",
        r"qwen3",
        {"temperature": 0.7, "top_p": 0.8, "top_k": 20, "min_p": 0.0},
        "model card of Qwen/Qwen3-8B, best practices, without thinking",
        thinking=False,
    ),
    PublishedSampling(
        "Qwen2.5",
        r"qwen2\.5-(0\.5b|1\.5b)",
        {"temperature": 0.7, "top_p": 0.8, "top_k": 20, "repeat_penalty": 1.1},
        "generation_config.json of Qwen/Qwen2.5-1.5B-Instruct",
    ),
    PublishedSampling(
        "Qwen2.5",
        r"qwen2",
        {"temperature": 0.7, "top_p": 0.8, "top_k": 20, "repeat_penalty": 1.05},
        "generation_config.json of Qwen/Qwen2.5-7B-Instruct",
    ),
    PublishedSampling(
        "Llama 3",
        r"(meta-)?llama-?3",
        {"temperature": 0.6, "top_p": 0.9},
        "generation_config.json of meta-llama/Llama-3.1-8B-Instruct",
    ),
    PublishedSampling(
        "Gemma 3",
        r"gemma-3",
        {"temperature": 1.0, "top_p": 0.95, "top_k": 64},
        "generation_config.json of google/gemma-3-4b and gemma-3n-E2B, instruct",
    ),
    PublishedSampling(
        "gpt-oss",
        r"gpt-oss",
        {"temperature": 1.0, "top_p": 1.0},
        "README of openai/gpt-oss, recommended sampling parameters",
    ),
    PublishedSampling(
        "Mistral Small",
        r"mistral-small-(24b|3)",
        {"temperature": 0.15},
        "model card of mistralai/Mistral-Small-24B-Instruct-2501",
    ),
    PublishedSampling(
        "Mistral Nemo",
        r"mistral-nemo",
        {"temperature": 0.3},
        "model card of mistralai/Mistral-Nemo-Instruct-2407",
    ),
    PublishedSampling(
        "SmolLM3",
        r"smollm3",
        {"temperature": 0.6, "top_p": 0.95},
        "model card of HuggingFaceTB/SmolLM3-3B",
    ),
    PublishedSampling(
        "SmolLM2",
        r"smollm2",
        {"temperature": 0.2, "top_p": 0.9},
        "model card of HuggingFaceTB/SmolLM2-1.7B-Instruct",
    ),
    PublishedSampling(
        "LFM2",
        r"lfm2(?!\.)",
        {"temperature": 0.3, "min_p": 0.15, "repeat_penalty": 1.05},
        "model card of LiquidAI/LFM2-350M",
    ),
    PublishedSampling(
        "Nemotron 3",
        r"(nvidia-)?nemotron-3",
        {"temperature": 1.0, "top_p": 1.0},
        "model card of nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B, reasoning",
        thinking=True,
    ),
    PublishedSampling(
        "EXAONE Deep",
        r"exaone-deep",
        {"temperature": 0.6, "top_p": 0.95},
        "README of LG-AI-EXAONE/EXAONE-Deep",
    ),
)
"""The first that matches counts. A family without a published recommendation is not here."""


def published_sampling(
    name: str, *, thinks: bool, entry: CatalogueEntry | None = None
) -> PublishedSampling | None:
    """Return the recommendation for a model of this name; that of its catalogue entry comes first.

    `thinks` when it thinks before it answers.
    """
    lower = name.lower()
    return next(
        (
            recommendation
            for recommendation in (*_of_entry(entry), *PUBLISHED)
            if recommendation.thinking in (None, thinks) and re.match(recommendation.names, lower)
        ),
        None,
    )


def _of_entry(entry: CatalogueEntry | None) -> tuple[PublishedSampling, ...]:
    if entry is None:
        return ()
    return tuple(
        PublishedSampling(entry.name, "", sampling.values, sampling.source, sampling.thinking)
        for sampling in entry.sampling
    )


def sampling_of_entry(entry: CatalogueEntry) -> tuple[RecommendedSampling, ...]:
    """Return what is published for an entry or its family: for answers at once, and after thinking."""
    modes = {"no": (False,), "yes": (True,)}.get(entry.thinking or "", (False, True))
    recommended: list[RecommendedSampling] = []
    for thinks in modes:
        published = published_sampling(entry.name, thinks=thinks, entry=entry)
        if published is None:
            continue
        sampling = RecommendedSampling(published.values, published.source, published.thinking)
        if sampling not in recommended:
            recommended.append(sampling)
    return tuple(recommended)
