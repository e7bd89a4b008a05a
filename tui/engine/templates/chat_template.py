"""Prompt of a conversation: by the model's own chat template, or as a plain transcript."""

import logging
from collections.abc import Sequence

import msgspec

from tui.engine.options import ChatMessage
from tui.engine.templates.sandbox import CompiledTemplate, TemplateFailedError, TemplateRefusedError
from tui.engine.thinking.detection import can_switch, template_arguments, thinking_command
from tui.sentences import Reason, reason

log = logging.getLogger(__name__)

Message = dict[str, object]

NO_TEMPLATE = reason("engine.no_template")
_TRANSCRIPT_STOPS = ("\nUser:",)
_QUESTION = "quokka"
_INSTRUCTION = "wombat"
"""Words to look for in the output of a template; no template writes them by itself."""


class RenderedPrompt(msgspec.Struct, frozen=True):
    """A conversation as the model reads it."""

    text: str
    stops: tuple[str, ...] = ()
    """Texts that end the reply; only a plain transcript needs them."""
    reason: Reason | None = None
    """Reason why it is a plain transcript; None when the model's own template made it."""


class ChatTemplate:
    """Renders conversations with the model's template, or where that fails as a plain transcript."""

    def __init__(self, source: str | None, bos_token: str = "", eos_token: str = "") -> None:
        """The tokens are those that begin and end a text, as the vocabulary writes them."""
        self._compiled: CompiledTemplate | None = None
        self._in_parts = False
        """True when it takes a message's content only as a list of parts, as templates for pictures do."""
        self._takes_system = False
        """True when a system message reaches the model; otherwise it joins the first question."""
        self._switches_without_system = False
        """True when thinking can be turned on only where no system message replaces the template's own."""
        self.needs_system = False
        """True when it takes no conversation without a system message."""
        self.reason: Reason | None = None
        """Reason why the model's own template is not used; None when it is."""
        if not source:
            self.reason = NO_TEMPLATE
            return
        try:
            self._compiled = CompiledTemplate(source, bos_token, eos_token)
            self._probe(self._compiled)
        except TemplateFailedError as failure:
            self.reason = _unusable(failure)

    def render(self, messages: Sequence[ChatMessage], *, think: bool | None = None) -> RenderedPrompt:
        """Return the prompt for the next reply.

        Args:
            messages: at least one.
            think: True to think first, False not to, where the template has a choice; None for its default.
        """
        if self._compiled is None:
            return _transcript(messages, self.reason)
        if not self._takes_system or (think and self._switches_without_system):
            messages = _without_system(messages)
        try:
            text = self._rendered(self._compiled, messages, think)
        except TemplateFailedError as failure:
            return _transcript(messages, _unusable(failure))
        if self.reason is not None and not _has_all_texts(text, messages):
            # It failed on a plain question as well.
            return _transcript(messages, self.reason)
        return RenderedPrompt(text)

    def _rendered(
        self, compiled: CompiledTemplate, messages: Sequence[ChatMessage], think: bool | None = None
    ) -> str:
        *earlier, last = [(message.role, message.content) for message in messages]
        command = thinking_command(compiled, think)
        turns = [*earlier, (last[0], f"{last[1]} {command}" if command else last[1])]
        return compiled.render(
            [_message(role, content, self._in_parts) for role, content in turns],
            template_arguments(compiled, think),
        )

    def _probe(self, compiled: CompiledTemplate) -> None:
        """Find out the kinds of messages that the template takes.

        Raises:
            TemplateFailedError: it cannot render a plain question.
        """
        question = (ChatMessage("user", _QUESTION),)
        instructed = (ChatMessage("system", _INSTRUCTION), *question)
        if failure := self._failure(compiled, question):
            self._find_messages(compiled, question, instructed, failure)
        try:
            text = self._rendered(compiled, instructed).lower()
            self._takes_system = _INSTRUCTION in text and _QUESTION in text
            if self._takes_system and can_switch(compiled):
                self._switches_without_system = not self._switches(compiled, instructed)
                self._switches_without_system &= self._switches(compiled, question)
        except TemplateFailedError as failure:
            log.info("chat template without system messages: %s", failure)

    def _find_messages(
        self,
        compiled: CompiledTemplate,
        question: Sequence[ChatMessage],
        instructed: Sequence[ChatMessage],
        failure: TemplateFailedError,
    ) -> None:
        """Find the messages that a template takes which does not take a plain question.

        Raises:
            TemplateFailedError: it takes none; `failure` is raised again.
        """
        for in_parts, messages in ((True, question), (False, instructed), (True, instructed)):
            self._in_parts = in_parts
            if not self._failure(compiled, messages):
                self.needs_system = messages is instructed
                return
        self._in_parts = False
        self._takes_system = True
        raise failure

    def _failure(
        self, compiled: CompiledTemplate, question: Sequence[ChatMessage]
    ) -> TemplateFailedError | None:
        try:
            text = self._rendered(compiled, question)
        except TemplateFailedError as failure:
            return failure
        return (
            None
            if _QUESTION in text.lower()
            else TemplateFailedError(reason("engine.template_drops_question"))
        )

    def _switches(self, compiled: CompiledTemplate, messages: Sequence[ChatMessage]) -> bool:
        return self._rendered(compiled, messages, True) != self._rendered(compiled, messages, False)


def _message(role: str, content: str, in_parts: bool) -> Message:
    return {"role": role, "content": [{"type": "text", "text": content}] if in_parts else content}


def _has_all_texts(prompt: str, messages: Sequence[ChatMessage]) -> bool:
    """Return True when everything but the earlier answers, which templates shorten, is in the prompt."""
    prompt = prompt.lower()
    return all(
        message.content.strip().lower() in prompt for message in messages if message.role != "assistant"
    )


def _without_system(messages: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
    """Return the conversation with its system message before the first question."""
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
