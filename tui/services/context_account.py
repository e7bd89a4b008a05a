"""A conversation in tokens of the loaded model, each text counted once; by estimate while none can count."""

from collections.abc import Sequence

from tui.chat.context import ContextParts
from tui.chat.context_parts import TemplateTokens, context_parts, texts_to_count
from tui.chat.conversation import Conversation, Message, Question, Reply
from tui.chat.prompt_messages import prompt_messages
from tui.engine.options import ChatMessage
from tui.services.token_counts import Counter, Counts, estimate

_MESSAGE_TOKENS = 5
"""Tokens that templates put around a message, until the model's own was asked: marks, role, line ends."""
_SAMPLE = "Hello."


class Account:
    """Parts of a conversation, by what is known now; `learn` has the loaded model count what is not."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self.counts = Counts(counter)
        """Counts so far, by text."""
        self._around: dict[tuple[str, str], TemplateTokens] = {}
        """By model and system prompt."""

    def parts(
        self, conversation: Conversation, messages: Sequence[Message], draft: Question | None
    ) -> ContextParts:
        """These messages of the conversation as they would be sent; see `context_parts`."""
        texts = texts_to_count(messages, draft, keep_thinking=conversation.keep_thinking)
        counted = {text: self.counts.now(text) for text in texts}
        return context_parts(
            messages,
            draft,
            self._surroundings(conversation.system),
            lambda text: counted[text].count,
            keep_thinking=conversation.keep_thinking,
            exact=all(tokens.exact for tokens in counted.values()),
        )

    async def learn(
        self, conversation: Conversation, messages: Sequence[Message], draft: Question | None
    ) -> None:
        """Have every text of these counted that is not known; nothing happens while no model can."""
        self._take_metrics(messages)
        texts = texts_to_count(messages, draft, keep_thinking=conversation.keep_thinking)
        if await self.counts.learn(texts):
            await self._ask_template(conversation.system)

    async def whole(
        self,
        conversation: Conversation,
        messages: Sequence[Message],
        draft: Question | None,
        without: frozenset[int],
        think: bool | None,
    ) -> int | None:
        """Tokens of the very prompt that is sent, with what an answer that is gone on with says already."""
        if draft is not None:
            keep = conversation.keep_thinking
            chat = prompt_messages(
                (*messages, draft), conversation.system, keep_thinking=keep, without=without
            )
            begun = ""
        else:
            chat, begun = conversation.prompt_messages(without), conversation.continued_text
        counted = await self.counts.prompt(chat, (begun,) if begun else (), think)
        return None if counted is None else counted.prompt_tokens + sum(counted.texts)

    def _take_metrics(self, messages: Sequence[Message]) -> None:
        """An answer's tokens were counted when it was written; by another model they are others.

        What the user wrote of it was not, and a stop text was, which is no part of it.
        """
        model = self._counter.model
        label = model.label if model is not None else None
        for message in messages:
            if not isinstance(message, Reply) or message.edited or message.finish == "stop_text":
                continue
            metrics, text = message.metrics, message.text
            if metrics is None or message.model != label or not text:
                continue
            if not self.counts.now(text).exact:
                self.counts.put(text, metrics.generated_tokens - metrics.thinking_tokens)

    def _surroundings(self, system: str) -> TemplateTokens:
        model = self._counter.model
        counted = self._around.get((model.key, system)) if model is not None else None
        return counted or TemplateTokens(estimate(system), _MESSAGE_TOKENS, exact=False)

    async def _ask_template(self, system: str) -> None:
        """Count what the template adds: the difference of conversations of one and of three messages."""
        model = self._counter.model
        if model is None or (model.key, system) in self._around:
            return
        opening = (ChatMessage("system", system),) if system else ()
        question, answer = ChatMessage("user", _SAMPLE), ChatMessage("assistant", _SAMPLE)
        single = await self.counts.prompt((*opening, question), (_SAMPLE,))
        three = await self.counts.prompt((*opening, question, answer, question))
        if single is None or three is None or self._counter.model is not model:
            return
        sample = single.texts[0]
        message = max(0, -(-(three.prompt_tokens - single.prompt_tokens - 2 * sample) // 2))
        frame = max(0, single.prompt_tokens - sample - message)
        self._around[model.key, system] = TemplateTokens(frame, message)
