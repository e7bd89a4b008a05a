"""Marks that a chat template puts behind a finished answer, which end a reply as well."""

import re

import msgspec

from tui.engine.control_text import ControlTexts
from tui.engine.options import ChatMessage
from tui.engine.templates.chat_template import ChatTemplate
from tui.engine.thinking.marks import ThinkingFormat

_ANSWER = "quokka"
_QUESTION = "wombat"
"""Words that no template writes by itself."""
_MARK_TEXT = re.compile(r"\s*(<[|/]?[^\s<>]{1,40}>|\[[/|]?[^\s\[\]]{1,40}\])")
_HEADING = re.compile(r"\s*?(\n[^\n]*[^\W\d_][^\n]*:)\s*$")
"""A line such as `### Instruction:`, which begins the next question."""


class TurnEnd(msgspec.Struct, frozen=True):
    """Ends of a reply besides the engine's own."""

    tokens: frozenset[int] = frozenset()
    texts: tuple[str, ...] = ()
    """Marks that are plain text for this vocabulary."""


def turn_end(prompt: str, controls: ControlTexts, format: ThinkingFormat | None) -> TurnEnd:
    """Find the mark behind the known answer in a `sample_prompt`."""
    between = _text_between(prompt)
    if not between:
        return TurnEnd()
    thinking = format.marks if format is not None else ()
    position = 0
    for start, written in controls.find(between):
        if between[position:start].strip():
            break
        position = start + len(written)
        if written not in thinking and (token := controls.token(written)) is not None:
            return TurnEnd(frozenset({token}))
        if format is not None and written in thinking and written not in format.footers:
            # The thinking of this family ends as its answers do.
            return TurnEnd()
    text = _MARK_TEXT.match(between) or _HEADING.match(between)
    if text is None or text[1] in thinking:
        return TurnEnd()
    return TurnEnd(texts=(text[1],))


def sample_prompt(template: ChatTemplate) -> str:
    """Return a prompt with a question, an answer and a question; empty where the template fails."""
    if template.reason is not None:
        return ""
    system = (ChatMessage("system", _QUESTION),) if template.needs_system else ()
    question, answer = ChatMessage("user", _QUESTION), ChatMessage("assistant", _ANSWER)
    prompt = template.render((*system, question, answer, question))
    return "" if prompt.reason is not None else prompt.text


def _text_between(prompt: str) -> str:
    """Return what the template writes between the answer and the next question."""
    # Some templates change the case of messages.
    answer_start, question_start = map(prompt.lower().rfind, (_ANSWER, _QUESTION))
    return prompt[answer_start + len(_ANSWER) : question_start] if answer_start >= 0 else ""
