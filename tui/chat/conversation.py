"""A conversation: what was asked, what was answered, by which model, at what cost, and its branches.

The one truth about a chat. The screen draws it and the engine is sent it; neither keeps a copy of its own.
Text is kept exactly as it was typed or generated; whoever draws it makes it safe to draw.
"""

from collections.abc import Mapping, Sequence

import msgspec

from tui.chat.asking import Asking, PartSettings
from tui.chat.messages import (
    Attachment,
    ConversationListener,
    FinishReason,
    Message,
    Question,
    Reply,
    StoredMessage,
)
from tui.chat.open_reply import OpenReply, reopen_reply
from tui.chat.prompt_messages import prompt_messages
from tui.chat.receipt import Receipt
from tui.chat.reply_prompts import PromptDelta, ReplyPrompts
from tui.chat.reply_totals import add_receipts
from tui.chat.tree import Tree
from tui.engine.options import ChatMessage
from tui.engine.reply_metrics import ReplyMetrics
from tui.sentences import Reason

__all__ = [
    "Attachment",
    "Conversation",
    "ConversationListener",
    "FinishReason",
    "Message",
    "Question",
    "Reply",
]


class Conversation:
    """Messages in a tree, of which one branch is shown; at most its last one is still being written."""

    def __init__(self, system: str = "") -> None:
        self.listener = ConversationListener()
        """Whoever keeps the conversation."""
        self._tree = Tree()
        self._all: dict[int, Message] = {}
        """Every message of every branch; the open reply as it was when it was opened."""
        self._next_id = 1
        self._open: OpenReply | None = None
        """The reply being written; it is the end of what is shown."""
        self._system = system
        self._manner = Asking()
        self.prompts = ReplyPrompts()
        """The exact prompt that the engine reported for each reply, by the reply's id."""

    @property
    def system(self) -> str:
        """The system prompt; empty for none."""
        return self._system

    @system.setter
    def system(self, text: str) -> None:
        if text != self._system:
            self._system = text
            self.listener.system_changed(text)

    @property
    def asking(self) -> Asking:
        """How its answers are asked for."""
        return self._manner

    @asking.setter
    def asking(self, manner: Asking) -> None:
        if manner != self._manner:
            self._manner = manner
            self.listener.asking_changed(manner)

    @property
    def keep_thinking(self) -> bool:
        """Send along what was thought in earlier replies."""
        return self._manner.keep_thinking

    # What is in it

    @property
    def messages(self) -> tuple[Message, ...]:
        """The branch that is shown, the reply being written last, with what has arrived of it."""
        shown = [self._all[id] for id in self._tree.shown]
        if (reply := self.open_reply) is not None:
            shown[-1] = reply
        return tuple(shown)

    @property
    def all_messages(self) -> tuple[Message, ...]:
        """All branches, oldest first."""
        reply = self.open_reply
        return tuple(reply if reply and reply.id == id else each for id, each in self._all.items())

    @property
    def open_reply(self) -> Reply | None:
        """The reply being written, as far as it has come; None when there is none."""
        return self._open.reply if self._open else None

    @property
    def open_reply_id(self) -> int | None:
        """Id of the reply being written, without joining its text; None when there is none."""
        return self._open.id if self._open else None

    @property
    def continued_text(self) -> str:
        """What the open reply said before it was continued; empty for a new one."""
        return self._open.continued_text if self._open else ""

    @property
    def continued_thinking(self) -> str:
        """What was thought for the open reply before it was continued; empty for a new one."""
        return self._open.continued_thinking if self._open else ""

    @property
    def can_continue(self) -> bool:
        """True when the last message is a reply that a model can go on from."""
        last = self._all.get(self._tree.end or 0)
        return self._open is None and isinstance(last, Reply) and not last.is_empty

    @property
    def last_reply(self) -> Reply | None:
        """The newest reply shown with something in it, finished or not."""
        replies = (m for m in reversed(self.messages) if isinstance(m, Reply) and m.text)
        return next(replies, None)

    def prompt_messages(self, without: frozenset[int] = frozenset()) -> tuple[ChatMessage, ...]:
        """The messages for the engine: all that are shown, but the reply being written.

        Turns whose question's id is in `without` are left out.
        """
        closed = [self._all[id] for id in self._tree.shown if id != self.open_reply_id]
        return prompt_messages(closed, self._system, keep_thinking=self.keep_thinking, without=without)

    # Branches

    def reply_id_for(self, message_id: int | None) -> int | None:
        """The id itself where it is a reply's, the id of the answer where it is a question's; else None."""
        shown = self._tree.shown
        if message_id not in shown:
            return None
        following = shown[shown.index(message_id) :]
        return next((id for id in following if isinstance(self._all[id], Reply)), None)

    def question_for(self, message_id: int | None) -> Question | None:
        """The question itself, or the one that a reply answers; None for what is not shown."""
        shown = self._tree.shown
        if message_id not in shown:
            return None
        before = (self._all[id] for id in reversed(shown[: shown.index(message_id) + 1]))
        return next((each for each in before if isinstance(each, Question)), None)

    def has_message(self, message_id: int) -> bool:
        """True when the message is on any branch."""
        return message_id in self._all

    def parent_of(self, message_id: int) -> int | None:
        """The message that it follows; None for a first one."""
        return self._tree.parent(message_id)

    @property
    def last_id(self) -> int | None:
        """Id of the last message that is shown; None when none is."""
        return self._tree.end

    def place_among_alternatives(self, message_id: int) -> tuple[int, int]:
        """Which one of how many a message is at its place, from 0."""
        beside = self._tree.children(self._tree.parent(message_id))
        return beside.index(message_id), len(beside)

    def replies_to(self, question_id: int) -> tuple[int, ...]:
        """The replies to a question on all branches."""
        found: list[int] = []
        waiting = [question_id]
        while waiting:
            children = self._tree.children(waiting.pop())
            waiting += [id for id in children if isinstance(self._all[id], Reply)]
            found += [id for id in children if isinstance(self._all[id], Reply)]
        return tuple(found)

    def show_alternative(self, message_id: int, step: int) -> bool:
        """Show the alternative before (-1) or after (1) a message, and below it what was shown last.

        False when there is none, or while a reply is being written.
        """
        beside = self._tree.children(self._tree.parent(message_id))
        at = beside.index(message_id) + step
        if self._open is not None or not 0 <= at < len(beside):
            return False
        self.show_branch(beside[at])
        return True

    def show_branch(self, message_id: int) -> None:
        """Show the branch that goes through a message, and below it what was shown last.

        Raises:
            RuntimeError: a reply is being written.
        """
        self._must_be_closed()
        self._tree.show(message_id)
        self.listener.branch_shown(message_id)

    def branch_before(self, question_id: int) -> Question:
        """End the branch before a question: the next `add_user` makes an alternative to it.

        Raises:
            RuntimeError: a reply is being written.
            KeyError: it is no question here.
        """
        self._must_be_closed()
        question = self._all[question_id]
        if not isinstance(question, Question):
            raise KeyError(question_id)
        self._end_before(question_id)
        return question

    def edit_reply(self, reply_id: int, text: str) -> Reply:
        """Add a text of the user's beside a reply, as another version of it; the shown branch ends with it.

        Raises:
            RuntimeError: a reply is being written.
            KeyError: it is no reply here.
        """
        self._must_be_closed()
        before = self._all[reply_id]
        if not isinstance(before, Reply):
            raise KeyError(reply_id)
        self._end_before(reply_id)
        id, model, thinking = self._take_id(), before.model, before.thinking
        reply = Reply(id, text, model, thinking=thinking, parts=0, edited=True)
        self.listener.user_reply_added(reply, self._add(reply))
        return reply

    def branch_before_last_reply(self) -> Reply | None:
        """End the branch before the last reply, for another beside it; None when a question is last."""
        last = self._all.get(self._tree.end or 0)
        if self._open is not None or not isinstance(last, Reply):
            return None
        self._tree.end_before(last.id)
        return last

    def delete_turn(self, question_id: int) -> None:
        """Take a question and all of its replies away; what followed is kept and follows what came before.

        Raises:
            RuntimeError: a reply is being written.
            KeyError: it is no question here.
        """
        self._must_be_closed()
        if not isinstance(self._all[question_id], Question):
            raise KeyError(question_id)
        self._remove((question_id, *self.replies_to(question_id)))

    def pin_question(self, question_id: int, pinned: bool) -> Question:
        """Let a question stay in the context when older turns have to go, or no more.

        Raises:
            KeyError: it is no question here.
        """
        question = self._all[question_id]
        if not isinstance(question, Question):
            raise KeyError(question_id)
        self._all[question_id] = question = msgspec.structs.replace(question, pinned=pinned)
        self.listener.question_pinned(question)
        return question

    # What is said

    def add_user(self, text: str, attachments: Sequence[Attachment] = ()) -> Question:
        """Add what the user wrote at the end of what is shown.

        Raises:
            RuntimeError: a reply is being written.
        """
        self._must_be_closed()
        question = Question(self._take_id(), text, tuple(attachments))
        parent = self._add(question)
        self.listener.question_added(question, parent)
        return question

    def begin_reply(self, model: str) -> Reply:
        """Open a reply by the model of that label.

        Raises:
            RuntimeError: a reply is being written already.
        """
        self._must_be_closed()
        reply = Reply(self._take_id(), "", model)
        self._open = OpenReply(reply)
        parent = self._add(reply)
        self.listener.reply_begun(reply, parent)
        return reply

    def continue_reply(self, model: str = "") -> Reply:
        """Open the last reply again: what arrives from now on is added to it. `model` is who goes on.

        Raises:
            RuntimeError: a reply is being written, or nothing is there to go on from.
        """
        self._must_be_closed()
        last = self._all.get(self._tree.end or 0)
        if not isinstance(last, Reply) or not self.can_continue:
            raise RuntimeError("no reply to go on from")
        self._open = reopen_reply(last, model, self.prompts.get(last.id))
        self.listener.reply_continued(self._open.reply, model or last.model)
        return self._open.reply

    def set_prompt(self, text: str, way: PartSettings) -> None:
        """The open reply's prompt is known, exactly, and how the reply is asked for.

        Raises:
            RuntimeError: no reply is being written.
        """
        writing = self._must_be_open()
        writing.add_part_settings(way)
        self.listener.prompts_changed(self.prompts.put(writing.id, text), writing.reply)

    def append(self, text: str, thinking: bool = False) -> None:
        """Add a piece to the reply being written, or to its thinking.

        Raises:
            RuntimeError: no reply is being written.
        """
        self._must_be_open().append(text, thinking)
        self.listener.text_arrived(text, thinking)

    def finish_reply(
        self, reason: FinishReason, metrics: ReplyMetrics | None = None, raw: str | None = None
    ) -> Reply:
        """Close the reply: the model ended it, a limit did, or the user stopped it.

        `raw` is what was generated since it was opened, exactly, where that is known.

        Raises:
            RuntimeError: no reply is being written.
        """
        return self._close(reason, metrics, None, raw)

    def abort_reply(self, why: Reason | str) -> Reply:
        """Close the reply because something broke, keeping what had arrived and the reason.

        Raises:
            RuntimeError: no reply is being written.
        """
        return self._close(None, None, why, None)

    def attach_receipt(self, reply_id: int, receipt: Receipt) -> Reply | None:
        """Keep with a reply what it took, or what its last part did; None when it is not here any more."""
        message = self._all.get(reply_id)
        if not isinstance(message, Reply):
            return None
        if self._open is not None and self._open.id == reply_id:
            self._open.add_receipt(receipt)
        reply = msgspec.structs.replace(message, receipt=add_receipts(message.receipt, receipt))
        self._all[reply_id] = reply
        self.listener.receipt_attached(reply)
        return reply

    def withdraw_question(self) -> Question | None:
        """What was asked last cannot be: take it away, as long as nothing has arrived.

        A reply that was begun goes, and the question with it if nothing else follows that: it is returned.
        One that was continued is as it was before.
        """
        if self._open is not None and self._open.has_new_text:
            return None
        if self._open is not None and (before := self._open.before):
            read = self._open.prompt
            changed = self.prompts.put(before.id, read) if read else self.prompts.remove((before.id,))
            self.listener.prompts_changed(changed)
            self._put_back(before)
            return None
        if self._open is not None:
            id = self._open.id
            self._open = None
            self._remove((id,))
        last = self._all.get(self._tree.end or 0)
        if not isinstance(last, Question) or self._tree.children(last.id):
            return None
        self._remove((last.id,))
        return last

    def clear(self) -> None:
        """Start again with no messages, to be asked like this one; the policy is that of the settings."""
        self.replace_messages((), None, self._system, msgspec.structs.replace(self._manner, when_full=None))

    def replace_messages(
        self,
        messages: Sequence[StoredMessage],
        last: int | None,
        system: str,
        manner: Asking | None = None,
        prompts: Mapping[int, PromptDelta] | None = None,
    ) -> dict[int, int]:
        """Go on with these messages, parents first, in place of what is here; what is shown goes to `last`.

        They get ids that were never used. Returns those by the ones they had, as the keys of `prompts` are.
        """
        left, self._open = self.open_reply, None
        self._system, self._manner = system, manner or Asking()
        ids = {kept.id: self._take_id() for kept in messages}
        self._all = {
            ids[kept.id]: msgspec.structs.replace(kept.message, id=ids[kept.id]) for kept in messages
        }
        self._tree = Tree(
            (ids[kept.id], None if kept.parent is None else ids[kept.parent], kept.seen) for kept in messages
        )
        if last in ids:
            self._tree.show(ids[last])
        self.prompts = ReplyPrompts.from_deltas(prompts or {}, ids)
        self.listener.conversation_left(left)
        return ids

    # How it is done

    def _end_before(self, message_id: int) -> None:
        """End the branch before a message: what is added next is an alternative to it."""
        if message_id not in self._tree.shown:
            self.show_branch(message_id)
        self._tree.end_before(message_id)

    def _add(self, message: Message) -> int | None:
        parent = self._tree.end
        self._all[message.id] = message
        self._tree.add(message.id, parent)
        return parent

    def _close(
        self,
        reason: FinishReason | None,
        metrics: ReplyMetrics | None,
        why: Reason | str | None,
        raw: str | None,
    ) -> Reply:
        return self._put_back(self._must_be_open().finish(reason, metrics, why, raw))

    def _put_back(self, reply: Reply) -> Reply:
        self._all[reply.id] = reply
        self._open = None
        self.listener.reply_closed(reply)
        return reply

    def _remove(self, ids: tuple[int, ...]) -> None:
        # What was said in a message stands in every prompt below it: gone is gone.
        if changed := self.prompts.remove((*ids, *self._tree.below(ids))):
            self.listener.prompts_changed(changed)
        parent, shown = self._tree.remove(ids)
        for id in ids:
            del self._all[id]
        self.listener.messages_removed(ids, parent, shown)

    def _must_be_closed(self) -> None:
        if self._open is not None:
            raise RuntimeError("a reply is still being written")

    def _must_be_open(self) -> OpenReply:
        if self._open is None:
            raise RuntimeError("no reply is being written")
        return self._open

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1
