"""Conversation: its messages and branches, the models that answered, and the cost of each reply.

It is the only copy of a chat: the screen draws it and the engine is sent it. Text is stored exactly as it was
typed or generated; code that draws it makes it safe to draw.
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
    """Messages in a tree, of which one branch is shown; only its last message may still be written."""

    def __init__(self, system: str = "") -> None:
        self.listener = ConversationListener()
        """Listener to every change; it saves the conversation."""
        self.prompts = ReplyPrompts()
        """Exact prompt that the engine reported for each reply, by the reply's id."""
        self._system = system
        self._asking = Asking()
        self._tree = Tree()
        self._messages: dict[int, Message] = {}
        """Messages of every branch by id; the open reply as it was when it was opened."""
        self._next_id = 1
        self._open: OpenReply | None = None
        """Reply that is being written; it is the end of the shown branch."""

    @property
    def system(self) -> str:
        """System prompt; empty for none."""
        return self._system

    @system.setter
    def system(self, text: str) -> None:
        if text != self._system:
            self._system = text
            self.listener.system_changed(text)

    @property
    def asking(self) -> Asking:
        """User's choices for the answers."""
        return self._asking

    @asking.setter
    def asking(self, asking: Asking) -> None:
        if asking != self._asking:
            self._asking = asking
            self.listener.asking_changed(asking)

    @property
    def keep_thinking(self) -> bool:
        """True to send the thinking of earlier replies with the next prompt."""
        return self._asking.keep_thinking

    # Messages

    @property
    def messages(self) -> tuple[Message, ...]:
        """Messages of the shown branch; the open reply comes last, with the text that has arrived."""
        branch = [self._messages[id] for id in self._tree.shown]
        if (reply := self.open_reply) is not None:
            branch[-1] = reply
        return tuple(branch)

    @property
    def all_messages(self) -> tuple[Message, ...]:
        """Messages of all branches, oldest first."""
        reply = self.open_reply
        return tuple(reply if reply and reply.id == id else message for id, message in self._messages.items())

    @property
    def open_reply(self) -> Reply | None:
        """Reply that is being written, with the text that has arrived; None when there is none."""
        return self._open.reply if self._open else None

    @property
    def open_reply_id(self) -> int | None:
        """Id of the open reply, without joining its text; None when there is none."""
        return self._open.id if self._open else None

    @property
    def continued_text(self) -> str:
        """Text of the open reply before it was continued; empty for a new one."""
        return self._open.continued_text if self._open else ""

    @property
    def continued_thinking(self) -> str:
        """Thinking of the open reply before it was continued; empty for a new one."""
        return self._open.continued_thinking if self._open else ""

    @property
    def can_continue(self) -> bool:
        """True when the last message is a reply that a model can go on from."""
        last = self._messages.get(self._tree.end or 0)
        return self._open is None and isinstance(last, Reply) and not last.is_empty

    @property
    def last_reply(self) -> Reply | None:
        """Newest shown reply with any text, finished or not."""
        return next((m for m in reversed(self.messages) if isinstance(m, Reply) and m.text), None)

    def prompt_messages(self, without: frozenset[int] = frozenset()) -> tuple[ChatMessage, ...]:
        """Return the messages for the engine: those shown, except the open reply.

        Turns whose question's id is in `without` are left out.
        """
        closed = [self._messages[id] for id in self._tree.shown if id != self.open_reply_id]
        return prompt_messages(closed, self._system, keep_thinking=self.keep_thinking, without=without)

    # Branches

    def reply_id_for(self, message_id: int | None) -> int | None:
        """Return the id of a reply, or of the answer to a question; None when it is not shown."""
        branch = self._tree.shown
        if message_id not in branch:
            return None
        following = branch[branch.index(message_id) :]
        return next((id for id in following if isinstance(self._messages[id], Reply)), None)

    def question_for(self, message_id: int | None) -> Question | None:
        """Return a question, or the one that a reply answers; None when it is not shown."""
        branch = self._tree.shown
        if message_id not in branch:
            return None
        preceding = (self._messages[id] for id in reversed(branch[: branch.index(message_id) + 1]))
        return next((message for message in preceding if isinstance(message, Question)), None)

    def has_message(self, message_id: int) -> bool:
        """Return True when the message is on any branch."""
        return message_id in self._messages

    def parent_of(self, message_id: int) -> int | None:
        """Return the message that it follows; None for a first one."""
        return self._tree.parent(message_id)

    @property
    def last_id(self) -> int | None:
        """Id of the last shown message; None when there is none."""
        return self._tree.end

    def place_among_alternatives(self, message_id: int) -> tuple[int, int]:
        """Return the index of a message among the alternatives at its place, and their number."""
        alternatives = self._tree.children(self._tree.parent(message_id))
        return alternatives.index(message_id), len(alternatives)

    def replies_to(self, question_id: int) -> tuple[int, ...]:
        """Return the replies to a question on all branches."""
        replies: list[int] = []
        parents = [question_id]
        while parents:
            children = self._tree.children(parents.pop())
            following = [id for id in children if isinstance(self._messages[id], Reply)]
            parents += following
            replies += following
        return tuple(replies)

    def show_alternative(self, message_id: int, step: int) -> bool:
        """Show the alternative before (-1) or after (1) a message, and the branch last shown below it.

        Returns False when there is none, or while a reply is being written.
        """
        alternatives = self._tree.children(self._tree.parent(message_id))
        index = alternatives.index(message_id) + step
        if self._open is not None or not 0 <= index < len(alternatives):
            return False
        self.show_branch(alternatives[index])
        return True

    def show_branch(self, message_id: int) -> None:
        """Show the branch that goes through a message, and the one last shown below it.

        Raises:
            RuntimeError: a reply is being written.
        """
        self._require_closed()
        self._tree.show(message_id)
        self.listener.branch_shown(message_id)

    def branch_before(self, question_id: int) -> Question:
        """End the branch before a question: the next `add_user` makes an alternative to it.

        Raises:
            RuntimeError: a reply is being written.
            KeyError: there is no such question.
        """
        self._require_closed()
        question = self._messages[question_id]
        if not isinstance(question, Question):
            raise KeyError(question_id)
        self._end_before(question_id)
        return question

    def branch_before_last_reply(self) -> Reply | None:
        """End the branch before the last reply, for an alternative to it; None when a question is last."""
        last = self._messages.get(self._tree.end or 0)
        if self._open is not None or not isinstance(last, Reply):
            return None
        self._tree.end_before(last.id)
        return last

    def edit_reply(self, reply_id: int, text: str) -> Reply:
        """Add the user's version of a reply as an alternative to it; the shown branch ends with it.

        Raises:
            RuntimeError: a reply is being written.
            KeyError: there is no such reply.
        """
        self._require_closed()
        original = self._messages[reply_id]
        if not isinstance(original, Reply):
            raise KeyError(reply_id)
        self._end_before(reply_id)
        id = self._take_id()
        reply = Reply(id, text, original.model, thinking=original.thinking, parts=0, edited=True)
        self.listener.user_reply_added(reply, self._add(reply))
        return reply

    def delete_turn(self, question_id: int) -> None:
        """Delete a question and all of its replies; what followed them follows the message before.

        Raises:
            RuntimeError: a reply is being written.
            KeyError: there is no such question.
        """
        self._require_closed()
        if not isinstance(self._messages[question_id], Question):
            raise KeyError(question_id)
        self._remove((question_id, *self.replies_to(question_id)))

    def pin_question(self, question_id: int, pinned: bool) -> Question:
        """Pin a question, so that it stays in the context when older turns have to go, or unpin it.

        Raises:
            KeyError: there is no such question.
        """
        question = self._messages[question_id]
        if not isinstance(question, Question):
            raise KeyError(question_id)
        self._messages[question_id] = question = msgspec.structs.replace(question, pinned=pinned)
        self.listener.question_pinned(question)
        return question

    # Questions and replies

    def add_user(self, text: str, attachments: Sequence[Attachment] = ()) -> Question:
        """Add a question at the end of the shown branch.

        Raises:
            RuntimeError: a reply is being written.
        """
        self._require_closed()
        question = Question(self._take_id(), text, tuple(attachments))
        parent = self._add(question)
        self.listener.question_added(question, parent)
        return question

    def begin_reply(self, model: str) -> Reply:
        """Open a reply by the model with that label.

        Raises:
            RuntimeError: a reply is being written already.
        """
        self._require_closed()
        reply = Reply(self._take_id(), "", model)
        self._open = OpenReply(reply)
        parent = self._add(reply)
        self.listener.reply_begun(reply, parent)
        return reply

    def continue_reply(self, model: str = "") -> Reply:
        """Open the last reply again, so that new text is appended to it; `model` is the label of who goes on.

        Raises:
            RuntimeError: a reply is being written, or there is none to continue.
        """
        self._require_closed()
        last = self._messages.get(self._tree.end or 0)
        if not isinstance(last, Reply) or not self.can_continue:
            raise RuntimeError("no reply to continue")
        self._open = reopen_reply(last, model, self.prompts.get(last.id))
        self.listener.reply_continued(self._open.reply, model or last.model)
        return self._open.reply

    def set_prompt(self, text: str, settings: PartSettings) -> None:
        """Store the exact prompt of the open reply, and the settings that its new part is asked with.

        Raises:
            RuntimeError: no reply is being written.
        """
        reply = self._require_open()
        reply.add_part_settings(settings)
        self.listener.prompts_changed(self.prompts.put(reply.id, text), reply.reply)

    def append(self, text: str, thinking: bool = False) -> None:
        """Append a piece to the open reply, or to its thinking.

        Raises:
            RuntimeError: no reply is being written.
        """
        self._require_open().append(text, thinking)
        self.listener.text_arrived(text, thinking)

    def finish_reply(
        self, reason: FinishReason, metrics: ReplyMetrics | None = None, raw: str | None = None
    ) -> Reply:
        """Close the reply that the model, a limit or the user ended.

        Args:
            reason: how it ended.
            metrics: cost of the part since it was opened; None for unknown.
            raw: exact text that was generated since it was opened; None for unknown.

        Raises:
            RuntimeError: no reply is being written.
        """
        return self._close(self._require_open().finish(reason, metrics, None, raw))

    def abort_reply(self, why: Reason | str) -> Reply:
        """Close the reply after a failure; its text and the reason stay.

        Raises:
            RuntimeError: no reply is being written.
        """
        return self._close(self._require_open().finish(None, None, why, None))

    def attach_receipt(self, reply_id: int, receipt: Receipt) -> Reply | None:
        """Add the receipt of a reply, or of its last part; None when the reply was deleted."""
        message = self._messages.get(reply_id)
        if not isinstance(message, Reply):
            return None
        if self._open is not None and self._open.id == reply_id:
            self._open.add_receipt(receipt)
        reply = msgspec.structs.replace(message, receipt=add_receipts(message.receipt, receipt))
        self._messages[reply_id] = reply
        self.listener.receipt_attached(reply)
        return reply

    def withdraw_question(self) -> Question | None:
        """Undo the last asking as long as no text has arrived, and return the question that was removed.

        A new open reply is removed, and its question with it unless another reply follows that. A continued
        reply becomes as it was before.
        """
        if self._open is not None and self._open.has_new_text:
            return None
        if self._open is not None and (original := self._open.original):
            prompt = self._open.prompt
            changes = self.prompts.put(original.id, prompt) if prompt else self.prompts.remove((original.id,))
            self.listener.prompts_changed(changes)
            self._close(original)
            return None
        if self._open is not None:
            id = self._open.id
            self._open = None
            self._remove((id,))
        last = self._messages.get(self._tree.end or 0)
        if not isinstance(last, Question) or self._tree.children(last.id):
            return None
        self._remove((last.id,))
        return last

    def clear(self) -> None:
        """Remove all messages; the user's choices stay, except the policy for a full context."""
        self.replace_messages((), None, self._system, msgspec.structs.replace(self._asking, when_full=None))

    def replace_messages(
        self,
        messages: Sequence[StoredMessage],
        last: int | None,
        system: str,
        asking: Asking | None = None,
        prompts: Mapping[int, PromptDelta] | None = None,
    ) -> dict[int, int]:
        """Replace all messages by stored ones and show the branch that ends with `last`.

        Args:
            messages: the messages, parents first.
            last: id of the last message to show.
            system: the system prompt.
            asking: the user's choices; None for the defaults.
            prompts: prompts by ids of `messages`.

        Returns:
            New ids, never used before, by the ids of `messages`.
        """
        left_open, self._open = self.open_reply, None
        self._system, self._asking = system, asking or Asking()
        ids = {stored.id: self._take_id() for stored in messages}
        self._messages = {
            ids[stored.id]: msgspec.structs.replace(stored.message, id=ids[stored.id]) for stored in messages
        }
        self._tree = Tree(
            (ids[stored.id], None if stored.parent is None else ids[stored.parent], stored.seen)
            for stored in messages
        )
        if last in ids:
            self._tree.show(ids[last])
        self.prompts = ReplyPrompts.from_deltas(prompts or {}, ids)
        self.listener.conversation_left(left_open)
        return ids

    def _end_before(self, message_id: int) -> None:
        """End the branch before a message: the next one added is an alternative to it."""
        if message_id not in self._tree.shown:
            self.show_branch(message_id)
        self._tree.end_before(message_id)

    def _add(self, message: Message) -> int | None:
        parent = self._tree.end
        self._messages[message.id] = message
        self._tree.add(message.id, parent)
        return parent

    def _close(self, reply: Reply) -> Reply:
        self._messages[reply.id] = reply
        self._open = None
        self.listener.reply_closed(reply)
        return reply

    def _remove(self, ids: tuple[int, ...]) -> None:
        # The text of a message is in every prompt below it, and must be removed from there too.
        if changes := self.prompts.remove((*ids, *self._tree.below(ids))):
            self.listener.prompts_changed(changes)
        parent, shown_child = self._tree.remove(ids)
        for id in ids:
            del self._messages[id]
        self.listener.messages_removed(ids, parent, shown_child)

    def _require_closed(self) -> None:
        if self._open is not None:
            raise RuntimeError("a reply is still being written")

    def _require_open(self) -> OpenReply:
        if self._open is None:
            raise RuntimeError("no reply is being written")
        return self._open

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1
