"""Filter of the list of models.

The facts that it may name are name, quantization, size, publisher, architecture, licence, uses, verdict,
and `on disk`. Every word of it must be in a fact about a model.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from tui.fit.verdict import Verdict
from tui.fit.words import verdict_word
from tui.i18n import _
from tui.models.model import Model, ModelFile
from tui.models.stores.stores import store_title
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


class FilterFacts(msgspec.Struct, frozen=True):
    """Facts about a model that a filter may name, folded to be compared."""

    name: str
    named: tuple[str, ...]
    """The other facts that people look for first: quantization and size."""
    others: tuple[str, ...]


class WordGrader:
    """Grader of one word of the filter, which remembers what it has graded.

    A number matches a whole number: `3b` matches the size 3B, and only then 35B-A3B, whose active weights are
    3B; it does not match 13B. Between words and numbers separators may be left out: `llama3.2`, `q4km`.
    """

    def __init__(self, word: str) -> None:
        parts: list[str] = _PART.findall(word)
        self._parts = tuple(parts) or (word,)
        self._patterns = _patterns(word)
        self._is_plain = len(parts) == 1 and parts[0].isalpha()
        """True for a word without numbers and signs, which matches wherever its letters are."""
        self._by_facts: dict[tuple[str, ...], int] = {}
        self._by_verdict = {verdict: self.grade(verdict_word(verdict).casefold()) for verdict in Verdict}
        self._graded: Sequence[FilterFacts] | None = None
        self._grades: list[int] = []

    @property
    def by_verdict(self) -> Mapping[Verdict, int]:
        """Grade of each verdict's word."""
        return self._by_verdict

    def grade(self, fact: str) -> int:
        """Return how well the word matches a folded fact; 0 for not at all."""
        # Much faster than the patterns, which most facts do not match.
        for part in self._parts:
            if part not in fact:
                return 0
        if self._is_plain:
            (_grade, whole), (_grade, beginning), _inside = self._patterns
            if not beginning.search(fact):
                return _INSIDE
            return _WHOLE if whole.search(fact) else _BEGINNING
        return next((grade for grade, pattern in self._patterns if pattern.search(fact)), 0)

    def grades(self, facts: Sequence[FilterFacts]) -> Sequence[int]:
        """Return how well the word matches the facts of each model; the same facts are graded once."""
        if facts is not self._graded:
            grade, group_grade = self.grade, self._group_grade
            self._grades = []
            for item in facts:
                named = max(grade(item.name), group_grade(item.named))
                self._grades.append(max(named + _NAMED if named else 0, group_grade(item.others)))
            self._graded = facts
        return self._grades

    def _group_grade(self, facts: tuple[str, ...]) -> int:
        """Return the grade of the fact that matches best; many models share all of them."""
        grade = self._by_facts.get(facts)
        if grade is None:
            grade = self._by_facts[facts] = max(map(self.grade, facts), default=0)
        return grade


def graders_of(query: str) -> list[WordGrader]:
    """Return the graders of the words of a filter; those of words typed before know their facts."""
    return [_grader(word) for word in query.casefold().split()]


@lru_cache(maxsize=8)
def _grader(word: str) -> WordGrader:
    return WordGrader(word)


def filter_facts(model: Model) -> FilterFacts:
    """Return the facts about a model, without its verdict, which changes."""
    return FilterFacts(
        model.name.casefold(),
        tuple(fact.casefold() for fact in _named_facts(model)),
        tuple(fact.casefold() for fact in _other_facts(model)),
    )


def _named_facts(model: Model) -> Iterator[str]:
    yield model.quant
    # People write `q4km` for Q4_K_M.
    yield model.quant.replace("_", "")
    parameters = model.shape.parameters if model.shape else None
    if parameters and not _SIZE.search(model.name):
        # A name without a size: what people call the model, and what it is exactly.
        yield format_count(parameters)
        yield f"{max(1, round(parameters / 1e9))}B"


def _other_facts(model: Model) -> Iterator[str]:
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
