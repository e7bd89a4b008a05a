"""Control tokens kept out of what people write: their texts stay text wherever a message has them.

A tokenizer that reads control tokens from their texts cannot tell who wrote them. So each such text inside a
message gets an unguessable number behind its first character before the template writes the prompt. What is
found whole in the prompt is then the template's own, and the number is taken out before the rest is read as
plain text.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

_MARK_DIGITS = 30
"""Digits come unchanged through everything that templates do to a message: trimming, upper case, JSON."""
_HEAD = 2
"""Characters by which control texts are looked for first."""
_FULL_WIDTH = 0xFEE0
"""From an ASCII character to the wide one that looks like it."""
_LINE = "\n"


class SpecialToken(NamedTuple):
    """A token that the tokenizer looks for before it reads plain text."""

    token: int
    text: str
    is_control: bool
    """False for one that is read from plain text too, such as a run of blanks or a tag."""
    strips_left: bool = False
    """True when white space before it is dropped."""
    strips_right: bool = False
    """True when white space after it is dropped."""


class Tokenizer(Protocol):
    """Makes tokens of texts; a loaded model does."""

    def tokenize(self, text: str, *, start: bool = True, special: bool = True) -> list[int]:
        """Return the tokens of a text; `special` reads control tokens from their texts."""
        ...

    def with_start(self, tokens: list[int]) -> list[int]:
        """Return the tokens of a prompt with the model's first token in front."""
        ...


class ControlTexts:
    """Texts of the control tokens of one vocabulary."""

    def __init__(self, specials: Iterable[SpecialToken], template: str = "") -> None:
        """Take the special tokens of a vocabulary.

        Args:
            specials: those that are read from plain text too count only where the template has them.
            template: the source of the chat template.
        """
        # A text of one character cannot be broken, and no template marks turns with one.
        usable = [special for special in specials if len(special.text.strip()) > 1]
        self._controls = {special.text: special for special in usable if special.is_control}
        tags = [special for special in usable if not special.is_control]
        self.tag_tokens = frozenset(
            special.token for special in tags if _is_mark(special.text) and special.text in template
        )
        """Tokens of the template that are also read from plain text."""
        guarded = [special for special in usable if special.is_control or special.token in self.tag_tokens]
        self._tokens = {special.text: special.token for special in guarded}
        self._by_head: dict[str, list[str]] = {}
        for text in sorted({special.text.lower() for special in guarded}, key=len, reverse=True):
            self._by_head.setdefault(text[:_HEAD], []).append(text)
        heads = "|".join(map(re.escape, self._by_head))
        self._heads = re.compile(f"(?={heads})", re.IGNORECASE) if heads else None

    def token(self, text: str) -> int | None:
        """Return the control token of this text; None where it is none."""
        return self._tokens.get(text)

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield the places of all control texts, in any case, and each of these as it is written."""
        if self._heads is None:
            return
        for head in self._heads.finditer(text):
            start = head.start()
            for control in self._by_head.get(text[start : start + _HEAD].lower(), ()):
                written = text[start : start + len(control)]
                if written.lower() == control:
                    yield start, written

    def split(self, text: str) -> list[str | int]:
        """Return the plain texts and the control tokens of a text, as the tokenizer separates them."""
        parts: list[str | int] = []
        plain_start = 0
        strips = False
        for start, written in self.find(text):
            control = self._controls.get(written)
            if control is None or start < plain_start:
                continue
            plain = text[plain_start:start]
            plain = plain.rstrip() if control.strips_left else plain
            parts += [plain.lstrip() if strips else plain, control.token]
            plain_start = start + len(written)
            strips = control.strips_right
        plain = text[plain_start:]
        parts.append(plain.lstrip() if strips else plain)
        return [part for part in parts if part != ""]


class TextGuard:
    """Keeps control texts in the messages of one prompt text."""

    def __init__(self, controls: ControlTexts, tokenizer: Tokenizer) -> None:
        self._controls = controls
        self._tokenizer = tokenizer
        self._mark = "".join(secrets.choice("0123456789") for _digit in range(_MARK_DIGITS))

    def guarded(self, text: str, allowed: Sequence[str] = ()) -> str:
        """Return a text with its control texts broken by the mark, but for the allowed ones."""
        return self._broken(text, allowed, lambda first: first + self._mark)

    def reworded(self, text: str, allowed: Sequence[str] = ()) -> str:
        """Return a text whose control texts begin with a character that only looks like theirs."""
        return self._broken(text, allowed, _look_alike)

    def _broken(self, text: str, allowed: Sequence[str], change: Callable[[str], str]) -> str:
        starts = sorted({start for start, written in self._controls.find(text) if written not in allowed})
        if not starts:
            return text
        pieces = [text[: starts[0]]]
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            pieces += [change(text[start]), text[start + 1 : end]]
        return "".join(pieces)

    def plain(self, text: str) -> str:
        """Return a guarded text as it is read, without the marks."""
        return text.replace(self._mark, "")

    def tokens(self, text: str, *, start: bool = True) -> list[int]:
        """Return the tokens of a guarded text: only control texts without a mark become control tokens."""
        if self._mark not in text:
            return self._tokenizer.tokenize(text, start=start)
        tokens: list[int] = []
        for part in self._controls.split(text):
            if isinstance(part, int):
                tokens.append(part)
            else:
                tokens += self._text_tokens(part)
        return self._tokenizer.with_start(tokens) if start else tokens

    def _text_tokens(self, text: str) -> list[int]:
        tokens = self._tokenizer.tokenize(self.plain(text), start=False, special=False)
        if self._mark not in text or self._controls.tag_tokens.isdisjoint(tokens):
            return tokens
        # The tokenizer reads these from any text, so it never sees one whole.
        first, *pieces = text.split(self._mark)
        tokens = self._tokenizer.tokenize(first, start=False, special=False)
        for piece in pieces:
            tokens += self._continued(piece)
        return tokens

    def _continued(self, text: str) -> list[int]:
        """Return the tokens of a text that goes on: without the blank that some vocabularies put first."""
        line = self._tokenizer.tokenize(_LINE, start=False, special=False)
        tokens = self._tokenizer.tokenize(_LINE + text, start=False, special=False)
        if tokens[: len(line)] == line:
            return tokens[len(line) :]
        return self._tokenizer.tokenize(text, start=False, special=False)


def _is_mark(text: str) -> bool:
    """Return True for a text such as `<|user|>` or `[INST]`, False for words, blanks and numbers."""
    ends = text.strip()
    return len(ends) > 1 and not ends[0].isalnum() and not ends[-1].isalnum()


def _look_alike(character: str) -> str:
    wide = ord(character) + _FULL_WIDTH
    return chr(wide) if "!" <= character <= "~" else f"{character} "
