"""Prompts in tokens: the template's own marks as control tokens, the texts of the messages as text."""

from collections.abc import Callable, Sequence

import msgspec

from tui.engine.control_text import ControlTexts, TextGuard, Tokenizer
from tui.engine.options import ChatMessage, ToolCall
from tui.engine.templates.chat_template import ChatTemplate, RenderedPrompt, ToolForm
from tui.engine.thinking.marks import THINK, ThinkingFormat, continued_reply
from tui.sentences import Reason

_THINKING_MARKS = (THINK.opens, THINK.closes)
"""Put around the thinking of earlier answers; templates look for them there."""


class WrittenPrompt(msgspec.Struct, frozen=True):
    """A prompt as the model reads it, and as people do."""

    tokens: tuple[int, ...]
    text: str
    """With the reply so far, where that is continued."""
    opening: str
    """The text without the reply so far."""
    continuation: str = ""
    """Text of the reply so far, with the marks around its thinking."""
    stops: tuple[str, ...] = ()
    """Texts that end the reply."""
    reason: Reason | None = None
    """Reason why it is a plain transcript; None when the model's own template made it."""
    tool_form: ToolForm | None = None
    """Form in which tools were described; None without tools."""


class PromptWriter:
    """Writes prompts with the template of one model, for one vocabulary."""

    def __init__(
        self,
        template: ChatTemplate,
        controls: ControlTexts,
        tokenizer: Tokenizer,
        format: ThinkingFormat | None,
    ) -> None:
        self._template = template
        self._controls = controls
        self._tokenizer = tokenizer
        self._format = format

    def write(
        self,
        messages: Sequence[ChatMessage],
        *,
        think: bool | None = None,
        continued_thinking: str = "",
        continued_text: str = "",
        tools: str = "",
    ) -> WrittenPrompt:
        """Return the prompt for the next reply, or for the end of one that is continued."""
        guard = TextGuard(self._controls, self._tokenizer)
        prompt = self._guarded(guard, messages, think, tools)
        continuation = continued_reply(
            self._format, prompt.text, guard.guarded(continued_thinking), guard.guarded(continued_text)
        )
        text = prompt.text + continuation
        return WrittenPrompt(
            tokens=tuple(guard.tokens(text)),
            text=guard.plain(text),
            opening=guard.plain(prompt.text),
            continuation=guard.plain(continuation),
            stops=prompt.stops,
            reason=prompt.reason,
            tool_form=prompt.tool_form,
        )

    def count(self, text: str) -> int:
        """Count the tokens of a text that is no prompt by itself."""
        guard = TextGuard(self._controls, self._tokenizer)
        return len(guard.tokens(guard.guarded(text), start=False))

    def _guarded(
        self, guard: TextGuard, messages: Sequence[ChatMessage], think: bool | None, tools: str
    ) -> RenderedPrompt:
        """Render messages and tools whose control texts are broken."""
        prompt = self._template.render(messages, think=think, tools=tools)
        broken = _changed(messages, guard.guarded)
        broken_tools = guard.guarded(tools)
        if broken == tuple(messages) and broken_tools == tools:
            return prompt
        guarded = self._template.render(broken, think=think, tools=broken_tools)
        if guard.plain(guarded.text) == prompt.text:
            return guarded
        # The template looked into the texts, and may have cut one in the middle of a mark.
        reworded = _changed(messages, guard.reworded)
        return self._template.render(reworded, think=think, tools=guard.reworded(tools))


def _changed(
    messages: Sequence[ChatMessage], change: Callable[[str, Sequence[str]], str]
) -> tuple[ChatMessage, ...]:
    return tuple(
        ChatMessage(
            message.role,
            change(message.content, _THINKING_MARKS if message.role == "assistant" else ()),
            tuple(ToolCall(change(call.name, ()), change(call.arguments, ())) for call in message.calls),
            change(message.tool, ()),
        )
        for message in messages
    )
