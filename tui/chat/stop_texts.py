"""Texts that end an answer, as a user types them in one line."""

import re

import msgspec

from tui.i18n import _
from tui.settings.named_tables import StopList
from tui.text import clean_line

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r'\\([ntr"\\])')


def parse_stop_texts(text: str) -> tuple[str, ...]:
    """The texts in a line: all of it is one, or several are in quotes. `\\n` is a line break, `""` is none.

    Raises:
        ValueError: it is not so; the text says what was expected.
    """
    text = text.strip()
    found = [text]
    if text.startswith('"'):
        found, rest = _QUOTED.findall(text), _QUOTED.sub("", text)
        if rest.strip(" ,"):
            raise ValueError(_expected(text))
    try:
        return msgspec.convert([unescape(each) for each in found if each], StopList)
    except msgspec.ValidationError:
        raise ValueError(_expected(text)) from None


def format_stop_texts(stops: tuple[str, ...]) -> str:
    """The texts as the user would type them."""
    if len(stops) == 1 and stops[0].strip() == stops[0] and not stops[0].startswith('"'):
        return _escape(stops[0])
    return " ".join('"' + _escape(each).replace('"', '\\"') + '"' for each in stops) or '""'


def unescape(text: str) -> str:
    """`\\n`, `\\t` and `\\r` as what they stand for, where a line has no other way to say it."""
    return _ESCAPE.sub(lambda match: _ESCAPES[match[1]], text)


def _escape(text: str) -> str:
    for letter, meant in (("\\", "\\"), ("n", "\n"), ("t", "\t"), ("r", "\r")):
        text = text.replace(meant, f"\\{letter}")
    return text


def _expected(text: str) -> str:
    message = _("Stop texts are {text}; expected one, or up to 16 in quotes: {example}")
    return message.format(text=clean_line(text), example=format_stop_texts(("###", "\n\n")))
