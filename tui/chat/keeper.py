"""Keeps a conversation while it goes on: tells the store of everything that happens to it."""

import time
from collections.abc import Callable
from functools import partial

import msgspec

from tui.chat import store_writes
from tui.chat.conversation import Conversation, Listener, Question, Reply
from tui.chat.store import Store, new_id
from tui.chat.store_rows import Record
from tui.engine.protocol import LoadSettings


class Keeper(Listener):
    """Hears of one conversation and writes it down. Nothing here waits for the disk."""

    def __init__(
        self,
        store: Store,
        conversation: Conversation,
        settings: Callable[[], LoadSettings | None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`settings` says how the loaded model was loaded; None while none is."""
        self._store = store
        self._talk = conversation
        self._settings = settings
        self._clock = clock
        self._branch: list[int] = []
        """Ids in the store of the messages that are shown, oldest first."""
        self._replies: dict[int, int] = {}
        """From ids in the conversation to ids in the store."""
        self.kept_as: int | None = None
        """Id in the store of what is on the screen; None until something was asked."""
        conversation.listener = self

    def reopen(self, id: int, record: Record) -> None:
        """Go on with a kept conversation: the messages take the place of what is in the conversation now."""
        shown = record.shown
        self._talk.reopen([kept.message for kept in shown], record.system)
        self.kept_as = id
        self._branch = [kept.id for kept in shown]
        pairs = zip(self._talk.messages, shown, strict=True)
        self._replies = {message.id: kept.id for message, kept in pairs}

    def asked(self, question: Question) -> None:
        """Keep a question, and with the first one the conversation."""
        now = self._clock()
        if self.kept_as is None:
            self.kept_as = new_id()
            title = store_writes.title_of(question.text)
            self._write(store_writes.add_conversation, self.kept_as, title, self._talk.system, now)
        parent, id = self._end, new_id()
        self._branch.append(id)
        self._write(store_writes.add_question, self.kept_as, id, parent, question.text, now)

    def begun(self, reply: Reply) -> None:
        """Keep that a reply is being written."""
        if self.kept_as is None:
            return
        parent, id = self._end, new_id()
        self._branch.append(id)
        self._replies[reply.id] = id
        writer, now = self._store.writer, self._clock()
        self._write(
            store_writes.add_reply, self.kept_as, id, parent, reply.model, self._settings(), writer, now
        )

    def arrived(self, text: str) -> None:
        """Keep what has arrived; the store gathers it."""
        if self._branch:
            self._store.append(self._branch[-1], text)

    def closed(self, reply: Reply) -> None:
        """Keep how it ended."""
        if id := self._replies.get(reply.id):
            self._write(store_writes.finish_reply, id, reply, self._settings(), self._clock())

    def described(self, reply: Reply) -> None:
        """Keep what it took."""
        if id := self._replies.get(reply.id):
            self._write(store_writes.set_receipt, id, reply)

    def removed(self, reply: Reply) -> None:
        """The reply stays in the store, beside the one that follows."""
        self._branch.pop()

    def taken_back(self, question: Question, *, begun: bool) -> None:
        """A question that was never asked of a model is not kept."""
        if self.kept_as is None:
            return
        count = 2 if begun else 1
        taken = tuple(reversed(self._branch[-count:]))
        del self._branch[-count:]
        self._write(store_writes.take_back, self.kept_as, taken, self._end)
        if not self._branch:
            self.kept_as = None

    def left(self, open_reply: Reply | None) -> None:
        """The conversation is as complete as it will be; what comes next is another one."""
        if open_reply is not None:
            self.closed(msgspec.structs.replace(open_reply, finish="stopped"))
        self.kept_as = None
        self._branch = []
        self._replies = {}

    @property
    def _end(self) -> int | None:
        return self._branch[-1] if self._branch else None

    def _write(self, change: Callable[..., None], *values: object) -> None:
        self._store.write(partial(_apply, change, values))


def _apply(change: Callable[..., None], values: tuple[object, ...], db: object) -> None:
    change(db, *values)
