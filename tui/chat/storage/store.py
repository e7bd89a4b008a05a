"""Conversations that are kept: written as they happen, listed, searched, opened again."""

import logging
import secrets
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from tui.chat.storage import conversation_writes as store_whole
from tui.chat.storage import reads as store_reads
from tui.chat.storage.rows import Record, Summary
from tui.chat.storage.schema import transaction
from tui.chat.storage.search_index import index_new
from tui.chat.storage.thread import StoreThread
from tui.settings.app_folders import data_folder

log = logging.getLogger(__name__)


def new_id() -> int:
    """An id for a conversation or a message that no llmtui, here or elsewhere, has given out."""
    return secrets.randbits(63)


def store_file() -> Path:
    """Where conversations are kept."""
    return data_folder() / "conversations.sqlite"


class Store(StoreThread):
    """The file of conversations. What is done to it as a chat goes on is in `store_writes`."""

    def listing(self, query: str = "") -> Future[list[Summary]]:
        """The conversations in which every word of the query occurs. Fails with a `StoreError`."""
        return self.ask(partial(_listing, query))

    def record(self, conversation: int) -> Future[Record]:
        """All of a conversation. Fails with a `StoreError`."""
        return self.ask(lambda db, _has_index: store_reads.record(db, conversation))

    def rename(self, conversation: int, title: str) -> Future[None]:
        """Give it another title. Fails with a `StoreError`, as do the others below."""
        return self.change(lambda db, _has_index: store_whole.rename(db, conversation, title))

    def pin(self, conversation: int, pinned: bool) -> Future[None]:
        """Let it stand above the others, or no more."""
        return self.change(lambda db, _has_index: store_whole.pin(db, conversation, pinned))

    def delete(self, conversation: int) -> Future[None]:
        """Take it out of the file, with all that was said in it."""
        # Else what was said stays in the log of writes for a while.
        return self.change(lambda db, has_index: store_whole.delete(db, conversation, has_index), sweep=True)

    def add(self, record: Record) -> Future[int]:
        """Keep a conversation that comes from elsewhere; the answer is its id here."""
        conversation = new_id()
        ids = {kept.id: new_id() for kept in record.messages}

        def work(db: sqlite3.Connection, _has_index: bool) -> int:
            store_whole.add_record(db, record, ids, conversation)
            return conversation

        return self.change(work)


def open_store(on_state: Callable[[str | None], None]) -> Store:
    """The conversations of this user; `on_state` as for `Store`."""
    return Store(store_file(), on_state)


def _listing(query: str, db: sqlite3.Connection, has_index: bool) -> list[Summary]:
    if query and has_index:
        try:
            with transaction(db):
                index_new(db)
        except sqlite3.OperationalError as error:
            # A file that cannot be written to can still be read from end to end.
            log.warning("conversations: the index is left out: %s", error)
            has_index = False
    return store_reads.listing(db, query, has_index)
