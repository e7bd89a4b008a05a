"""Stop texts, which end an answer, as a user types them in one line."""

import re

import msgspec

from tui.sentences import ReasonedError, reason
from tui.settings.named_tables import StopList

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r'\\([ntr"\\])')


class StopTextsError(ReasonedError):
    """A line is not a list of stop texts."""

    def __init__(self, text: str) -> None:
        """Take the line that the user typed."""
        example = format_stop_texts(("###", "\n\n"))
        super().__init__(reason("chat.bad_stop_texts", text=text, example=example))


def parse_stop_texts(text: str) -> tuple[str, ...]:
    """Return the stop texts in a line: the whole line, or several in quotes.

    `\\n` is a line break, `""` stands for none.

    Raises:
        StopTextsError: the line is neither, or has too many texts.
    """
    text = text.strip()
    texts = [text]
    if text.startswith('"'):
        texts, between = _QUOTED.findall(text), _QUOTED.sub("", text)
        if between.strip(" ,"):
            raise StopTextsError(text)
    try:
        return msgspec.convert([unescape(escaped) for escaped in texts if escaped], StopList)
    except msgspec.ValidationError:
        raise StopTextsError(text) from None


def format_stop_texts(stops: tuple[str, ...]) -> str:
    """Return stop texts as the user would type them."""
    if len(stops) == 1 and stops[0].strip() == stops[0] and not stops[0].startswith('"'):
        return _escape(stops[0])
    return " ".join('"' + _escape(stop).replace('"', '\\"') + '"' for stop in stops) or '""'


def unescape(text: str) -> str:
    """Replace `\\n`, `\\t` and `\\r`, which a single line cannot contain otherwise."""
    return _ESCAPE.sub(lambda match: _ESCAPES[match[1]], text)


def _escape(text: str) -> str:
    for letter, character in (("\\", "\\"), ("n", "\n"), ("t", "\t"), ("r", "\r")):
        text = text.replace(character, f"\\{letter}")
    return text
