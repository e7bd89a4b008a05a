"""Parts of a text that its translation has to keep: fields, and the spaces and line breaks at its ends."""

import re
import string

_ENDINGS = ".:?!…"
_PERCENT_FIELDS = re.compile(r"%\(\w+\)[sr]|%[sr]\b")
_ABBREVIATIONS = ("aprox.", "cuant.", "cuantiz.", "entren.", "izq.", "máx.", "resp.")
"""Words of labels that are cut short, whose point ends no sentence."""
_ENDS = re.compile(r"(\s*)(?:.*?)(\s*)", re.DOTALL)


_ABBREVIATED = re.compile(r"\b(cuant|cuantiz|entren|aprox|izq|máx|resp)\.$", re.IGNORECASE)
"""Short forms that Spanish writes with a point."""


def fields(text: str) -> list[str]:
    """Return the fields of a text, each with how its value is written: `["context", "size:bytes"]`.

    Raises:
        ValueError: braces do not match.
    """
    parts = string.Formatter().parse(text)
    return sorted({f"{name}:{form}".rstrip(":") for _text, name, form, _how in parts if name is not None})


def differences(text: str, translation: str) -> list[str]:
    """Return what the translation of a text does not keep; empty where it is right."""
    wrong: list[str] = []
    try:
        if fields(text) != fields(translation):
            wrong.append(f"fields {fields(translation)} for {fields(text)}")
    except ValueError as error:
        wrong.append(f"braces: {error}")
    if sorted(_PERCENT_FIELDS.findall(text)) != sorted(_PERCENT_FIELDS.findall(translation)):
        wrong.append("fields with %")
    if _ends(text) != _ends(translation) or text.count("\n") != translation.count("\n"):
        wrong.append("spaces or line breaks")
    if text.count("`") != translation.count("`"):
        wrong.append("backticks")
    abbreviated = _ABBREVIATED.search(translation.rstrip()) is not None and not _closing(text)
    if _closing(text) != _closing(translation) and not abbreviated:
        wrong.append("the closing mark")
    return wrong


def _ends(text: str) -> tuple[str, str]:
    match = _ENDS.fullmatch(text)
    assert match is not None
    return match[1], match[2]


def _closing(text: str) -> str:
    if text.lower().endswith(_ABBREVIATIONS):
        return ""
    last = text.rstrip()[-1:]
    return last if last in _ENDINGS else ""
