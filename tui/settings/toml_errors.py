"""Mistakes in the syntax of TOML as reasons, from the messages of the parser."""

import re

from tui.sentences import Reason, reason
from tui.text import clean_line

_PLACE = re.compile(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_CODES = (
    ("Invalid statement", "settings.toml_statement"),
    ("Expected newline", "settings.toml_line_goes_on"),
    ("Expected '='", "settings.toml_no_equals_sign"),
    ("Invalid initial", "settings.toml_key_character"),
    ("Expected ']", "settings.toml_open_header"),
    ("Cannot ", "settings.toml_twice"),
    ("Duplicate ", "settings.toml_twice"),
    ("Unclosed array", "settings.toml_open_list"),
    ("Unclosed inline table", "settings.toml_open_table"),
    ("Unescaped ", "settings.toml_backslash"),
    ("Invalid hex", "settings.toml_backslash"),
    ("Escaped ", "settings.toml_backslash"),
    ("Unterminated string", "settings.toml_open_text"),
    ("Expected ", "settings.toml_open_text"),
    ("Illegal character", "settings.toml_character"),
    ("Found invalid character", "settings.toml_character"),
    ("Invalid date", "settings.toml_date"),
    ("Invalid value", "settings.toml_value"),
)
"""Codes by the beginnings of the parser's messages; the first that fits counts."""


def toml_error(error: ValueError | RecursionError) -> Reason:
    """Return what is wrong with a text that is no TOML, and where; in the parser's words if they are new."""
    if isinstance(error, RecursionError):
        return reason("settings.toml_nested")
    text = str(error)
    match = _PLACE.fullmatch(text)
    message, line, column = match.groups() if match else (text, None, None)
    code = next((code for beginning, code in _CODES if message.startswith(beginning)), None)
    problem = reason(code) if code else reason("settings.toml_other", error=clean_line(message))
    if line is not None and column is not None:
        return reason("settings.toml_at_place", problem=problem, line=int(line), column=int(column))
    return reason("settings.toml_at_end", problem=problem) if match else problem
