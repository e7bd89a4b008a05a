"""Grader of words of a filter that are no keywords, by the facts about a model that they may name.

The facts are name, quantization, size, publisher, architecture, licence, verdict, and `on disk`. A
keyword that is not typed to its end matches, too.
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
from tui.services.filtering.keywords import fold, published_words
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
_SHORTEST_BEGINNING = 3
"""Letters of a keyword's beginning that match it."""


class FilterFacts(msgspec.Struct, frozen=True):
    """Facts about a model that a filter may name, folded to be compared."""

    name: str
    named: tuple[str, ...]
    """The other facts that people look for first: quantization and size."""
    others: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    """Words of the keywords that hold for the model, which match by their beginning."""


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
        self.word = word
        self._by_facts: dict[tuple[str, ...], int] = {}
        self._by_keywords: dict[tuple[str, ...], int] = {}
        self._by_verdict = {verdict: self.grade(fold(verdict_word(verdict))) for verdict in Verdict}
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

    def is_in_name(self, facts: FilterFacts) -> bool:
        """Return True if a word of the name is this one or begins with it; a short one must be whole."""
        return self.grade(facts.name) >= (_BEGINNING if len(self.word) >= _SHORTEST_BEGINNING else _WHOLE)

    def grades(self, facts: Sequence[FilterFacts]) -> Sequence[int]:
        """Return how well the word matches the facts of each model; the same facts are graded once."""
        if facts is not self._graded:
            grade, group_grade = self.grade, self._group_grade
            self._grades = []
            for item in facts:
                named = max(grade(item.name), group_grade(item.named))
                best = max(named + _NAMED if named else 0, group_grade(item.others))
                if not best and item.keywords:
                    best = self._keyword_grade(item.keywords)
                self._grades.append(best)
            self._graded = facts
        return self._grades

    def _keyword_grade(self, keywords: tuple[str, ...]) -> int:
        """Return the grade of a keyword that begins with the word."""
        grade = self._by_keywords.get(keywords)
        if grade is None:
            is_beginning = len(self.word) >= _SHORTEST_BEGINNING and any(
                keyword.startswith(self.word) for keyword in keywords
            )
            grade = self._by_keywords[keywords] = _INSIDE if is_beginning else 0
        return grade

    def _group_grade(self, facts: tuple[str, ...]) -> int:
        """Return the grade of the fact that matches best; many models share all of them."""
        grade = self._by_facts.get(facts)
        if grade is None:
            grade = self._by_facts[facts] = max(map(self.grade, facts), default=0)
        return grade


@lru_cache(maxsize=16)
def grader_of(word: str) -> WordGrader:
    """Return the grader of a folded word; that of a word typed before knows its facts."""
    return WordGrader(word)


def filter_facts(model: Model) -> FilterFacts:
    """Return the facts about a model, without its verdict, which changes."""
    return FilterFacts(
        fold(model.name),
        tuple(map(fold, _named_facts(model))),
        tuple(map(fold, _other_facts(model))),
        published_words(model.entry) if model.entry is not None else (),
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
