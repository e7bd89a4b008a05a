"""Answers in JSON: recognised, drawn as a block of code, and checked where a schema was set."""

import json

from tui.i18n import _
from tui.ui.kit.keyboard.names import with_keys

_CHECKED_LIMIT = 200_000
"""Characters of an answer that is checked; reading a longer one would be felt on the screen."""


def is_json(text: str) -> bool:
    """Return whether an answer is a JSON object or array and nothing else."""
    text = text.strip()
    # A text that looks like neither is not read.
    if not (text.startswith("{") and text.endswith("}")) and not (
        text.startswith("[") and text.endswith("]")
    ):
        return False
    return len(text) <= _CHECKED_LIMIT and json_problem(text) is None


def json_problem(text: str) -> str | None:
    """Return the position at which an answer stops being JSON, in words; None when it is JSON."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()):
            return _("it ends before its end")
        return _("line {line}, column {column}").format(line=error.lineno, column=error.colno)
    except (RecursionError, ValueError):
        return _("it cannot be read")
    return None


def json_notice(text: str, *, follows: bool) -> tuple[str, str] | None:
    """Return the fault of an answer that should be JSON, and what helps, a sentence each; None for no fault.

    `follows` is False where the answer went on without its schema, since its beginning did not follow that.
    """
    if not follows:
        return _("It went on without the JSON schema: what it said before does not follow it."), with_keys(
            _("{chat.regenerate} asks for an answer that does."),
            _("An answer that is asked for again follows it."),
        )
    if (problem := json_problem(text)) is None:
        return None
    return _("The answer is not whole JSON: {problem}.").format(problem=problem), with_keys(
        _("{chat.continue} goes on with it by the same schema."), _("Go on with it, or give it more tokens.")
    )


def as_markdown(text: str) -> str:
    """Return an answer as Markdown: JSON as a block of code."""
    return f"```json\n{text.strip()}\n```" if is_json(text) else text
