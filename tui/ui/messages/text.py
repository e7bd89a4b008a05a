"""The text of a message as it is drawn: a question with what is attached, a JSON answer as a block of it."""

import json

from tui.chat.messages import Message, Question
from tui.i18n import _
from tui.ui.cells import middle_cut
from tui.units import format_bytes

_NAME_CELLS = 48
_LONGEST = 200_000
"""Characters of an answer that are looked at; reading a longer one would be felt on the screen."""


def shown_text(message: Message) -> str:
    """Its text, and above that of a question a line for each thing that is attached to it."""
    if not isinstance(message, Question) or not message.attachments:
        return message.text
    lines = [
        f"▪ {middle_cut(each.name, _NAME_CELLS)} · {format_bytes(len(each.text.encode(errors='replace')))}"
        for each in message.attachments
    ]
    return "\n".join([*lines, message.text] if message.text else lines)


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


def as_markdown(text: str) -> str:
    """An answer as Markdown: one that is JSON as a block of it."""
    return f"```json\n{text.strip()}\n```" if is_json(text) else text
