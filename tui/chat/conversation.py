"""A conversation: what was asked, what was answered, by which model, at what cost, and its branches.

The one truth about a chat. The screen draws it and the engine is sent it; neither keeps a copy of its own.
Text is kept exactly as it was typed or generated; whoever draws it makes it safe to draw.
"""

from collections.abc import Sequence

import msgspec

from tui.chat.adding import add_metrics, add_models, add_receipts
from tui.chat.as_sent import chat_of
from tui.chat.branches import Branches
from tui.chat.messages import (
    Attachment,
    FinishReason,
    Kept,
    Listener,
    Message,
    Question,
    Reply,
)
from tui.chat.receipt import Receipt
from tui.chat.tree import Tree
from tui.engine.options import ChatMessage
from tui.engine.protocol import Metrics

__all__ = ["Attachment", "Conversation", "FinishReason", "Listener", "Message", "Question", "Reply"]


class Conversation(Branches):
    """Messages in a tree, of which one branch is shown; at most its last one is still being written."""

    def __init__(self, system: str = "") -> None:
        super().__init__()
        self._system = system
        self.keep_thinking = False
        """Send along what was thought in earlier replies."""
        self.prompts: dict[int, str] = {}
        """From a reply's id to the exact prompt that the engine reported for it; of this session only."""
        self.raws: dict[int, str] = {}
        """From a reply's id to what was generated for it, exactly; of this session only."""
        self._before: Reply | None = None
        """The open reply as it was before it was continued; None for a new one."""
        self._raw_before = ""
        """What had been generated for it then; empty where that is not known."""
        # Pieces are joined when somebody looks: joining at each one costs time that grows with the square.
        self._pieces: list[str] = []
        self._thoughts: list[str] = []

    @property
    def system(self) -> str:
        """The system prompt; empty for none."""
        return self._system

    @system.setter
    def system(self, text: str) -> None:
        if text != self._system:
            self._system = text
            self.listener.instructed(text)

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
        if self._open is None:
            return None
        return msgspec.structs.replace(
            self._open, text="".join(self._pieces), thinking="".join(self._thoughts)
        )

    @property
    def open_reply_id(self) -> int | None:
        """Id of the reply being written, without joining its text; None when there is none."""
        return self._open.id if self._open else None

    @property
    def begun(self) -> str:
        """What the open reply said before it was continued; empty for a new one."""
        return "" if self._before is None else self._before.text

    @property
    def begun_thinking(self) -> str:
        """What was thought for the open reply before it was continued; empty for a new one."""
        return "" if self._before is None else self._before.thinking

    @property
    def begun_raw(self) -> str:
        """What was generated for the open reply before it was continued, its text where that is not known."""
        return self._raw_before or self.begun

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
        self._open = Reply(self._take_id(), "", model)
        self._pieces, self._thoughts = [], []
        parent = self._add(self._open)
        self.listener.begun(self._open, parent)
        return self._open

    def continue_reply(self, model: str = "") -> Reply:
        """Open the last reply again: what arrives from now on is added to it. `model` is who goes on.

        Raises:
            RuntimeError: a reply is being written, or nothing is there to go on from.
        """
        self._must_be_closed()
        last = self._all.get(self._tree.end or 0)
        if not isinstance(last, Reply) or not self.can_continue:
            raise RuntimeError("no reply to go on from")
        # What is generated from now on is told at its end; of a part that is cut short it never is.
        self._before, self._raw_before = last, self.raws.pop(last.id, "")
        self._open = msgspec.structs.replace(
            last,
            model=add_models(last.model, model),
            finish=None,
            metrics=None,
            interrupted=None,
            parts=last.parts + 1,
        )
        self._pieces, self._thoughts = [last.text], [last.thinking]
        self.listener.continued(self._open, model or last.model)
        return self._open

    def append(self, text: str, thinking: bool = False) -> None:
        """Add a piece to the reply being written, or to its thinking.

        Raises:
            RuntimeError: no reply is being written.
        """
        if self._open is None:
            raise RuntimeError("no reply is being written")
        (self._thoughts if thinking else self._pieces).append(text)
        self.listener.arrived(text, thinking)

    def finish_reply(self, reason: FinishReason, metrics: Metrics | None = None) -> Reply:
        """Close the reply: the model ended it, a limit did, or the user stopped it.

        Raises:
            RuntimeError: no reply is being written.
        """
        return self._close(reason, metrics, None)

    def abort_reply(self, why: str) -> Reply:
        """Close the reply because something broke, keeping what had arrived and the reason.

        Raises:
            RuntimeError: no reply is being written.
        """
        return self._close(None, None, why)

    def attach_receipt(self, reply_id: int, receipt: Receipt) -> Reply | None:
        """Keep with a reply what it took, or what its last part did; None when it is not here any more."""
        message = self._all.get(reply_id)
        if not isinstance(message, Reply):
            return None
        if self._open is not None and self._open.id == reply_id:
            # Of the part before: the reply was continued at once.
            self._open = msgspec.structs.replace(
                self._open, receipt=add_receipts(self._open.receipt, receipt)
            )
        reply = msgspec.structs.replace(message, receipt=add_receipts(message.receipt, receipt))
        self._all[reply_id] = reply
        self.listener.described(reply)
        return reply

    def take_back(self) -> Question | None:
        """What was asked last cannot be: take it away, as long as nothing has arrived.

        A reply that was begun goes, and the question with it if nothing else follows that: it is returned.
        One that was continued is as it was before.
        """
        if self._open is not None and self._before is not None:
            if "".join(self._pieces) == self._before.text and not self._has_new_thoughts():
                self._reset()
            return None
        if self._open is not None:
            if self._pieces or self._thoughts:
                return None
            id = self._open.id
            self._open = None
            self._remove((id,))
        last = self._all.get(self._tree.end or 0)
        if not isinstance(last, Question) or self._tree.children(last.id):
            return None
        self._remove((last.id,))
        return last

    def clear(self) -> None:
        """Start again with no messages; the system prompt stays."""
        self.reopen((), None, self._system)

    def reopen(self, messages: Sequence[Kept], last: int | None, system: str) -> dict[int, int]:
        """Go on with these messages, parents first, in place of what is here; what is shown goes to `last`.

        They get ids that were never used. Returns those by the ones they had.
        """
        left = self.open_reply
        self._system = system
        self._open = self._before = None
        self._pieces, self._thoughts = [], []
        ids = {kept.id: self._take_id() for kept in messages}
        self._all = {
            ids[kept.id]: msgspec.structs.replace(kept.message, id=ids[kept.id]) for kept in messages
        }
        self._tree = Tree(
            (ids[kept.id], None if kept.parent is None else ids[kept.parent], kept.seen) for kept in messages
        )
        if last in ids:
            self._tree.show(ids[last])
        self.prompts.clear()
        self.raws.clear()
        self.listener.left(left)
        return ids

    # How it is done

    def _close(self, reason: FinishReason | None, metrics: Metrics | None, why: str | None) -> Reply:
        reply = self.open_reply
        if reply is None:
            raise RuntimeError("no reply is being written")
        if self._before is not None:
            metrics = add_metrics(self._before.metrics, metrics)
        reply = msgspec.structs.replace(reply, finish=reason, metrics=metrics, interrupted=why)
        self._put_back(reply)
        return reply

    def _put_back(self, reply: Reply) -> None:
        self._all[reply.id] = reply
        self._open = self._before = None
        self._pieces, self._thoughts = [], []
        self.listener.closed(reply)

    def _reset(self) -> None:
        """Close a reply that was continued in vain; a receipt may have come meanwhile."""
        if self._before is not None:
            if self._raw_before:
                self.raws[self._before.id] = self._raw_before
            self._put_back(msgspec.structs.replace(self._before, receipt=self._open and self._open.receipt))

    def _has_new_thoughts(self) -> bool:
        return self._before is not None and "".join(self._thoughts) != self._before.thinking
