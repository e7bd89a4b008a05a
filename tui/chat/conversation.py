"""A conversation: what was asked, what was answered, by which model, at what cost, and its branches.

The one truth about a chat. The screen draws it and the engine is sent it; neither keeps a copy of its own.
Text is kept exactly as it was typed or generated; whoever draws it makes it safe to draw.
"""

from collections.abc import Mapping, Sequence

import msgspec

from tui.chat.branches import Branches
from tui.chat.manner import Manner
from tui.chat.messages import (
    Attachment,
    FinishReason,
    Kept,
    Listener,
    Message,
    Question,
    Reply,
)
from tui.chat.open_reply import Writing, going_on
from tui.chat.prompt_messages import chat_of
from tui.chat.prompts import Prompt, Prompts
from tui.chat.receipt import Receipt
from tui.chat.reply_totals import add_receipts
from tui.chat.tree import Tree
from tui.chat.way import Way
from tui.engine.options import ChatMessage
from tui.engine.reply_metrics import Metrics

__all__ = ["Attachment", "Conversation", "FinishReason", "Listener", "Message", "Question", "Reply"]


class Conversation(Branches):
    """Messages in a tree, of which one branch is shown; at most its last one is still being written."""

    def __init__(self, system: str = "") -> None:
        super().__init__()
        self._system = system
        self._manner = Manner()
        self.prompts = Prompts()
        """The exact prompt that the engine reported for each reply, by the reply's id."""

    @property
    def system(self) -> str:
        """The system prompt; empty for none."""
        return self._system

    @system.setter
    def system(self, text: str) -> None:
        if text != self._system:
            self._system = text
            self.listener.instructed(text)

    @property
    def manner(self) -> Manner:
        """How its answers are asked for."""
        return self._manner

    @manner.setter
    def manner(self, manner: Manner) -> None:
        if manner != self._manner:
            self._manner = manner
            self.listener.attuned(manner)

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
    def every_message(self) -> tuple[Message, ...]:
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
    def begun(self) -> str:
        """What the open reply said before it was continued; empty for a new one."""
        return self._open.begun if self._open else ""

    @property
    def begun_thinking(self) -> str:
        """What was thought for the open reply before it was continued; empty for a new one."""
        return self._open.begun_thinking if self._open else ""

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

    def as_chat(self, without: frozenset[int] = frozenset()) -> tuple[ChatMessage, ...]:
        """The messages for the engine: all that are shown, but the reply being written.

        Turns whose question's id is in `without` are left out.
        """
        closed = [self._all[id] for id in self._tree.shown if id != self.open_reply_id]
        return chat_of(closed, self._system, keep_thinking=self.keep_thinking, without=without)

    # What is said

    def add_user(self, text: str, attachments: Sequence[Attachment] = ()) -> Question:
        """Add what the user wrote at the end of what is shown.

        Raises:
            RuntimeError: a reply is being written.
        """
        self._must_be_closed()
        question = Question(self._take_id(), text, tuple(attachments))
        parent = self._add(question)
        self.listener.asked(question, parent)
        return question

    def begin_reply(self, model: str) -> Reply:
        """Open a reply by the model of that label.

        Raises:
            RuntimeError: a reply is being written already.
        """
        self._must_be_closed()
        reply = Reply(self._take_id(), "", model)
        self._open = Writing(reply)
        parent = self._add(reply)
        self.listener.begun(reply, parent)
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
        self._open = going_on(last, model, self.prompts.get(last.id))
        self.listener.continued(self._open.reply, model or last.model)
        return self._open.reply

    def prompted(self, text: str, way: Way) -> None:
        """The open reply's prompt is known, exactly, and how the reply is asked for.

        Raises:
            RuntimeError: no reply is being written.
        """
        writing = self._must_be_open()
        writing.ask(way)
        self.listener.prompted(self.prompts.put(writing.id, text), writing.reply)

    def append(self, text: str, thinking: bool = False) -> None:
        """Add a piece to the reply being written, or to its thinking.

        Raises:
            RuntimeError: no reply is being written.
        """
        self._must_be_open().append(text, thinking)
        self.listener.arrived(text, thinking)

    def finish_reply(
        self, reason: FinishReason, metrics: Metrics | None = None, raw: str | None = None
    ) -> Reply:
        """Close the reply: the model ended it, a limit did, or the user stopped it.

        `raw` is what was generated since it was opened, exactly, where that is known.

        Raises:
            RuntimeError: no reply is being written.
        """
        return self._close(reason, metrics, None, raw)

    def abort_reply(self, why: str) -> Reply:
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
            self._open.describe(receipt)
        reply = msgspec.structs.replace(message, receipt=add_receipts(message.receipt, receipt))
        self._all[reply_id] = reply
        self.listener.described(reply)
        return reply

    def take_back(self) -> Question | None:
        """What was asked last cannot be: take it away, as long as nothing has arrived.

        A reply that was begun goes, and the question with it if nothing else follows that: it is returned.
        One that was continued is as it was before.
        """
        if self._open is not None and self._open.has_news:
            return None
        if self._open is not None and (before := self._open.before):
            read = self._open.prompt
            changed = self.prompts.put(before.id, read) if read else self.prompts.forget((before.id,))
            self.listener.prompted(changed)
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
        self.reopen((), None, self._system, msgspec.structs.replace(self._manner, when_full=None))

    def reopen(
        self,
        messages: Sequence[Kept],
        last: int | None,
        system: str,
        manner: Manner | None = None,
        prompts: Mapping[int, Prompt] | None = None,
    ) -> dict[int, int]:
        """Go on with these messages, parents first, in place of what is here; what is shown goes to `last`.

        They get ids that were never used. Returns those by the ones they had, as the keys of `prompts` are.
        """
        left, self._open = self.open_reply, None
        self._system, self._manner = system, manner or Manner()
        ids = {kept.id: self._take_id() for kept in messages}
        self._all = {
            ids[kept.id]: msgspec.structs.replace(kept.message, id=ids[kept.id]) for kept in messages
        }
        self._tree = Tree(
            (ids[kept.id], None if kept.parent is None else ids[kept.parent], kept.seen) for kept in messages
        )
        if last in ids:
            self._tree.show(ids[last])
        self.prompts = Prompts.of(prompts or {}, ids)
        self.listener.left(left)
        return ids

    # How it is done

    def _close(
        self, reason: FinishReason | None, metrics: Metrics | None, why: str | None, raw: str | None
    ) -> Reply:
        return self._put_back(self._must_be_open().closed(reason, metrics, why, raw))

    def _put_back(self, reply: Reply) -> Reply:
        self._all[reply.id] = reply
        self._open = None
        self.listener.closed(reply)
        return reply

    def _remove(self, ids: tuple[int, ...]) -> None:
        # What was said in a message stands in every prompt below it: gone is gone.
        if changed := self.prompts.forget((*ids, *self._tree.below(ids))):
            self.listener.prompted(changed)
        super()._remove(ids)
