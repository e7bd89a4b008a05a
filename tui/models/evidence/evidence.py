"""Published figures of the models in the catalogue, and what is known of their benchmarks and sources."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Measurer = Literal["independent", "maker"]
"""Relation of whoever measured to the models: nobody's, or the maker of one of them."""
Mode = Literal["thinking", "thinking (low)", "thinking (medium)", "thinking (high)", "non-thinking", "any"]
"""Mode in which a model was measured; `any` where the source does not say or it does not matter."""


class Benchmark(msgspec.Struct, frozen=True):
    """A published test of models."""

    id: str
    kind: Measurer
    """`maker` for one whose figures are compared only with others of the same source."""
    unit: Literal["%", "index", "rank", "Elo", "score"]
    better: Literal["higher", "lower"]
    noise: float
    """Largest gap that is a tie."""
    language: str
    """Code of the language that it measures; empty for none in particular."""
    name: str
    measures: str
    """Its tasks in a phrase, in English."""


class EvidenceSource(msgspec.Struct, frozen=True):
    """A publication that figures come from."""

    id: str
    kind: Measurer
    date: str
    """Date on which it was read or published: a year, a month or a day in ISO form."""
    name: str
    licence: str
    """Licence or permission that allows to pass its figures on."""
    address: str
    attribution: str


class PublishedFigure(msgspec.Struct, frozen=True):
    """Result of one model in one benchmark; of its full-precision weights."""

    model: str
    """Name in the catalogue."""
    benchmark: Benchmark
    score: float
    mode: Mode
    source: EvidenceSource
    estimated: bool = False
    """True where the source estimated a part of it."""


class Evidence(msgspec.Struct, frozen=True):
    """All figures that can be used, with their benchmarks and sources."""

    benchmarks: Mapping[str, Benchmark]
    """By their ids."""
    sources: Mapping[str, EvidenceSource]
    """By their ids."""
    figures: Mapping[str, tuple[PublishedFigure, ...]]
    """By the name of the model in the catalogue."""

    def figures_of(self, model: str) -> tuple[PublishedFigure, ...]:
        """Return the figures of a model by its name in the catalogue; empty where there is none."""
        return self.figures.get(model, ())


NO_EVIDENCE = Evidence({}, {}, {})
"""Evidence of a program without any figures."""
