"""A language that nobody speaks: every text is recognised, longer than English, and shows where it is cut."""

import gettext
import re

BEGIN, END = "⟦", "⟧"
"""Around every text: where the second is missing on the screen, the text is cut."""
LONGER = 0.4
"""Share of its length that a text grows, the marks included; Spanish texts seldom grow more."""
SAME_EVERYWHERE = frozenset(
    {
        *("CPU", "GPU", "RAM", "VRAM", "KV", "GiB", "tok/s", "°C", "llmtui", "llm", "JSON", "Markdown"),
        *("Ctrl", "Shift", "Alt", "Esc", "Enter", "Tab", "PgUp", "PgDn", "Prompt", "{percent} %"),
    }
)
"""Units, names and keys, which no language makes longer."""

_ACCENTS = str.maketrans("aeinouyAEINOUY", "áéíñóúýÁÉÍÑÓÚÝ")
_PART = re.compile(r"(?P<same>\{[^{}]*\}|`[^`]*`|https?:\S+|--[a-z-]+|\\.)|(?P<word>[^\W\d_]+)")


def pseudo(text: str) -> str:
    """Return a text with accents, 40 % longer, between marks; fields and code stay as they are."""
    if text in SAME_EVERYWHERE or not text.strip():
        return text
    owed = -2.0

    def replace(match: re.Match[str]) -> str:
        nonlocal owed
        word = match["word"]
        if word is None:
            return match[0]
        owed += LONGER * len(word)
        extra = max(0, round(owed))
        owed -= extra
        return word.translate(_ACCENTS) + "é" * extra

    body = text.strip()
    start = text.index(body)
    return f"{text[:start]}{BEGIN}{_PART.sub(replace, body)}{END}{text[start + len(body) :]}"


class PseudoTranslations(gettext.NullTranslations):
    """Translations into that language."""

    def gettext(self, message: str) -> str:
        """Return a text in that language."""
        return pseudo(message)

    def pgettext(self, context: str, message: str) -> str:
        """Return a text in that language."""
        del context
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form of a text that belongs to a count."""
        return pseudo(msgid1 if n == 1 else msgid2)


def cut_texts(text: str) -> list[str]:
    """Return each text that begins in `text` and does not end there, the longest first."""
    open_at: list[int] = []
    for place, char in enumerate(text):
        if char == BEGIN:
            open_at.append(place)
        elif char == END and open_at:
            open_at.pop()
    return [text[place : place + 80] for place in open_at]
