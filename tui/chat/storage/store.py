"""Conversation storage on SQLite, with a list and a search.

A thread with a queue writes and reads the file. After any failure the chat goes on: a change that could not
be written waits for another try, and `on_state` is called once with the reason.
"""

import logging
import secrets
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import msgspec

from tui.chat.storage import conversation_writes, reads, writes
from tui.chat.storage.rows import ConversationRecord, ConversationSummary
from tui.chat.storage.saved_reasons import Sentence
from tui.chat.storage.schema import StoreError, open_database, store_error, transaction
from tui.chat.storage.search_index import index_new_messages
from tui.chat.storage.writer_process import is_writer_running, new_writer_id
from tui.sentences import Reason, reason
from tui.settings.app_folders import data_folder

log = logging.getLogger(__name__)

PIECE_SECONDS = 0.25
"""Time between two writes of a reply that streams."""
_RETRY_SECONDS = 2.0
"""Time until a change that could not be written is tried again."""
_CLOSE_SECONDS = 8.0
"""Longest wait for the last write when the program ends."""

T = TypeVar("T")
Change = Callable[[sqlite3.Connection], object]
"""Change of the file in one transaction; the module `writes` has these functions."""


class _Piece(msgspec.Struct):
    """Text of an open reply that waits to be written."""

    message: int
    pieces: list[str]
    thinking: bool


class _Request(msgspec.Struct):
    """Work on the file, and the future of its result."""

    work: Callable[[sqlite3.Connection, bool], Any]
    """Called with the database, and True if it has an index."""
    answer: Future[Any]
    truncate_log: bool = False
    """True to empty the write-ahead log afterwards."""


class _Close(msgspec.Struct):
    """Request to write all waiting changes and to end the thread."""


_QueueItem = _Piece | Change | _Request | _Close


def new_id() -> int:
    """Return a random id for a conversation or a message, which is unique across machines."""
    return secrets.randbits(63)


def store_file() -> Path:
    """Return the path of the conversation file."""
    return data_folder() / "conversations.sqlite"


class ConversationStore:
    """Conversation file with its thread. `write` and `append` return at once; other results are futures."""

    def __init__(
        self,
        file: Path,
        on_state: Callable[[Reason | None], None] = lambda _reason: None,
        writer: str | None = None,
        sentence: Sentence = str,
    ) -> None:
        """Start the thread.

        Args:
            file: the SQLite file; created with the first use.
            on_state: is called on the store's thread with the reason when nothing is saved any more, and with
                None when it is saved again.
            writer: id of the writing process; None for this one.
            sentence: finds the sentences of the reasons that are saved, which older programs show.
        """
        self._file = file
        self._on_state = on_state
        self.writer = writer or new_writer_id()
        self.sentence = sentence
        self._queue: SimpleQueue[_QueueItem] = SimpleQueue()
        self._unwritten: deque[_Piece | Change] = deque()
        self._db: sqlite3.Connection | None = None
        self._has_index = False
        self._failure: StoreError | None = None
        self._retry_time = self._piece_time = 0.0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="conversations", daemon=True)
        self._thread.start()

    def write(self, change: Change) -> None:
        """Write a change after all earlier changes."""
        self._queue.put(change)

    def append(self, message: int, text: str, thinking: bool = False) -> None:
        """Write a piece of an open reply, together with the other pieces within `PIECE_SECONDS`."""
        self._queue.put(_Piece(message, [text], thinking))

    def ask(self, work: Callable[[sqlite3.Connection, bool], T], *, truncate_log: bool = False) -> Future[T]:
        """Run work on the file and return a future of its result, which may fail with a `StoreError`.

        Args:
            work: called with the database, and True if it has an index.
            truncate_log: True to empty the write-ahead log afterwards.
        """
        answer: Future[T] = Future()
        if self._closed:
            answer.set_exception(StoreError(reason("chat.closing")))
        else:
            self._queue.put(_Request(work, answer, truncate_log))
        return answer

    def change(
        self, work: Callable[[sqlite3.Connection, bool], T], *, truncate_log: bool = False
    ) -> Future[T]:
        """Run work on the file in one transaction; see `ask`."""

        def work_in_transaction(db: sqlite3.Connection, has_index: bool) -> T:
            with transaction(db):
                return work(db, has_index)

        return self.ask(work_in_transaction, truncate_log=truncate_log)

    def list_conversations(self, query: str = "") -> Future[list[ConversationSummary]]:
        """Return the conversations that contain every word of the query. Fails with a `StoreError`."""
        return self.ask(partial(_list_conversations, query))

    def read_conversation(self, conversation: int) -> Future[ConversationRecord]:
        """Return a complete conversation. Fails with a `StoreError`."""
        return self.ask(lambda db, _has_index: reads.read_conversation(db, conversation))

    def rename_conversation(self, conversation: int, title: str) -> Future[None]:
        """Change the title of a conversation. Fails with a `StoreError`, like the methods below."""
        return self.change(
            lambda db, _has_index: conversation_writes.rename_conversation(db, conversation, title)
        )

    def pin_conversation(self, conversation: int, pinned: bool) -> Future[None]:
        """Pin a conversation above the others, or unpin it."""
        return self.change(
            lambda db, _has_index: conversation_writes.pin_conversation(db, conversation, pinned)
        )

    def delete_conversation(self, conversation: int) -> Future[None]:
        """Delete a conversation with all of its messages."""
        # Otherwise the write-ahead log would keep the text for a while.
        return self.change(
            lambda db, has_index: conversation_writes.delete_conversation(db, conversation, has_index),
            truncate_log=True,
        )

    def import_conversation(self, record: ConversationRecord) -> Future[int]:
        """Save an imported conversation; the result is its id in this store."""
        conversation = new_id()
        message_ids = {stored.id: new_id() for stored in record.messages}

        def work(db: sqlite3.Connection, _has_index: bool) -> int:
            conversation_writes.import_conversation(db, record, message_ids, conversation, self.sentence)
            return conversation

        return self.change(work)

    def close(self, patience: float = _CLOSE_SECONDS) -> bool:
        """Write all waiting changes and close the file; return False if it takes over `patience` seconds."""
        if not self._closed:
            self._closed = True
            self._queue.put(_Close())
        self._thread.join(patience)
        if self._thread.is_alive():
            log.warning("conversations: the last write did not end in %s s", patience)
        return not self._thread.is_alive()

    # Methods that run on the thread

    def _reply_to(self, request: _Request) -> None:
        if not request.answer.set_running_or_notify_cancel():
            return
        try:
            db = self._open()
            self._close_abandoned(db)
            result = request.work(db, self._has_index)
            if request.truncate_log:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except (sqlite3.Error, OSError, StoreError) as error:
            log.warning("conversations: %s", error)
            request.answer.set_exception(store_error(error, self._file))
        except Exception as error:
            # The caller gets the failure, and the thread goes on.
            log.exception("conversations")
            why = reason("chat.unexpected_error", kind=type(error).__name__, error=str(error))
            request.answer.set_exception(StoreError(why))
        else:
            request.answer.set_result(result)

    def _run(self) -> None:
        self._write_all()
        while True:
            match self._next_item():
                case _Close():
                    self._end()
                    return
                case _Request() as request:
                    self._write_all()
                    self._reply_to(request)
                case _Piece() as piece:
                    self._gather(piece)
                case None:
                    pass
                case change:
                    self._unwritten.append(change)
            if self._seconds_until_write() == 0:
                self._write_all()

    def _next_item(self) -> "_QueueItem | None":
        try:
            return self._queue.get(timeout=self._seconds_until_write())
        except Empty:
            return None

    def _gather(self, piece: _Piece) -> None:
        last = self._unwritten[-1] if self._unwritten else None
        if isinstance(last, _Piece) and (last.message, last.thinking) == (piece.message, piece.thinking):
            last.pieces += piece.pieces
        else:
            self._unwritten.append(piece)

    def _seconds_until_write(self) -> float | None:
        """Return the seconds until the next write; None while nothing waits."""
        if not self._unwritten:
            return None
        only_text = all(isinstance(change, _Piece) for change in self._unwritten)
        due = max(self._retry_time, self._piece_time + PIECE_SECONDS if only_text else 0.0)
        return max(0.0, due - time.monotonic())

    def _write_all(self, *, at_end: bool = False) -> None:
        """Write all waiting changes; one that fails stays, unless another try is useless.

        With `at_end`, try even if the last try was a moment ago.
        """
        if self._failure is not None and self._failure.lasting:
            self._unwritten.clear()
            return
        if time.monotonic() < self._retry_time and not at_end:
            return
        try:
            db = self._open()
            while self._unwritten:
                self._write_one(db, self._unwritten[0])
                self._unwritten.popleft()
        except (sqlite3.DatabaseError, OSError, StoreError) as error:
            self._fail(error)
        else:
            self._recover()
        self._piece_time = time.monotonic()

    def _write_one(self, db: sqlite3.Connection, change: _Piece | Change) -> None:
        try:
            with transaction(db):
                if isinstance(change, _Piece):
                    writes.add_piece(db, change.message, "".join(change.pieces), change.thinking)
                else:
                    change(db)
        except (sqlite3.OperationalError, OSError):
            raise
        except sqlite3.DatabaseError as error:
            if type(error) is sqlite3.DatabaseError:
                # The file is no database, or damaged; subclasses of the error concern only this change.
                raise
            log.exception("conversations: a change could not be saved")
        except Exception:
            # A bug in llmtui costs only this change, not all later ones.
            log.exception("conversations: a change could not be saved")

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            self._db, self._has_index = open_database(self._file)
            self._close_abandoned(self._db)
        return self._db

    def _close_abandoned(self, db: sqlite3.Connection) -> None:
        """Close the replies of processes that were killed."""
        try:
            for writer in reads.open_writers(db):
                if writer != self.writer and not is_writer_running(writer):
                    with transaction(db):
                        writes.interrupt_replies(db, writer, self.sentence)
        except sqlite3.OperationalError as error:
            # The replies can be read as they are; the next start tries again.
            log.warning("conversations: %s", error)

    def _fail(self, error: Exception) -> None:
        failure = store_error(error, self._file)
        if self._failure is None or failure.reason != self._failure.reason:
            log.warning("conversations are not saved: %s (%s)", failure, error)
        self._retry_time = time.monotonic() + _RETRY_SECONDS
        is_new = self._failure is None
        self._failure = failure
        if failure.lasting:
            self._unwritten.clear()
        if is_new:
            self._on_state(failure.reason)

    def _recover(self) -> None:
        if self._failure is not None:
            self._failure = None
            self._retry_time = 0.0
            log.warning("conversations are saved again")
            self._on_state(None)

    def _end(self) -> None:
        self.write(partial(writes.interrupt_replies, writer=self.writer, sentence=self.sentence))
        self._unwritten += [item for item in self._drain_queue() if not isinstance(item, _Request | _Close)]
        self._write_all(at_end=True)
        if self._unwritten:
            log.error("conversations: %d changes were not saved", len(self._unwritten))
        if self._db is not None:
            self._db.close()
            self._db = None

    def _drain_queue(self) -> "list[_QueueItem]":
        items: list[_QueueItem] = []
        while not self._queue.empty():
            items.append(self._queue.get())
        return items


def open_store(on_state: Callable[[Reason | None], None], sentence: Sentence) -> ConversationStore:
    """Open the conversation file of this user; `on_state` and `sentence` as for `ConversationStore`."""
    return ConversationStore(store_file(), on_state, sentence=sentence)


def _list_conversations(query: str, db: sqlite3.Connection, has_index: bool) -> list[ConversationSummary]:
    if query and has_index:
        try:
            with transaction(db):
                index_new_messages(db)
        except sqlite3.OperationalError as error:
            # A file that cannot be written to can still be searched without the index.
            log.warning("conversations: the index is left out: %s", error)
            has_index = False
    return reads.list_conversations(db, query, has_index)
