"""English words in what people read in another language: a text that is not translated, or only in part."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from tests.locale.catalogues import forms_of, read_catalogue

_WORD = re.compile(r"[A-Za-z]?[a-z']+")
_COMMON = frozenset(
    _WORD.findall(
        """
    about above after again all already also although always an and another answer any anything are as ask
    at away back be because been before begin being below beside better between both but by can cannot
    change choose close comes context contexts could data delete did do does done down download each
    either else empty end enough even ever every everything exists expected failed few file files find
    first folder folders follow for found from full gave get give given goes good had have having held
    here how however if in into invalid is it its itself just keep kept know known large last least leave
    left less let like line list little load loading long look machine made make many may means memory
    missing model models more most much must name near need needs never new next nobody none not nothing
    now number of off often on once one only open option or other others our out over own part please
    prompts read reason reply rest right same say says see seen set settings several shall she should show
    shown since size slow small some something soon start stay still stop such take taken tell than that
    the their them then there these they thing this those though through till time to together told too
    turn two unknown until up upon use used very wait want wanted was way we well went were what when
    where whether which while who whole whose why will with within without word words work would wrong yes
    yet you your
    """
    )
)
"""Common words, which also a text has that is in no catalogue."""
_LITERAL = re.compile(
    r"""\{[^{}]*\}|%\(\w+\)\w|%[sdr]|"[^"\n]*"|'[^'\n]*'|llmtui \w+|--gpus all|(?<!\w)-[\w-]+"""
)
"""Fields, quotations, commands and options."""
_EDGES = "\"'“”«»`()[]¡!¿?.,;:…·*~✓=|→-–—"


def leftover_english(text: str, language: str = "es", names: Iterable[str] = ()) -> list[str]:
    """Return the English words in a text that people read in another language, in their order.

    Names of models, files, options and the like are no words: they have digits, signs or capitals within.

    Args:
        text: what people read.
        language: its code.
        names: parts of the text that are the same in every language, such as the name of a processor.
    """
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text)
    english = _english_words(language)
    return [word for word in _words(text) if word in english]


def sentences_in(document: Any, codes: Iterable[str] = ()) -> Iterator[str]:
    """Yield the sentences in a JSON document: texts of several words, but for values under these keys."""
    skipped = frozenset(codes)
    if isinstance(document, dict):
        for key, value in document.items():
            if key not in skipped:
                yield from sentences_in(value, skipped)
    elif isinstance(document, list):
        for value in document:
            yield from sentences_in(value, skipped)
    elif isinstance(document, str) and " " in document:
        yield document


@cache
def _english_words(language: str) -> frozenset[str]:
    """Return the words of the English texts that no translation has, and common ones."""
    english, translated = set[str](), set[str]()
    for message in read_catalogue(language):
        if message.id and all(forms_of(message.string)):
            english.update(word for form in forms_of(message.id) for word in _words(form))
            translated.update(word for form in forms_of(message.string) for word in _words(form))
    return _COMMON | (english - translated)


def _words(text: str) -> Iterator[str]:
    for part in _LITERAL.sub(" ", text).split():
        word = part.strip(_EDGES)
        if len(word) > 1 and _WORD.fullmatch(word):
            yield word.lower()
