"""Keeps a conversation while it goes on: tells the store of everything that happens to it."""

import time
from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from tui.chat.asking import Asking
from tui.chat.conversation import Conversation
from tui.chat.messages import ConversationListener, Question, Reply
from tui.chat.reply_prompts import PromptDelta
from tui.chat.storage import writes as store_writes
from tui.chat.storage.prompt_rows import write_prompts
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore, new_id
from tui.engine.options import LoadSettings


class ConversationRecorder(ConversationListener):
    """Hears of one conversation and writes it down. Nothing here waits for the disk."""

    def __init__(
        self,
        store: ConversationStore,
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
        self.conversation_id: int | None = None
        """Id in the store of what is on the screen; None until something was asked."""
        conversation.listener = self

    def reopen(self, id: int, record: ConversationRecord) -> None:
        """Go on with a kept conversation, all of its branches in place of what is in the conversation now."""
        ids = self._talk.replace_messages(
            record.messages, record.last, record.system, record.asking, record.prompts
        )
        self.conversation_id = id
        self._ids = {here: kept for kept, here in ids.items()}

    def question_added(self, question: Question, parent: int | None) -> None:
        """Keep a question, and with the first one the conversation."""
        now = self._clock()
        if self.conversation_id is None:
            self.conversation_id = new_id()
            title = store_writes.title_for_question(question)
            system, manner = self._talk.system, self._talk.asking
            self._write(store_writes.add_conversation, self.conversation_id, title, system, manner, now)
        id, after = self._take_id(question.id), self._id(parent)
        self._write(store_writes.add_question, self.conversation_id, id, after, question, now)

    def reply_begun(self, reply: Reply, parent: int | None) -> None:
        """Keep that a reply is being written."""
        if self.conversation_id is None:
            return
        self._open, after = self._take_id(reply.id), self._id(parent)
        writer, now, settings = self._store.writer, self._clock(), self._settings()
        self._write(
            store_writes.add_reply,
            self.conversation_id,
            self._open,
            after,
            reply.model,
            settings,
            writer,
            now,
        )

    def reply_continued(self, reply: Reply, model: str) -> None:
        """Keep that a reply is being written again."""
        if id := self._id(reply.id):
            self._open = id
            writer, settings = self._store.writer, self._settings()
            self._write(store_writes.continue_reply, self.conversation_id, id, reply, model, settings, writer)

    def user_reply_added(self, reply: Reply, parent: int | None) -> None:
        """Keep a reply of the user's own words."""
        if self.conversation_id is not None:
            id, after, now = self._take_id(reply.id), self._id(parent), self._clock()
            self._write(store_writes.add_user_reply, self.conversation_id, id, after, reply, now)

    def prompts_changed(self, changed: Mapping[int, PromptDelta | None], reply: Reply | None = None) -> None:
        """Keep what was read, and how the open reply is asked for."""
        kept: dict[int, PromptDelta | None] = {}
        for here, prompt in changed.items():
            if id := self._id(here):
                base = self._id(prompt.base_reply) if prompt else None
                kept[id] = prompt and msgspec.structs.replace(prompt, base_reply=base)
        if kept:
            self._write(write_prompts, kept, self._id(reply.id if reply else None), reply)

    def text_arrived(self, text: str, thinking: bool) -> None:
        """Keep what has arrived; the store gathers it."""
        if self._open is not None:
            self._store.append(self._open, text, thinking)

    def reply_closed(self, reply: Reply) -> None:
        """Keep how it ended."""
        self._open = None
        if id := self._id(reply.id):
            self._write(store_writes.finish_reply, id, reply, self._settings(), self._clock())

    def receipt_attached(self, reply: Reply) -> None:
        """Keep what it took."""
        if id := self._id(reply.id):
            self._write(store_writes.set_receipt, id, reply)

    def question_pinned(self, question: Question) -> None:
        """Keep what stays in the context."""
        if id := self._id(question.id):
            self._write(store_writes.pin_question, id, question.pinned)

    def system_changed(self, system: str) -> None:
        """Keep the system prompt."""
        if self.conversation_id is not None:
            self._write(store_writes.set_system, self.conversation_id, system)

    def asking_changed(self, asking: Asking) -> None:
        """Keep how answers are asked for."""
        if self.conversation_id is not None:
            self._write(store_writes.set_asking, self.conversation_id, asking)

    def branch_shown(self, shown: int) -> None:
        """Keep which branch is shown."""
        if self.conversation_id is not None:
            self._write(
                store_writes.show_branch, self.conversation_id, self._id(shown), self._id(self._talk.last_id)
            )

    def messages_removed(self, ids: tuple[int, ...], parent: int | None, shown: int | None) -> None:
        """Take messages out of the store, and the conversation with the last of them."""
        if self.conversation_id is None:
            return
        gone = tuple(id for each in ids if (id := self._ids.pop(each, None)) is not None)
        if self._open in gone:
            self._open = None
        after, last = self._id(parent), self._id(self._talk.last_id)
        self._write(store_writes.remove_messages, self.conversation_id, gone, after, self._id(shown), last)
        if not self._ids:
            self.conversation_id = None

    def conversation_left(self, open_reply: Reply | None) -> None:
        """The conversation is as complete as it will be; what comes next is another one."""
        if open_reply is not None:
            self.reply_closed(msgspec.structs.replace(open_reply, finish="stopped"))
        self.conversation_id = self._open = None
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
