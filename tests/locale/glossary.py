"""Glossary of the Spanish translation: the terms that translators agreed on, and the words to avoid."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.es.md"
_ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
_NO_PROSE = re.compile(r"\{[^}]*\}|`[^`]*`|\"[^\"]*\"|“[^”]*”|[\w~-]*[./_][\w./~-]+|--[\w-]+")
"""Fields, code, values in quotes, options, and names of files, addresses and settings."""


class Term(NamedTuple):
    """A row of the glossary."""

    english: str
    """The term, with its sense in parentheses where it has several."""
    spanish: tuple[str, ...]
    avoided: tuple[str, ...]
    """Words that no translation has; none for most terms."""


def glossary(page: str) -> list[Term]:
    """Return the terms of the page of the glossary, in its order, without the table's header."""
    return [
        Term(english, tuple(spanish.split(" / ")), tuple(avoided.split(" / ") if avoided else ()))
        for english, spanish, avoided in _ROW.findall(page)
        if english != "English" and set(english) != {"-"}
    ]


def avoided_words(translation: str, terms: list[Term]) -> list[str]:
    """Return the words to avoid that a translation has, in the singular or plural, beside fields and code."""
    prose = _NO_PROSE.sub(" ", translation).casefold()
    return [
        word
        for term in terms
        for word in term.avoided
        if re.search(rf"\b{re.escape(word.casefold())}(?:e?s)?\b", prose)
    ]


def usage(term: Term, messages: Iterable[tuple[str, str]]) -> tuple[int, int]:
    """Return how many English texts have a term, and how many of their translations have one of its words.

    Args:
        term: the term.
        messages: texts with their translations.

    Words are the same when they begin alike, since their ends change; a term that is several words is known
    by the first of them.
    """
    english = re.compile(rf"\b{re.escape(term.english)}s?\b", re.IGNORECASE)
    stems = tuple(map(_stem, term.spanish))
    translations = [
        _folded(translation)
        for text, translation in messages
        if english.search(_NO_PROSE.sub(" ", text).replace("Windows", ""))
    ]
    return len(translations), sum(any(stem in translation for stem in stems) for translation in translations)


def _stem(spanish: str) -> str:
    word = _folded(spanish).split()[0]
    return word[: max(4, len(word) - 3)]


def _folded(text: str) -> str:
    """Return a text in small letters without accents."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFD", text.casefold())
        if not unicodedata.combining(letter)
    )
