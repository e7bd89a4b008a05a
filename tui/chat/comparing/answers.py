"""Parts of an answer: its words, its language, its numbers, its JSON. Pure functions over text."""

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Literal, cast

import msgspec

_COMMON_WORDS = {
    "en": (
        "the and of to is in that it for with was on are this be by from at will you your not have has had "
        "if or we i my which their they been would could please an"
    ),
    "es": (
        "el la los las de que y en un una por con para se del es al lo su como más mas este esta le les pero "
        "si o mi nos ha han fue sus muy puede usted cuando durante qué está"
    ),
}
_STOP_WORDS = {language: frozenset(text.split()) for language, text in _COMMON_WORDS.items()}
"""The commonest words of each language that are none of the other's."""
_LEAST_STOP_WORDS = 2
_WORD = re.compile(r"[^\W_]+(?:['’.,:-][^\W_]+)*")

_THINKING = re.compile(r"\s*<(think|thinking)>(.*?)</\1>", re.DOTALL)
_THINKING_CLOSED = re.compile(r"</(?:think|thinking)>")
_THINKING_OPEN = re.compile(r"\s*<(?:think|thinking)>")

_BLANKS = " \u00a0\u2009\u202f'’"
"""Spaces that part thousands, besides marks."""
_NUMBER = re.compile(
    r"(?<!\w)(?<!\d[.,])"  # not in the middle of a word or of another number
    r"(?P<minus>(?<![)\]])[-−])?"
    rf"(?P<digits>\d{{1,3}}(?:[{_BLANKS}]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
)

_FENCE = re.compile(r"```[ \t]*[\w+-]*[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL)
_CALL_MARKS = re.compile(r"\s*(?:<tool_call>|<\|tool_call\|>|<\|python_tag\|>|\[TOOL_CALLS\])(.*)", re.DOTALL)
_CALL_END = re.compile(r"(?:</tool_call>|<\|/tool_call\|>|<\|eom_id\|>)\s*\Z")
_TRIES = 64
"""Places in a text at which JSON may begin that are looked at."""

Wrapping = Literal["bare", "fenced", "fenced_in_text", "marked", "in_text"]
"""Surroundings of the JSON: none, a code fence, a fence in text, the marks of a tool call, text."""


Json = dict[str, Any] | list[Any]


class FoundJson(msgspec.Struct, frozen=True):
    """JSON in an answer."""

    value: Json
    wrapping: Wrapping


def without_thinking(text: str) -> str | None:
    """The answer after what a model thought before it; None when it never came out of its thinking."""
    if match := _THINKING.match(text):
        return text[match.end() :].strip()
    if _THINKING_OPEN.match(text):
        return None
    # Some templates open the block in the prompt, so that only its end is in the answer.
    if match := _THINKING_CLOSED.search(text):
        return text[match.end() :].strip()
    return text.strip()


def words_in(text: str) -> list[str]:
    """Return the words, in order; marks of Markdown are none, `12.5` and `o'clock` are one each."""
    return _WORD.findall(text)


def plain_letters(text: str) -> str:
    """Return the text in small letters without accents, with one blank for every run of white space."""
    letters = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(letter for letter in letters if unicodedata.category(letter) != "Mn").split())


def mentions_term(text: str, term: str) -> bool:
    """Return True if a text has a term as whole words; accents and capitals do not count."""
    return re.search(rf"(?<!\w){re.escape(plain_letters(term))}(?!\w)", plain_letters(text)) is not None


def language_of(text: str) -> str | None:
    """Return `en` or `es` by the commonest words of each; None for too few of them, or for both."""
    folded = [word.casefold() for word in words_in(text)]
    hits = {name: sum(word in stops for word in folded) for name, stops in _STOP_WORDS.items()}
    best = max(hits, key=lambda name: hits[name])
    other_hits = sum(hits.values()) - hits[best]
    return best if hits[best] >= _LEAST_STOP_WORDS and hits[best] > 2 * other_hits else None


def numbers_in(text: str) -> list[tuple[float, ...]]:
    """Return each number with its possible values: `1.234` may be above a thousand, or one and a fraction."""
    numbers = [tuple(_readings(match)) for match in _NUMBER.finditer(text)]
    # A date such as 3.10.2025 is no number.
    return [readings for readings in numbers if readings]


def find_json(text: str) -> FoundJson | None:
    """Return the JSON object or list in an answer, and what is around it; None for none."""
    text = text.strip()
    if (value := _loads(text)) is not None:
        return FoundJson(value, "bare")
    if match := _CALL_MARKS.match(text):
        value = _loads(_CALL_END.sub("", match[1]))
        if value is not None:
            return FoundJson(value, "marked")
    for match in _FENCE.finditer(text):
        if (value := _loads(match[1])) is not None:
            alone = not text[: match.start()].strip() and not text[match.end() :].strip()
            return FoundJson(value, "fenced" if alone else "fenced_in_text")
    for start in _starts(text):
        if (value := _decode_at(text, start)) is not None:
            return FoundJson(value, "in_text")
    return None


def _readings(match: re.Match[str]) -> Iterator[float]:
    sign = -1.0 if match["minus"] else 1.0
    digits = re.sub(f"[{_BLANKS}]", "", match["digits"])
    groups = re.split("[.,]", digits)
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        yield sign * float(digits)
    if len(marks) == 1 or len(set(marks)) == 2:
        # The last mark parts off the fraction, those before it part thousands.
        yield sign * float("".join(groups[:-1]) + "." + groups[-1])
    if marks and all(len(group) == 3 for group in groups[1:]):
        yield sign * float("".join(groups))


def _loads(text: str) -> Json | None:
    """Return the object or list that is the whole text; None for anything else."""
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return cast("Json", value) if isinstance(value, dict | list) else None


def _decode_at(text: str, start: int) -> Json | None:
    decoder = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
    try:
        value, _end = decoder.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list):
        # `[1]` in a text is a footnote sooner than an answer.
        items = cast("list[Any]", value)
        return items if any(isinstance(item, dict) for item in items) else None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _starts(text: str) -> Iterator[int]:
    for count, match in enumerate(re.finditer(r"[{\[]", text)):
        if count == _TRIES:
            return
        yield match.start()


def _refuse(name: str) -> float:
    raise ValueError(name)


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(digits)
    return value
