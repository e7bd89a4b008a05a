"""The text of an answer as it is drawn: one that is JSON as a block of it."""

import json

from tui.i18n import _
from tui.ui.kit.keys import with_keys

_LONGEST = 200_000
"""Characters of an answer that are looked at; reading a longer one would be felt on the screen."""


def is_json(text: str) -> bool:
    """Whether an answer is a JSON object or array and nothing else."""
    text = text.strip()
    # What looks like neither is not read.
    if not (text.startswith("{") and text.endswith("}")) and not (
        text.startswith("[") and text.endswith("]")
    ):
        return False
    return len(text) <= _LONGEST and json_problem(text) is None


def json_problem(text: str) -> str | None:
    """Where an answer stops being JSON, in words; None when it is."""
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
    """What is wrong with an answer that was to be JSON, and what helps, a sentence each; None for nothing.

    `follows` is False where it went on without its schema, since what it said before did not follow that.
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
    """An answer as Markdown: one that is JSON as a block of it."""
    return f"```json\n{text.strip()}\n```" if is_json(text) else text
