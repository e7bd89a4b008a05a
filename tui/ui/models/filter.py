"""Filter and order of the list of models."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from tui.fit.verdict import Fit
from tui.fit.words import verdict_word
from tui.i18n import _
from tui.models.model import Model, ModelFile
from tui.models.stores.stores import store_title
from tui.services.model_columns import sort_models, verdict_of
from tui.services.sentences import sentence
from tui.units import format_count

_WHOLE, _BEGINNING, _INSIDE = 3, 2, 1
"""Grades of a match: a whole word or number, the beginning of one, anything else."""
_NAMED = 3
"""Added for a match in the name or the quantization, which people look for first."""
_PART = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+|[^\w\s/-]")
_SEPARATORS = r"[-_/ ]*"
_SIZE_UNITS = ("b", "m")
_SIZE = re.compile(r"(?<![\w.])\d+(?:\.\d+)?[bm]\b", re.IGNORECASE)
_QUANT_BITS = re.compile(r"\D*(\d+)")


def match_grade(model: Model, fit: Fit | None, query: str) -> int:
    """Return how well a model matches a filter; 0 if a word of it is in no fact about the model.

    The facts are name, quantization, size, publisher, architecture, licence, uses, verdict, stores, and
    `on disk`. A number matches a whole number: `3b` matches the size 3B, and only then 35B-A3B, whose active
    weights are 3B; it does not match 13B. Between words and numbers separators may be left out: `llama3.2`,
    `q4km`.
    """
    total = 0
    for word in query.casefold().split():
        named = max(_grade(word, fact) for fact in _named_facts(model))
        weaker = max((_grade(word, fact) for fact in _other_facts(model, fit)), default=0)
        if not (named or weaker):
            return 0
        total += max(named + _NAMED if named else 0, weaker)
    return total or 1


def matches(model: Model, fit: Fit | None, query: str) -> bool:
    """Return True if every word of the filter is in a fact about the model."""
    return match_grade(model, fit, query) > 0


def _named_facts(model: Model) -> Iterator[str]:
    yield model.name
    yield model.quant
    # People write `q4km` for Q4_K_M.
    yield model.quant.replace("_", "")
    parameters = model.shape.parameters if model.shape else None
    if parameters and not _SIZE.search(model.name):
        # A name without a size: what people call the model, and what it is exactly.
        yield format_count(parameters)
        yield f"{max(1, round(parameters / 1e9))}B"


def _other_facts(model: Model, fit: Fit | None) -> Iterator[str]:
    verdict = verdict_of(model, fit)
    if bits := _QUANT_BITS.match(model.quant):
        yield f"{bits[1]}-bit"
    if model.on_disk:
        yield _("on disk")
    if model.file is not None:
        yield from _origins(model.file)
    if model.entry is not None:
        yield model.entry.publisher
        yield model.entry.license
        yield from model.entry.uses
    if model.shape is not None:
        yield model.shape.architecture
    if verdict is not None:
        yield verdict_word(verdict)


def _origins(file: ModelFile) -> Iterator[str]:
    """Yield the stores that have the file, and its names there."""
    yield _store_name(file.found_in)
    yield file.stored_as
    for place in file.elsewhere:
        yield _store_name(place.found_in)
        yield place.stored_as


@lru_cache(maxsize=64)
def _store_name(code: str) -> str:
    return sentence(store_title(code))


def _grade(word: str, fact: str) -> int:
    folded = fact.casefold()
    return next((grade for grade, pattern in _patterns(word) if pattern.search(folded)), 0)


@lru_cache(maxsize=64)
def _patterns(word: str) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """Return the patterns of a word of the filter with their grades, best first."""
    parts: list[str] = _PART.findall(word)
    if not parts:
        return ((_INSIDE, re.compile(re.escape(word))),)
    body = ""
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        # A number inside the word is whole; the last one may still be typed.
        body += re.escape(part) + ("" if is_last or not part[0].isdigit() else r"(?![\d])")
        body += "" if is_last else _SEPARATORS
    starts_with_number, ends_with_number = parts[0][0].isdigit(), parts[-1][0].isdigit()
    is_size = len(parts) == 2 and starts_with_number and parts[1] in _SIZE_UNITS
    # `2.5` matches Qwen2.5, but a size begins no word of which letters stand before it.
    start = r"(?<![\w.])" if is_size or not starts_with_number else r"(?<![\d.])"
    whole_end = r"(?!\d)(?!\.\d)" if ends_with_number else r"(?![^\W\d_])"
    number_start = r"(?<!\d)(?<!\d\.)" if starts_with_number else ""
    inside = body + (r"(?![^\W_])" if is_size else "")
    return (
        (_WHOLE, re.compile(start + body + whole_end)),
        (_BEGINNING, re.compile(start + inside)),
        (_INSIDE, re.compile(number_start + inside)),
    )


def filtered_and_sorted(
    models: Sequence[Model], fits: Mapping[str, Fit], query: str, sort: str, *, best_first: bool = False
) -> list[Model]:
    """Return the models that match the filter in the sort order, or `best_first` the best matches first."""
    grades = {model.key: match_grade(model, fits.get(model.key), query) for model in models}
    listed = sort_models([model for model in models if grades[model.key]], fits, sort)
    if best_first:
        listed.sort(key=lambda model: -grades[model.key])
    return listed


def has_resized_models(
    models: Sequence[Model], old_fits: Mapping[str, Fit], new_fits: Mapping[str, Fit]
) -> bool:
    """Return True if a model got its first fit, or a fit for other load settings."""
    return any(_settings(old_fits.get(model.key)) != _settings(new_fits.get(model.key)) for model in models)


def _settings(fit: Fit | None) -> tuple[int, str] | None:
    return None if fit is None else (fit.context, fit.kv_type)
