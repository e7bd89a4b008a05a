"""Filter of models: keywords, sizes and words of a name, all of which must hold.

It is parsed once for each text. A word that is no keyword is looked for in the facts about a model.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from tui.fit.verdict import Fit, Verdict
from tui.i18n import N_, _
from tui.models.model import Model
from tui.services.filtering.keywords import BY_WORDS, LONGEST_PHRASE, Keyword, fold
from tui.services.filtering.word_grader import FilterFacts, filter_facts, grader_of
from tui.services.model_columns import verdict_of
from tui.text import clean_line
from tui.units import GIB, MIB, format_number

DENIALS = ("not", "no", "without", "sin")
"""Words that deny the next one, as a minus before it does."""
_LIMIT = re.compile(r"(?<!\S)(-?)([<>]=?)(?:\s*(\d+(?:[.,]\d+)?)(?:\s+(gib|gb|mib|mb)|([a-z/]*)))?(?!\S)")
_MATCHES = 1
"""Grade of a match that makes no model better than another."""

Figure = Literal["needs", "parameters", "speed"]


class _Unit(msgspec.Struct, frozen=True):
    """Unit of a limit."""

    figure: Figure
    factor: float
    below: str
    """Sentence of a limit from above; untranslated."""
    above: str


_NEEDS_GIB = _Unit("needs", GIB, N_("under {value} GiB"), N_("over {value} GiB"))
_NEEDS_MIB = _Unit("needs", MIB, N_("under {value} MiB"), N_("over {value} MiB"))
_BILLIONS = _Unit(
    "parameters", 1e9, N_("under {value} billion parameters"), N_("over {value} billion parameters")
)
_RATE = _Unit("speed", 1, N_("under {value} tok/s"), N_("over {value} tok/s"))
UNITS: dict[str, _Unit] = {
    **dict.fromkeys(("", "g", "gi", "gib", "gb"), _NEEDS_GIB),
    **dict.fromkeys(("m", "mi", "mib", "mb"), _NEEDS_MIB),
    "b": _BILLIONS,
    **dict.fromkeys(("t", "to", "tok", "tok/", "tok/s", "t/", "t/s"), _RATE),
}
"""Units of limits by their words, those that are not typed to their end among them."""


class Limit(msgspec.Struct, frozen=True):
    """Bound of a figure: the memory that a model needs, its parameters, or its speed."""

    unit: _Unit
    sign: str
    value: float
    """In the unit."""

    def holds(self, model: Model, fit: Fit | None) -> bool:
        """Return True for a model within the bound; False where the figure is not known."""
        figure = _figure(self.unit.figure, model, fit)
        if figure is None:
            return False
        bound = self.value * self.unit.factor
        match self.sign:
            case "<":
                return figure < bound
            case "<=":
                return figure <= bound
            case ">":
                return figure > bound
            case _:
                return figure >= bound

    @property
    def title(self) -> str:
        """The bound for a person: `under 4 GiB`."""
        template = self.unit.below if self.sign.startswith("<") else self.unit.above
        return _(template).format(value=format_number(self.value))


def _figure(figure: Figure, model: Model, fit: Fit | None) -> float | None:
    if figure == "parameters":
        return model.shape.parameters if model.shape is not None else None
    if fit is None:
        return None
    if figure == "speed":
        return fit.speed.value if fit.speed is not None else None
    return fit.footprint.total_bytes if fit.footprint is not None else None


class Condition(msgspec.Struct, frozen=True):
    """One condition of a filter."""

    word: str
    """As folded; empty for a limit."""
    keyword: Keyword | None = None
    limit: Limit | None = None
    denied: bool = False
    """True where the condition must not hold."""

    @property
    def title(self) -> str:
        """The condition for a person; a word of a name stands in quotation marks."""
        if self.keyword is not None:
            title = _(self.keyword.title)
        elif self.limit is not None:
            title = self.limit.title
        else:
            title = f'"{clean_line(self.word)}"'
        return _("not {condition}").format(condition=title) if self.denied else title


class ModelFilter:
    """Filter as it was typed, parsed into its terms."""

    def __init__(self, query: str) -> None:
        self.terms: tuple[Condition, ...] = tuple(_terms(query))

    @property
    def has_name(self) -> bool:
        """True where a word of it is looked for in names, so that some models match better than others."""
        return any(term.keyword is None and term.limit is None and not term.denied for term in self.terms)

    @property
    def understood(self) -> str:
        """Meaning that the filter was given: `Spanish · tools · under 4 GiB`; empty for names alone."""
        if all(term.keyword is None and term.limit is None and not term.denied for term in self.terms):
            return ""
        return " · ".join(term.title for term in self.terms)

    def matching(self, models: Sequence[Model], fits: Mapping[str, Fit]) -> list[Model]:
        """Return the models for which all terms hold, in their order."""
        grades = self.grades(models, list(map(filter_facts, models)), fits)
        return (
            [model for model, grade in zip(models, grades, strict=True) if grade] if self.terms else [*models]
        )

    def grades(
        self, models: Sequence[Model], facts: Sequence[FilterFacts], fits: Mapping[str, Fit]
    ) -> Sequence[int]:
        """Return how well each model matches all terms; 0 if a term does not hold. Without terms, nothing."""
        totals: Sequence[int] = ()
        for term in self.terms:
            grades = _grades(term, models, facts, fits)
            totals = (
                [total + grade if total and grade else 0 for total, grade in zip(totals, grades, strict=True)]
                if totals
                else grades
            )
        return totals


@lru_cache(maxsize=16)
def model_filter(query: str) -> ModelFilter:
    """Return the filter of a text, parsed once."""
    return ModelFilter(query)


def counted(query: str, shown_count: int, total: int) -> str:
    """Return what a filter was understood as, with the numbers of models: `Spanish · tools: 12 of 148`."""
    counts = _("{shown} of {total}").format(shown=shown_count, total=total)
    understood = model_filter(query).understood
    return _("{filter}: {counts}").format(filter=understood, counts=counts) if understood else counts


def _terms(query: str) -> list[Condition]:
    folded = fold(query)
    terms: list[Condition] = []
    for match in _LIMIT.finditer(folded):
        minus, sign, value, unit_apart, unit = match.groups()
        unit = unit_apart or unit or ""
        if unit not in UNITS:
            continue
        # A sign that waits for its number says nothing yet.
        if value is not None:
            limit = Limit(UNITS[unit], sign, float(value.replace(",", ".")))
            terms.append(Condition("", limit=limit, denied=bool(minus)))
        folded = folded.replace(match[0], " ", 1)
    tokens = folded.split()
    place = 0
    named: list[Condition] = []
    while place < len(tokens):
        denied = False
        count = _phrase_length(tokens, place)
        if not count and tokens[place] in DENIALS and place + 1 < len(tokens):
            denied, place = True, place + 1
            count = _phrase_length(tokens, place)
        word = " ".join(tokens[place : place + max(1, count)])
        if not count and not denied and len(word) > 1 and word.startswith("-"):
            word, denied = word[1:], True
            count = int(word in BY_WORDS)
        named.append(Condition(word, BY_WORDS[word] if count else None, denied=denied))
        place += max(1, count)
    return named + terms


def _phrase_length(tokens: Sequence[str], place: int) -> int:
    """Return how many words from a place on are a keyword; 0 for none."""
    for count in range(min(LONGEST_PHRASE, len(tokens) - place), 0, -1):
        if " ".join(tokens[place : place + count]) in BY_WORDS:
            return count
    return 0


def _grades(
    term: Condition, models: Sequence[Model], facts: Sequence[FilterFacts], fits: Mapping[str, Fit]
) -> Sequence[int]:
    """Return how well each model matches one term."""
    if term.keyword is not None:
        grades = _keyword_grades(term.keyword, term.word, models, facts, fits)
    elif term.limit is not None:
        holds = term.limit.holds
        grades = [_MATCHES if holds(model, fits.get(model.key)) else 0 for model in models]
    else:
        grades = _word_grades(term.word, models, facts, fits)
    return [0 if grade else _MATCHES for grade in grades] if term.denied else grades


def _keyword_grades(
    keyword: Keyword,
    word: str,
    models: Sequence[Model],
    facts: Sequence[FilterFacts],
    fits: Mapping[str, Fit],
) -> Sequence[int]:
    if keyword.of_model is not None:
        holds = keyword.of_model
        return [_MATCHES if holds(model, fits.get(model.key)) else 0 for model in models]
    # Of a file that is not in the catalogue nothing is known but its name.
    in_names, of_entry = grader_of(word).names_with_word(facts), keyword.of_entry
    return [
        _MATCHES
        if (in_name if model.entry is None else of_entry is not None and of_entry(model.entry))
        else 0
        for model, in_name in zip(models, in_names, strict=True)
    ]


def _word_grades(
    word: str, models: Sequence[Model], facts: Sequence[FilterFacts], fits: Mapping[str, Fit]
) -> Sequence[int]:
    grader = grader_of(word)
    grades, by_verdict = grader.grades(facts), grader.by_verdict
    if not any(by_verdict.values()):
        return grades
    # Verdicts change, so they are no facts.
    best = max(by_verdict.values())
    return [
        grade
        if grade >= best
        else max(grade, _verdict_grade(by_verdict, verdict_of(model, fits.get(model.key))))
        for model, grade in zip(models, grades, strict=True)
    ]


def _verdict_grade(by_verdict: Mapping[Verdict, int], verdict: Verdict | None) -> int:
    return by_verdict[verdict] if verdict is not None else 0
