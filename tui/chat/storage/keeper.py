"""Keeps a conversation while it goes on: tells the store of everything that happens to it."""

import time
from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from tui.chat.conversation import Conversation
from tui.chat.manner import Manner
from tui.chat.messages import Listener, Question, Reply
from tui.chat.prompts import Prompt
from tui.chat.storage import writes as store_writes
from tui.chat.storage.prompt_rows import set_prompts
from tui.chat.storage.rows import Record
from tui.chat.storage.store import Store, new_id
from tui.engine.options import LoadSettings


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
        self._ids: dict[int, int] = {}
        """From ids in the conversation to ids in the store."""
        self._open: int | None = None
        """Id in the store of the reply that is being written."""
        self.kept_as: int | None = None
        """Id in the store of what is on the screen; None until something was asked."""
        conversation.listener = self

    def reopen(self, id: int, record: Record) -> None:
        """Go on with a kept conversation, all of its branches in place of what is in the conversation now."""
        ids = self._talk.reopen(record.messages, record.last, record.system, record.manner, record.prompts)
        self.kept_as = id
        self._ids = {here: kept for kept, here in ids.items()}

    def asked(self, question: Question, parent: int | None) -> None:
        """Keep a question, and with the first one the conversation."""
        now = self._clock()
        if self.kept_as is None:
            self.kept_as = new_id()
            title = store_writes.title_for(question)
            system, manner = self._talk.system, self._talk.manner
            self._write(store_writes.add_conversation, self.kept_as, title, system, manner, now)
        id, after = self._take_id(question.id), self._id(parent)
        self._write(store_writes.add_question, self.kept_as, id, after, question, now)

    def begun(self, reply: Reply, parent: int | None) -> None:
        """Keep that a reply is being written."""
        if self.kept_as is None:
            return
        self._open, after = self._take_id(reply.id), self._id(parent)
        writer, now, settings = self._store.writer, self._clock(), self._settings()
        self._write(
            store_writes.add_reply, self.kept_as, self._open, after, reply.model, settings, writer, now
        )

    def continued(self, reply: Reply, model: str) -> None:
        """Keep that a reply is being written again."""
        if id := self._id(reply.id):
            self._open = id
            writer, settings = self._store.writer, self._settings()
            self._write(store_writes.continue_reply, self.kept_as, id, reply, model, settings, writer)

    def written(self, reply: Reply, parent: int | None) -> None:
        """Keep a reply of the user's own words."""
        if self.kept_as is not None:
            id, after, now = self._take_id(reply.id), self._id(parent), self._clock()
            self._write(store_writes.add_written, self.kept_as, id, after, reply, now)

    def prompted(self, changed: Mapping[int, Prompt | None], reply: Reply | None = None) -> None:
        """Keep what was read, and how the open reply is asked for."""
        kept: dict[int, Prompt | None] = {}
        for here, prompt in changed.items():
            if id := self._id(here):
                base = self._id(prompt.base) if prompt else None
                kept[id] = prompt and msgspec.structs.replace(prompt, base=base)
        if kept:
            self._write(set_prompts, kept, self._id(reply and reply.id), reply)

    def arrived(self, text: str, thinking: bool) -> None:
        """Keep what has arrived; the store gathers it."""
        if self._open is not None:
            self._store.append(self._open, text, thinking)

    def closed(self, reply: Reply) -> None:
        """Keep how it ended."""
        self._open = None
        if id := self._id(reply.id):
            self._write(store_writes.finish_reply, id, reply, self._settings(), self._clock())

    def described(self, reply: Reply) -> None:
        """Keep what it took."""
        if id := self._id(reply.id):
            self._write(store_writes.set_receipt, id, reply)

    def pinned(self, question: Question) -> None:
        """Keep what stays in the context."""
        if id := self._id(question.id):
            self._write(store_writes.pin_question, id, question.pinned)

    def instructed(self, system: str) -> None:
        """Keep the system prompt."""
        if self.kept_as is not None:
            self._write(store_writes.set_system, self.kept_as, system)

    def attuned(self, manner: Manner) -> None:
        """Keep how answers are asked for."""
        if self.kept_as is not None:
            self._write(store_writes.set_manner, self.kept_as, manner)

    def walked(self, shown: int) -> None:
        """Keep which branch is shown."""
        if self.kept_as is not None:
            self._write(store_writes.show, self.kept_as, self._id(shown), self._id(self._talk.end))

    def removed(self, ids: tuple[int, ...], parent: int | None, shown: int | None) -> None:
        """Take messages out of the store, and the conversation with the last of them."""
        if self.kept_as is None:
            return
        gone = tuple(id for each in ids if (id := self._ids.pop(each, None)) is not None)
        if self._open in gone:
            self._open = None
        after, last = self._id(parent), self._id(self._talk.end)
        self._write(store_writes.remove, self.kept_as, gone, after, self._id(shown), last)
        if not self._ids:
            self.kept_as = None

    def left(self, open_reply: Reply | None) -> None:
        """The conversation is as complete as it will be; what comes next is another one."""
        if open_reply is not None:
            self.closed(msgspec.structs.replace(open_reply, finish="stopped"))
        self.kept_as = self._open = None
        self._ids = {}

    def _take_id(self, message_id: int) -> int:
        self._ids[message_id] = new_id()
        return self._ids[message_id]

    def _id(self, message_id: int | None) -> int | None:
        return None if message_id is None else self._ids.get(message_id)

    def _write(self, change: Callable[..., None], *values: object) -> None:
        self._store.write(partial(_apply, change, values))


def _apply(change: Callable[..., None], values: tuple[object, ...], db: object) -> None:
    change(db, *values)
