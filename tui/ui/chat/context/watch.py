"""Between the context and the chat: what fills it, what is sent, and what helps when it is full."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from textual.timer import Timer

from tui.chat.context import ContextPlan, FullContextPolicy, answer_reserve, plan_context
from tui.chat.context_parts import message_ids_of_turns
from tui.chat.conversation import Conversation, Message, Question, Reply
from tui.engine.options import AnswerRequest, LoadSettings
from tui.fit.sizing import Sizer
from tui.fit.verdict import Pool
from tui.i18n import _
from tui.services.context_account import Account
from tui.services.host import EngineHost
from tui.ui.chat.context.offers import Longer, Remedy, drop_remedies, longer_context, remove_remedies
from tui.ui.chat.context.strip_lines import Filling, dropping_words, too_long_words
from tui.ui.chat.pane import ChatPane

_PAUSE_SECONDS = 0.25
"""After the last key before a draft is counted."""
_TRIES = 4
"""Counts of a whole prompt before it is sent; the first is nearly always as expected."""


class Around(msgspec.Struct, frozen=True):
    """What the watch has to know of the rest of the dashboard."""

    load_settings: Callable[[], LoadSettings]
    """How a model would be loaded now."""
    pools: Callable[[], Sequence[Pool]]
    """The machine's memory now; empty before the first reading."""
    request: Callable[[], AnswerRequest]
    """Makes the request for the next answer, still without messages."""
    reload: Callable[[Remedy], Awaitable[bool]]
    """Load the model again with a longer context; False when that failed."""


class ContextWatch:
    """Keeps strip, offers and transcript true to the conversation, the draft and the loaded model."""

    def __init__(
        self, chat: ChatPane, host: EngineHost, sizer: Sizer, policy: FullContextPolicy, around: Around
    ) -> None:
        self._chat = chat
        self._host = host
        self._sizer = sizer
        self._around = around
        self.account = Account(host)
        """What is known of each text; shared with whoever counts."""
        self._default: FullContextPolicy = policy
        self._left_out: frozenset[int] = frozenset()
        """Questions whose turns were left out of the newest prompt that was sent."""
        self._sent: ContextPlan | None = None
        """The newest prompt that was sent, counted whole."""
        self._declined: Question | None = None
        """The question that was too long, until another one is written."""
        self._due: Timer | None = None
        chat.strip.policy = policy
        # At once: the first look waits for quiet, and until then there would be nothing.
        chat.strip.filling = Filling(self._plan(chat.conversation.messages, None))

    @property
    def policy(self) -> FullContextPolicy:
        """What is done when the context is full, in this conversation."""
        return self._chat.conversation.asking.when_full or self._default

    def set_policy(self, policy: FullContextPolicy) -> None:
        """Do something else from now on, in this conversation."""
        talk = self._chat.conversation
        talk.asking = msgspec.structs.replace(talk.asking, when_full=policy)
        self._chat.strip.policy = policy
        self.changed()

    def changed(self, _what: object = None) -> None:
        """Something changed: the draft, the conversation, the model. Look at it as soon as it is quiet."""
        if self._due is not None:
            self._due.stop()
        if self._chat.is_mounted:
            self._due = self._chat.set_timer(_PAUSE_SECONDS, self._look)

    def new_chat(self) -> None:
        """The conversation is another one, with a policy of its own."""
        self._declined, self._sent, self._left_out = None, None, frozenset()
        self._chat.strip.policy = self.policy
        self.changed()

    # What is sent

    async def plan(self, conversation: Conversation) -> ContextPlan | None:
        """What to send for the last question to be answered; None where nobody can count.

        The plan is made of parts and then checked by counting the whole prompt, which alone is exact.
        """
        if self._host.loaded is None:
            return None
        await self.account.learn(conversation, conversation.messages, None)
        made = await self._checked(conversation.messages, None)
        if not made.over_tokens:
            self._left_out, self._declined, self._sent = made.dropped_ids, None, made
        return made

    async def _checked(self, messages: Sequence[Message], draft: Question | None) -> ContextPlan:
        """A plan whose total the engine has counted; each correction may drop something else."""
        think = self._around.request().think
        made = self._plan(messages, draft)
        for _try in range(_TRIES):
            counted = await self.account.whole(
                self._chat.conversation, messages, draft, made.dropped_ids, think
            )
            if counted is None or counted == made.used_tokens:
                break
            system = made.parts.system_tokens + counted - made.used_tokens
            parts = msgspec.structs.replace(made.parts, system_tokens=max(0, system))
            before, made = made, plan_context(parts, made.context, made.answer_tokens, self.policy)
            if made.dropped == before.dropped:
                break
        return made

    def declined(self, made: ContextPlan) -> None:
        """The prompt is too long and back where it was written: say by how much, and offer what helps."""
        self._declined = self._chat.draft
        self._say(Filling(made), self._declined, None)
        self.changed()

    def _plan(self, messages: Sequence[Message], draft: Question | None) -> ContextPlan:
        loaded = self._host.loaded
        context = loaded.context if loaded is not None else self._around.load_settings().context
        parts = self.account.parts(self._chat.conversation, messages, draft)
        room = answer_reserve(context, self._around.request().sampling.max_tokens)
        return plan_context(parts, context, room, self.policy)

    # What is shown

    def _look(self) -> None:
        self._due = None
        self._chat.run_worker(self.look, group="context", exclusive=True)

    async def look(self) -> None:
        """Count what is new, unless a reply is being written, and show how full the context is."""
        chat, conversation = self._chat, self._chat.conversation
        if chat.answering:
            # The question is on its way: `plan` counted it, and the reply tells its own tokens.
            self._show(Filling(self._sent or self._plan(conversation.messages, None), self._left_out))
            return
        self._sent = None
        draft, messages = chat.draft, chat.messages_before_draft
        await self.account.learn(conversation, messages, draft)
        written = draft.text or draft.attachments
        made = await self._checked(messages, draft) if written else self._plan(messages, draft)
        filling = Filling(made, self._left_out, is_draft=True)
        self._show(filling)
        if self._was_cut and not written:
            # What helps is what would let the last question be answered in full.
            filling = Filling(self._plan(messages, None), self._left_out)
        longer = await self._longer(filling) if self._say(filling, draft, None) else None
        if longer is not None and chat.draft == draft and not chat.answering:
            self._say(filling, draft, longer)

    def _show(self, filling: Filling) -> None:
        chat = self._chat
        chat.strip.filling = filling
        if not chat.answering:
            chat.strip.live_tokens = None
        gone = filling.plan.dropped_ids & self._left_out
        chat.transcript.show_dropped(message_ids_of_turns(chat.conversation.messages, gone))

    def _say(self, filling: Filling, draft: Question, longer: Longer | None) -> bool:
        """Say what is wrong with the context, if anything is; True when it is."""
        chat, made = self._chat, filling.plan
        words = self._words(filling, draft)
        if not words:
            chat.remedy_panel.clear()
            return False
        remedies = [
            *drop_remedies(made, self.policy),
            *remove_remedies(
                made,
                draft,
                lambda text: self.account.counts.now(text).count,
                [each for each in chat.messages_before_draft if isinstance(each, Question)],
            ),
        ]
        if longer is not None and longer.remedy is not None:
            remedies.insert(0, longer.remedy)
        if longer is not None and longer.note:
            words = f"{words} {longer.note}"
        severe = made.over_tokens > 0 or self._was_cut
        chat.remedy_panel.show(words, remedies, severe=severe)
        return True

    def _words(self, filling: Filling, draft: Question) -> str:
        made = filling.plan
        has_draft = bool(draft.text or draft.attachments)
        if made.over_tokens and has_draft:
            return too_long_words(made)
        if not has_draft:
            return _("The context was full, so the answer is cut.") if self._was_cut else ""
        if dropped := dropping_words(filling):
            return dropped
        if made.missing_tokens:
            told = _("Only {tokens} tokens are left for the answer.")
            return told.format(tokens=f"{made.free_tokens:,}")
        return ""

    @property
    def _was_cut(self) -> bool:
        """True when the newest answer was ended by the end of the context."""
        messages = self._chat.conversation.messages
        last = messages[-1] if messages else None
        return isinstance(last, Reply) and last.finish == "context_full"

    # What helps

    async def _longer(self, filling: Filling) -> Longer | None:
        model, settings = self._host.model, self._host.settings
        if model is None or settings is None:
            return None
        # What the engine made of it, which rounds up.
        settings = msgspec.structs.replace(settings, context=filling.plan.context)
        most = self._around.request().sampling.max_tokens
        tokens = filling.plan.parts.tokens
        return await longer_context(model, settings, tokens, most, self._sizer, self._around.pools())

    async def choose(self, remedy: Remedy) -> None:
        """Do what the user chose, and ask again what could not be asked."""
        chat, cut, declined = self._chat, self._was_cut, self._declined
        chat.remedy_panel.clear()
        chat.focus_prompt()
        if remedy.kind == "longer" and not await self._around.reload(remedy):
            return
        if remedy.policy is not None:
            self.set_policy(remedy.policy)
        if remedy.question is not None:
            # The draft comes back once that question is asked or left.
            chat.edit_without_attachment(remedy.question, remedy.attachment)
            self.changed()
            return
        if remedy.kind == "remove":
            kept = list(chat.prompt.attachments)
            del kept[remedy.attachment]
            asked_again = declined is not None and chat.draft == declined
            chat.prompt.attachments = tuple(kept)
            declined = chat.draft if asked_again else None
        if declined is not None and chat.draft == declined:
            chat.prompt.action_submit()
        elif cut and not chat.draft.text:
            # The same answer goes on where it was cut.
            chat.action_continue()
        self.changed()
