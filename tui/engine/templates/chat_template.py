"""Prompt of a conversation: by the model's own chat template, or as a plain transcript."""

import logging
from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import msgspec

from tui.engine.options import ChatMessage
from tui.engine.templates.sandbox import CompiledTemplate, TemplateFailedError, TemplateRefusedError
from tui.engine.templates.tool_messages import (
    PROBE_TOOL,
    PROBE_TOOLS,
    REWRITES,
    FunctionList,
    Rewrite,
    function_list,
    has_probe,
    probe_conversation,
    spelled_out,
    template_messages,
)
from tui.engine.thinking.detection import can_switch, template_arguments, thinking_command
from tui.sentences import Reason, reason

log = logging.getLogger(__name__)

ToolForm = Literal["template", "text"]
"""Tools described by the model's own chat template, or in a plain text."""

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
    tool_form: ToolForm | None = None
    """Form in which tools were described; None without tools."""


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

    def render(
        self, messages: Sequence[ChatMessage], *, think: bool | None = None, tools: str = ""
    ) -> RenderedPrompt:
        """Return the prompt for the next reply.

        Args:
            messages: at least one.
            think: True to think first, False not to, where the template has a choice; None for its default.
            tools: see `AnswerRequest`.
        """
        if not tools and not any(message.calls or message.role == "tool" for message in messages):
            return self._render(messages, think)
        text = self._with_tools(messages, think, function_list(tools))
        if text is not None:
            return RenderedPrompt(text, tool_form="template")
        plain = self._render(spelled_out(messages, tools), think)
        return msgspec.structs.replace(plain, tool_form="text")

    def _with_tools(
        self, messages: Sequence[ChatMessage], think: bool | None, functions: FunctionList
    ) -> str | None:
        """Return the prompt with tools by the template; None where it leaves any of them out."""
        compiled = self._compiled
        if compiled is None or not self._describes_tools:
            return None
        if any(message.calls or message.role == "tool" for message in messages):
            if self._rewrite is None:
                return None
            messages = self._rewrite(messages)
        if not self._takes_system:
            messages = _without_system(messages)
        try:
            return self._rendered(compiled, messages, think, functions)
        except TemplateFailedError as failure:
            log.info("chat template without tools: %s", failure)
            return None

    @cached_property
    def _describes_tools(self) -> bool:
        """True for a template that tells the model of its tools."""
        compiled = self._compiled
        if compiled is None or self.reason is not None or "tools" not in compiled.variables:
            return False
        question = (ChatMessage("user", _QUESTION),)
        try:
            return PROBE_TOOL in self._rendered(compiled, question, None, function_list(PROBE_TOOLS))
        except TemplateFailedError:
            return False

    @cached_property
    def _rewrite(self) -> Rewrite | None:
        """The first way in which the template takes several calls and their results; None for none."""
        if self._compiled is None:
            return None
        functions = function_list(PROBE_TOOLS)
        for rewrite in REWRITES:
            try:
                text = self._rendered(self._compiled, rewrite(probe_conversation()), None, functions)
            except TemplateFailedError:
                continue
            if has_probe(text):
                return rewrite
        return None

    def _render(self, messages: Sequence[ChatMessage], think: bool | None) -> RenderedPrompt:
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
        self,
        compiled: CompiledTemplate,
        messages: Sequence[ChatMessage],
        think: bool | None = None,
        functions: FunctionList = (),
    ) -> str:
        *earlier, last = messages
        command = thinking_command(compiled, think) if last.role != "tool" else ""
        if command:
            last = ChatMessage(last.role, f"{last.content} {command}")
        return compiled.render(
            template_messages((*earlier, last), in_parts=self._in_parts),
            template_arguments(compiled, think),
            functions,
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
    names = {"system": "System", "user": "User", "assistant": "Assistant", "tool": "Tool"}
    turns = [f"{names[message.role]}: {message.content}" for message in messages]
    return RenderedPrompt("\n\n".join([*turns, "Assistant:"]), _TRANSCRIPT_STOPS, why)
