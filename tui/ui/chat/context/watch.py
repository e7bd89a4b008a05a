"""Watch of the context: plans the prompts that are sent, and shows the fill level and the remedies."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec

from tui.chat.context import ContextPlan, FullContextPolicy
from tui.chat.context_parts import message_ids_of_turns
from tui.chat.conversation import Conversation, Message, Question, Reply
from tui.engine.options import AnswerRequest
from tui.fit.sizing import Sizer
from tui.fit.verdict import Pool
from tui.i18n import _
from tui.services.context_remedies import (
    DropTurns,
    LongerContext,
    ModelLimit,
    Remedy,
    RemoveAttachment,
    droppable_turns,
    longer_context,
    removable_attachments,
)
from tui.services.host import EngineHost
from tui.services.prompt_planner import PromptPlanner
from tui.ui.chat.context.remedy_panel import RemedyPanel
from tui.ui.chat.context.remedy_words import (
    dropping_sentence,
    no_longer_context_sentence,
    short_answer_sentence,
    too_long_sentence,
)
from tui.ui.chat.context.strip import ContextStrip
from tui.ui.chat.context.strip_lines import Filling
from tui.ui.chat.prompt.prompt_input import PromptInput
from tui.ui.chat.transcript.transcript import Transcript
from tui.ui.kit.quiet_timer import QuietTimer

PAUSE_SECONDS = 0.25
"""Seconds between the last change and the count."""


class ContextChat(Protocol):
    """The chat, as far as the context needs it."""

    @property
    def conversation(self) -> Conversation:
        """The conversation that fills the context."""
        ...

    @property
    def is_answering(self) -> bool:
        """True while a reply is written or waited for."""
        ...

    @property
    def draft(self) -> Question:
        """The draft as a question; an empty one where it will be an answer."""
        ...

    @property
    def messages_before_draft(self) -> tuple[Message, ...]:
        """The messages that the draft would follow."""
        ...

    @property
    def strip(self) -> ContextStrip:
        """The strip that shows how full the context is."""
        ...

    @property
    def remedy_panel(self) -> RemedyPanel:
        """The panel that shows the remedies."""
        ...

    @property
    def transcript(self) -> Transcript:
        """The transcript that shows which messages the model does not see any more."""
        ...

    @property
    def prompt(self) -> PromptInput:
        """The input with the draft."""
        ...

    def focus_prompt(self) -> None:
        """Go to the prompt."""
        ...

    def edit_without_attachment(self, question_id: int, index: int) -> None:
        """Take an earlier question into the prompt without one of its attachments."""
        ...

    def action_continue(self) -> None:
        """Continue the last answer."""
        ...


class LongerContextSource(msgspec.Struct, frozen=True):
    """The parts of the dashboard that find and load a longer context."""

    sizer: Sizer
    pools: Callable[[], Sequence[Pool]]
    """Returns the machine's memory pools; empty before the first reading."""
    request: Callable[[], AnswerRequest]
    """Returns the request for the next answer, without messages."""
    reload: Callable[[LongerContext], Awaitable[bool]]
    """Loads the model again with a longer context; returns False if that failed."""


class ContextWatch:
    """Watch that updates strip, remedies and transcript after changes of conversation, draft or model."""

    def __init__(
        self,
        chat: ContextChat,
        host: EngineHost,
        planner: PromptPlanner,
        source: LongerContextSource,
        timer: QuietTimer,
    ) -> None:
        self._chat = chat
        self._host = host
        self._planner = planner
        self._source = source
        self._timer = timer
        self._declined: Question | None = None
        """The question that was too long, until the draft changes; None for none."""
        self._longer: dict[tuple[int, int], LongerContext | ModelLimit] = {}
        """The newest longer context, by the tokens of its prompt and the context that was too short.

        It stays in the list while it is judged again, so that no other remedy gets the highlight meanwhile.
        """
        chat.strip.policy = self.policy
        # An estimate at once, because the first exact count comes only after a pause.
        chat.strip.filling = Filling(planner.estimate(chat.conversation, chat.conversation.messages, None))

    @property
    def policy(self) -> FullContextPolicy:
        """Policy for a full context in this conversation."""
        return self._planner.policy_of(self._chat.conversation)

    def set_policy(self, policy: FullContextPolicy) -> None:
        """Change the policy of this conversation."""
        conversation = self._chat.conversation
        conversation.asking = msgspec.structs.replace(conversation.asking, when_full=policy)
        self._chat.strip.policy = policy
        self.changed()

    def changed(self, _change: object = None) -> None:
        """Update after a pause: the draft, the conversation or the model has changed."""
        self._timer.restart(self.update)

    def new_chat(self) -> None:
        """Start to watch another conversation."""
        self._declined = None
        self._planner.forget()
        self._chat.strip.policy = self.policy
        self.changed()

    # Sending

    async def plan(self, conversation: Conversation) -> ContextPlan | None:
        """Return the plan of the prompt for the last question; None if no model can count it."""
        plan = await self._planner.plan_next(conversation)
        if plan is not None and not plan.over_tokens:
            self._declined = None
        return plan

    def declined(self, plan: ContextPlan) -> None:
        """Show by how many tokens a prompt, which is in the input again, is too long, and the remedies."""
        self._declined = self._chat.draft
        self._show_remedies(Filling(plan), self._declined)
        self.changed()

    # Showing

    async def update(self) -> None:
        """Count the new texts, unless a reply is being written, and show how full the context is."""
        chat, planner, conversation = self._chat, self._planner, self._chat.conversation
        if chat.is_answering:
            # The question has been sent: `plan` counted it, and the reply reports its own tokens.
            plan = planner.sent or planner.estimate(conversation, conversation.messages, None)
            self._show(Filling(plan, planner.dropped_ids))
            return
        planner.sent = None
        draft, messages = chat.draft, chat.messages_before_draft
        await planner.account.learn(conversation, messages, draft)
        has_draft = bool(draft.text or draft.attachments)
        plan = (
            await planner.count(conversation, messages, draft)
            if has_draft
            else planner.estimate(conversation, messages, draft)
        )
        filling = Filling(plan, planner.dropped_ids, is_draft=True)
        self._show(filling)
        if self._was_cut and not has_draft:
            # The remedies are those that make room for the whole answer to the last question.
            filling = Filling(planner.estimate(conversation, messages, None), planner.dropped_ids)
        if not self._show_remedies(filling, draft):
            return
        longer = await self._longer_context(filling)
        self._longer = {} if longer is None else {_key_of(filling.plan): longer}
        if chat.draft == draft and not chat.is_answering:
            self._show_remedies(filling, draft)

    def _show(self, filling: Filling) -> None:
        chat = self._chat
        chat.strip.filling = filling
        if not chat.is_answering:
            chat.strip.live_tokens = None
        dropped_ids = filling.plan.dropped_ids & self._planner.dropped_ids
        chat.transcript.show_dropped(message_ids_of_turns(chat.conversation.messages, dropped_ids))

    def _show_remedies(self, filling: Filling, draft: Question) -> bool:
        """Show the problem of the context and the remedies; return False if there is no problem."""
        chat, plan = self._chat, filling.plan
        longer = self._longer.get(_key_of(plan))
        sentence = self._sentence(filling, draft)
        if not sentence:
            chat.remedy_panel.clear()
            return False
        counts = self._planner.account.counts
        remedies: list[Remedy] = [
            *droppable_turns(plan, self.policy),
            *removable_attachments(
                plan,
                draft,
                lambda text: counts.now(text).count,
                [message for message in chat.messages_before_draft if isinstance(message, Question)],
            ),
        ]
        if isinstance(longer, LongerContext) and longer.is_possible:
            remedies.insert(0, longer)
        elif longer is not None:
            sentence = f"{sentence} {no_longer_context_sentence(longer)}"
        chat.remedy_panel.show(sentence, remedies, is_blocked=plan.over_tokens > 0 or self._was_cut)
        return True

    def _sentence(self, filling: Filling, draft: Question) -> str:
        plan = filling.plan
        has_draft = bool(draft.text or draft.attachments)
        if plan.over_tokens and has_draft:
            return too_long_sentence(plan)
        if not has_draft:
            return _("The context is full, so the answer is cut.") if self._was_cut else ""
        if sentence := dropping_sentence(filling):
            return sentence
        return short_answer_sentence(plan) if plan.missing_tokens else ""

    @property
    def _was_cut(self) -> bool:
        """True if the newest answer was cut by the end of the context."""
        messages = self._chat.conversation.messages
        last = messages[-1] if messages else None
        return isinstance(last, Reply) and last.finish == "context_full"

    # Remedies

    async def _longer_context(self, filling: Filling) -> LongerContext | ModelLimit | None:
        model, settings = self._host.model, self._host.settings
        if model is None or settings is None:
            return None
        # The context that the engine really has, which is rounded up.
        settings = msgspec.structs.replace(settings, context=filling.plan.context)
        source = self._source
        max_tokens = source.request().sampling.max_tokens
        tokens = filling.plan.parts.tokens
        return await longer_context(model, settings, tokens, max_tokens, source.sizer, source.pools())

    async def choose(self, remedy: Remedy) -> None:
        """Apply a remedy, and ask the declined question again."""
        chat, was_cut, declined = self._chat, self._was_cut, self._declined
        chat.remedy_panel.clear()
        chat.focus_prompt()
        match remedy:
            case LongerContext():
                if not await self._source.reload(remedy):
                    return
            case DropTurns():
                self.set_policy(remedy.policy)
            case RemoveAttachment() if remedy.question_id is not None:
                # The draft returns once that question is asked or its edit is cancelled.
                chat.edit_without_attachment(remedy.question_id, remedy.index)
                self.changed()
                return
            case RemoveAttachment():
                is_declined = declined is not None and chat.draft == declined
                attachments = list(chat.prompt.attachments)
                del attachments[remedy.index]
                chat.prompt.attachments = tuple(attachments)
                declined = chat.draft if is_declined else None
        if declined is not None and chat.draft == declined:
            chat.prompt.action_submit()
        elif was_cut and not chat.draft.text:
            # The same answer continues where it was cut.
            chat.action_continue()
        self.changed()


def _key_of(plan: ContextPlan) -> tuple[int, int]:
    return plan.parts.tokens, plan.context
