"""Recorder that saves a conversation while it goes on: each event becomes a write to the store."""

import time
from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from tui.chat.asking import Asking
from tui.chat.conversation import Conversation
from tui.chat.messages import ConversationListener, Question, Reply
from tui.chat.reply_prompts import PromptDelta
from tui.chat.storage import writes
from tui.chat.storage.prompt_rows import write_prompts
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore, new_id
from tui.engine.options import LoadSettings


class ConversationRecorder(ConversationListener):
    """Listener that saves one conversation; it never waits for the disk."""

    def __init__(
        self,
        store: ConversationStore,
        conversation: Conversation,
        load_settings: Callable[[], LoadSettings | None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Listen to the conversation from now on.

        Args:
            store: the store that it is saved in.
            conversation: the conversation.
            load_settings: returns the load settings of the loaded model; None while no model is loaded.
            clock: returns the seconds since 1970.
        """
        self._store = store
        self._conversation = conversation
        self._load_settings = load_settings
        self._clock = clock
        self._ids: dict[int, int] = {}
        """Ids in the store by ids in the conversation."""
        self._open_id: int | None = None
        """Id in the store of the reply that is being written."""
        self._answering_model = ""
        """Label of the model that writes it; empty where none is loaded."""
        self.conversation_id: int | None = None
        """Id in the store of the conversation; None until its first question."""
        conversation.listener = self

    def reopen(self, conversation_id: int, record: ConversationRecord) -> None:
        """Continue a saved conversation, whose branches replace the present messages."""
        new_ids = self._conversation.replace_messages(
            record.messages, record.last, record.system, record.asking, record.prompts
        )
        self.conversation_id = conversation_id
        self._ids = {message_id: stored_id for stored_id, message_id in new_ids.items()}

    def question_added(self, question: Question, parent: int | None) -> None:
        """Save a question; the first one creates the conversation."""
        created = self._clock()
        if self.conversation_id is None:
            self.conversation_id = new_id()
            title = writes.title_for_question(question, self._store.sentence)
            system, asking = self._conversation.system, self._conversation.asking
            self._write(writes.add_conversation, self.conversation_id, title, system, asking, created)
        id, parent_id = self._new_stored_id(question.id), self._stored_id(parent)
        values = (self.conversation_id, id, parent_id, question, created, self._store.sentence)
        self._write(writes.add_question, *values)

    def reply_begun(self, reply: Reply, parent: int | None) -> None:
        """Save that a reply is being written."""
        if self.conversation_id is None:
            return
        self._open_id, parent_id = self._new_stored_id(reply.id), self._stored_id(parent)
        self._answering_model = reply.model
        settings, writer, created = self._load_settings(), self._store.writer, self._clock()
        values = (self.conversation_id, self._open_id, parent_id, reply.model, settings, writer, created)
        self._write(writes.add_reply, *values)

    def reply_continued(self, reply: Reply, model: str) -> None:
        """Save that a reply is being written again."""
        if id := self._stored_id(reply.id):
            self._open_id, self._answering_model = id, model
            self._write(writes.continue_reply, id, reply, self._store.writer)

    def user_reply_added(self, reply: Reply, parent: int | None) -> None:
        """Save a reply that the user wrote."""
        if self.conversation_id is not None:
            id, parent_id, created = self._new_stored_id(reply.id), self._stored_id(parent), self._clock()
            values = (self.conversation_id, id, parent_id, reply, created, self._store.sentence)
            self._write(writes.add_user_reply, *values)

    def prompts_changed(self, changes: Mapping[int, PromptDelta | None], reply: Reply | None = None) -> None:
        """Save prompts, and the settings that the open reply is asked with."""
        stored: dict[int, PromptDelta | None] = {}
        for message_id, delta in changes.items():
            if id := self._stored_id(message_id):
                base = self._stored_id(delta.base_reply) if delta else None
                stored[id] = delta and msgspec.structs.replace(delta, base_reply=base)
        if stored:
            self._write(write_prompts, stored, self._stored_id(reply.id if reply else None), reply)

    def text_arrived(self, text: str, thinking: bool) -> None:
        """Save a piece of the open reply; the store collects pieces."""
        if self._open_id is not None:
            self._store.append(self._open_id, text, thinking)

    def reply_closed(self, reply: Reply) -> None:
        """Save the end of a reply."""
        self._open_id = None
        if id := self._stored_id(reply.id):
            settings, end_time, model = self._load_settings(), self._clock(), self._answering_model
            self._write(writes.finish_reply, id, reply, settings, end_time, self._store.sentence)
            # A model that was asked and wrote nothing is not the one that this conversation is with.
            answered = model and model in reply.model and (reply.text or reply.thinking)
            if answered and self.conversation_id is not None:
                self._write(writes.set_model, self.conversation_id, model, settings)

    def receipt_attached(self, reply: Reply) -> None:
        """Save the receipt of a reply."""
        if id := self._stored_id(reply.id):
            self._write(writes.set_receipt, id, reply, self._store.sentence)

    def question_pinned(self, question: Question) -> None:
        """Save that a question is pinned or unpinned."""
        if id := self._stored_id(question.id):
            self._write(writes.pin_question, id, question.pinned)

    def system_changed(self, system: str) -> None:
        """Save the system prompt."""
        if self.conversation_id is not None:
            self._write(writes.set_system, self.conversation_id, system)

    def asking_changed(self, asking: Asking) -> None:
        """Save the user's choices for the answers."""
        if self.conversation_id is not None:
            self._write(writes.set_asking, self.conversation_id, asking)

    def branch_shown(self, message_id: int) -> None:
        """Save which branch is shown."""
        if self.conversation_id is not None:
            message, last = self._stored_id(message_id), self._stored_id(self._conversation.last_id)
            self._write(writes.show_branch, self.conversation_id, message, last)

    def messages_removed(self, ids: tuple[int, ...], parent: int | None, shown_child: int | None) -> None:
        """Delete messages from the store; without any message left, the conversation is deleted too."""
        if self.conversation_id is None:
            return
        deleted = tuple(id for message_id in ids if (id := self._ids.pop(message_id, None)) is not None)
        if self._open_id in deleted:
            self._open_id = None
        parent_id, last = self._stored_id(parent), self._stored_id(self._conversation.last_id)
        values = (self.conversation_id, deleted, parent_id, self._stored_id(shown_child), last)
        self._write(writes.remove_messages, *values)
        if not self._ids:
            self.conversation_id = None

    def conversation_left(self, open_reply: Reply | None) -> None:
        """Close the conversation; later messages belong to another one."""
        if open_reply is not None:
            self.reply_closed(msgspec.structs.replace(open_reply, finish="stopped"))
        self.conversation_id = self._open_id = None
        self._ids = {}

    def _new_stored_id(self, message_id: int) -> int:
        self._ids[message_id] = new_id()
        return self._ids[message_id]

    def _stored_id(self, message_id: int | None) -> int | None:
        return None if message_id is None else self._ids.get(message_id)

    def _write(self, change: Callable[..., None], *values: object) -> None:
        self._store.write(partial(_apply, change, values))


def _apply(change: Callable[..., None], values: tuple[object, ...], db: object) -> None:
    change(db, *values)
