"""From a conversation to the text that the model reads: its own chat template, or a plain transcript."""

import logging
from collections.abc import Sequence

import msgspec

from tui.engine.options import ChatMessage
from tui.engine.templates.sandbox import CompiledTemplate, TemplateFailedError, TemplateRefusedError
from tui.engine.thinking.detection import can_switch, spoken_switch, template_arguments
from tui.sentences import Reason, reason

log = logging.getLogger(__name__)

Message = dict[str, object]

NO_TEMPLATE = reason("engine.no_template")
_TRANSCRIPT_STOPS = ("\nUser:",)
_QUESTION = "quokka"
_INSTRUCTION = "wombat"
"""Words to look for in what a template makes of them; no template writes them by itself."""


class RenderedPrompt(msgspec.Struct, frozen=True):
    """A conversation as the model reads it."""

    text: str
    stops: tuple[str, ...] = ()
    """Texts that end the reply; only a plain transcript needs them."""
    reason: Reason | None = None
    """Why it is a plain transcript and not what the model's own template makes; None when it is that."""


class ChatTemplate:
    """Renders conversations; where the model's template fails, as a plain transcript."""

    def __init__(self, source: str | None, bos_token: str = "", eos_token: str = "") -> None:
        """The tokens are those that begin and end a text, as the vocabulary writes them."""
        self._compiled: CompiledTemplate | None = None
        self._in_parts = False
        """Whether it takes a message's content as a list of parts only, as templates for pictures do."""
        self._takes_system = False
        """Whether a system message reaches the model; otherwise it joins the first question."""
        self._switches_without_system = False
        """Whether thinking can be turned on only where no system message stands in for the template's own."""
        self.reason: Reason | None = None
        """Why the model's own template is not used; None when it is."""
        if not source:
            self.reason = NO_TEMPLATE
            return
        try:
            compiled = CompiledTemplate(source, bos_token, eos_token)
            self._try(compiled)
        except TemplateFailedError as failure:
            self.reason = _unusable(failure)
            return
        self._compiled = compiled

    def render(self, messages: Sequence[ChatMessage], *, think: bool | None = None) -> RenderedPrompt:
        """The prompt for the next reply.

        Args:
            messages: at least one.
            think: whether the model should think first, where its template lets one choose.
        """
        if self._compiled is None:
            return _transcript(messages, self.reason)
        if not self._takes_system or (think and self._switches_without_system):
            messages = _without_system(messages)
        try:
            text = self._made(self._compiled, messages, think)
        except TemplateFailedError as failure:
            return _transcript(messages, _unusable(failure))
        return RenderedPrompt(text)

    def _made(
        self, compiled: CompiledTemplate, messages: Sequence[ChatMessage], think: bool | None = None
    ) -> str:
        *earlier, last = [(message.role, message.content) for message in messages]
        word = spoken_switch(compiled, think)
        turns = [*earlier, (last[0], f"{last[1]} {word}" if word else last[1])]
        return compiled.render(
            [_message(role, content, self._in_parts) for role, content in turns],
            template_arguments(compiled, think),
        )

    def _try(self, compiled: CompiledTemplate) -> None:
        """Find out what the template takes.

        Raises:
            TemplateFailedError: it makes nothing of a plain question.
        """
        question = (ChatMessage("user", _QUESTION),)
        instructed = (ChatMessage("system", _INSTRUCTION), *question)
        if failure := self._failure(compiled, question):
            self._in_parts = True
            if self._failure(compiled, question):
                raise failure
        try:
            text = self._made(compiled, instructed)
            self._takes_system = _INSTRUCTION in text and _QUESTION in text
            if self._takes_system and can_switch(compiled):
                self._switches_without_system = not self._switches(compiled, instructed)
                self._switches_without_system &= self._switches(compiled, question)
        except TemplateFailedError as failure:
            log.info("chat template without system messages: %s", failure)

    def _failure(
        self, compiled: CompiledTemplate, question: Sequence[ChatMessage]
    ) -> TemplateFailedError | None:
        try:
            text = self._made(compiled, question)
        except TemplateFailedError as failure:
            return failure
        return None if _QUESTION in text else TemplateFailedError(reason("engine.template_drops_question"))

    def _switches(self, compiled: CompiledTemplate, messages: Sequence[ChatMessage]) -> bool:
        return self._made(compiled, messages, True) != self._made(compiled, messages, False)


def _message(role: str, content: str, in_parts: bool) -> Message:
    return {"role": role, "content": [{"type": "text", "text": content}] if in_parts else content}


def _without_system(messages: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
    """The conversation with its system message at the head of the first question."""
    if len(messages) < 2 or messages[0].role != "system":
        return messages
    first = messages[1]
    return (ChatMessage(first.role, f"{messages[0].content}\n\n{first.content}"), *messages[2:])


def _unusable(failure: TemplateFailedError) -> Reason:
    """Log a failure of the model's template, and return it as the reason for a plain transcript."""
    log.warning("chat template not used: %s", failure)
    refuses = isinstance(failure, TemplateRefusedError)
    return reason("engine.template_refuses" if refuses else "engine.template_fails", error=failure.reason)


def _transcript(messages: Sequence[ChatMessage], why: Reason | None) -> RenderedPrompt:
    names = {"system": "System", "user": "User", "assistant": "Assistant"}
    turns = [f"{names[message.role]}: {message.content}" for message in messages]
    return RenderedPrompt("\n\n".join([*turns, "Assistant:"]), _TRANSCRIPT_STOPS, why)
