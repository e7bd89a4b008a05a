"""Grader of words of a filter that are no keywords, by the facts about a model that they may name.

The facts are name, quantization, size, publisher, architecture, licence, verdict, and `on disk`. A
keyword that is not typed to its end matches, too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

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
_LETTERS = re.compile(r"(?<![\w.])([^\W\d_]+)|([^\W\d_]+)")
"""Letters in a row; in the first group where they begin a word."""
_START, _END = "\2", "\3"
"""Marks around the letters of a name: control characters, which no word of a filter has."""
_SEPARATORS = r"[-_/ ]*"
_SIZE_UNITS = ("b", "m")
_SIZE = re.compile(r"(?<![\w.])\d+(?:\.\d+)?[bm]\b", re.IGNORECASE)
_QUANT_BITS = re.compile(r"\D*(\d+)")
_SHORTEST_BEGINNING = 3
"""Letters of a keyword's beginning that match it."""


class FactGroup(msgspec.Struct, frozen=True, eq=False):
    """Facts that many models share, folded to be compared: those of one group are one object."""

    named: tuple[str, ...]
    """Facts that people look for first, beside the name: quantization and size."""
    others: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    """Words of the keywords that hold for the model, which match by their beginning."""


class FilterFacts(msgspec.Struct, frozen=True):
    """Facts about a model that a filter may name, folded to be compared."""

    name: str
    marked_name: str
    """The name with a mark where letters begin a word, and one where letters end."""
    group: FactGroup


class WordGrader:
    """Grader of one word of the filter, which remembers what it has graded.

    A number matches a whole number: `3b` matches the size 3B, and only then 35B-A3B, whose active weights are
    3B; it does not match 13B. Between words and numbers separators may be left out: `llama3.2`, `q4km`.
    """

    def __init__(self, word: str) -> None:
        parts: list[str] = _PART.findall(word)
        self._parts = tuple(parts) or (word,)
        self._anywhere, self._patterns = _patterns(word)
        self._is_plain = len(parts) == 1 and parts[0].isalpha()
        """True for a word without numbers and signs, which matches wherever its letters are."""
        self.word = word
        self._group_grades = cache(self._grades_in_group)
        self._by_verdict = {verdict: self.grade(fold(verdict_word(verdict))) for verdict in Verdict}
        self._graded: Sequence[FilterFacts] | None = None
        self._grades: Sequence[int] = ()
        self._facts_of_names: Sequence[FilterFacts] | None = None
        self._grades_of_names: Sequence[int] = ()

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
        if self._anywhere.search(fact) is None:
            return 0
        return next((grade for grade, pattern in self._patterns if pattern.search(fact)), 0)

    def names_with_word(self, facts: Sequence[FilterFacts]) -> Sequence[bool]:
        """Return for each model whether a word of its name is this one or begins with it.

        A short one must be whole.
        """
        least = _BEGINNING if len(self.word) >= _SHORTEST_BEGINNING else _WHOLE
        return [grade >= least for grade in self._name_grades(facts)]

    def grades(self, facts: Sequence[FilterFacts]) -> Sequence[int]:
        """Return how well the word matches the facts of each model; the same facts are graded once."""
        if facts is not self._graded:
            groups = map(self._group_grades, (item.group for item in facts))
            self._grades = [
                max(name_grade, first_grade) + _NAMED if name_grade or first_grade else further_grade
                for name_grade, (first_grade, further_grade) in zip(
                    self._name_grades(facts), groups, strict=True
                )
            ]
            self._graded = facts
        return self._grades

    def _name_grades(self, facts: Sequence[FilterFacts]) -> Sequence[int]:
        """Return how well the word matches each name; the same names are graded once."""
        if facts is not self._facts_of_names:
            self._grades_of_names = (
                self._plain_grades(facts) if self._is_plain else [self.grade(item.name) for item in facts]
            )
            self._facts_of_names = facts
        return self._grades_of_names

    def _plain_grades(self, facts: Sequence[FilterFacts]) -> Sequence[int]:
        """Return the same without patterns: of ten thousand models each has another name."""
        letters = self._parts[0]
        beginning, complete = _START + letters, _START + letters + _END
        return [
            0
            if letters not in (name := item.marked_name)
            else _INSIDE
            if beginning not in name
            else _WHOLE
            if complete in name
            else _BEGINNING
            for item in facts
        ]

    def _grades_in_group(self, group: FactGroup) -> tuple[int, int]:
        """Return the grades of the facts that people look for first, and of any other."""
        first_grade = max(map(self.grade, group.named), default=0)
        further_grade = max(map(self.grade, group.others), default=0)
        if not further_grade and len(self.word) >= _SHORTEST_BEGINNING:
            further_grade = _INSIDE * any(keyword.startswith(self.word) for keyword in group.keywords)
        return first_grade, further_grade


@lru_cache(maxsize=16)
def grader_of(word: str) -> WordGrader:
    """Return the grader of a folded word; that of a word typed before knows its facts."""
    return WordGrader(word)


def filter_facts(model: Model) -> FilterFacts:
    """Return the facts about a model, without its verdict, which changes."""
    name = fold(model.name)
    group = _fact_group(
        tuple(map(fold, _named_facts(model))),
        tuple(map(fold, _other_facts(model))),
        published_words(model.entry) if model.entry is not None else (),
    )
    return FilterFacts(name, _LETTERS.sub(_with_marks, name), group)


@lru_cache(maxsize=4096)
def _fact_group(*facts: tuple[str, ...]) -> FactGroup:
    return FactGroup(*facts)


def _with_marks(letters: re.Match[str]) -> str:
    return (f"{_START}{letters[1]}" if letters[1] else letters[2]) + _END


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
def _patterns(word: str) -> tuple[re.Pattern[str], tuple[tuple[int, re.Pattern[str]], ...]]:
    """Return a pattern that matches wherever the word may, and patterns with their grades, best first."""
    parts: list[str] = _PART.findall(word)
    if not parts:
        anywhere = re.compile(re.escape(word))
        return anywhere, ((_INSIDE, anywhere),)
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
        # Python looks for a pattern fast where it begins with a letter or a digit.
        re.compile(body),
        (
            (_WHOLE, re.compile(start + body + whole_end)),
            (_BEGINNING, re.compile(start + inside)),
            (_INSIDE, re.compile(number_start + inside)),
        ),
    )
