"""The thread that the file of conversations is written and read on, fed by a queue.

Whatever goes wrong with the file, the chat goes on. What could not be written waits and is tried again, and
whoever made the store is told once that nothing is kept and why.
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

from tui.chat.storage import conversation_writes as store_whole
from tui.chat.storage import reads as store_reads
from tui.chat.storage import writes as store_writes
from tui.chat.storage.rows import ConversationRecord, ConversationSummary
from tui.chat.storage.schema import StoreError, open_database, store_error, transaction
from tui.chat.storage.search_index import index_new_messages
from tui.chat.storage.writer_process import is_writer_running, new_writer_id
from tui.i18n import _
from tui.settings.app_folders import data_folder

log = logging.getLogger(__name__)

PIECE_SECONDS = 0.25
"""Between two writings of a reply that streams."""
_RETRY_SECONDS = 2.0
"""Until what could not be written is tried again."""
_CLOSE_SECONDS = 8.0
"""The longest that leaving waits for the last write."""

T = TypeVar("T")
Change = Callable[[sqlite3.Connection], object]
"""Something done to the file in one transaction, `store_writes` has them."""


class _Piece(msgspec.Struct):
    """Text of an open reply that is still to be written."""

    message: int
    pieces: list[str]
    thinking: bool


class _Question(msgspec.Struct):
    """Something that is asked of the file, and whoever waits for it."""

    work: Callable[[sqlite3.Connection, bool], Any]
    """Given the file and whether it has an index."""
    answer: Future[Any]
    sweep: bool = False
    """Empty the log of writes afterwards."""


class _Close(msgspec.Struct):
    """Write what is left and end."""


def new_id() -> int:
    """An id for a conversation or a message that no llmtui, here or elsewhere, has given out."""
    return secrets.randbits(63)


def store_file() -> Path:
    """Where conversations are kept."""
    return data_folder() / "conversations.sqlite"


class ConversationStore:
    """A file and its thread. `write` and `append` return at once; what is asked comes as a future."""

    def __init__(
        self,
        file: Path,
        on_state: Callable[[str | None], None] = lambda _reason: None,
        writer: str | None = None,
    ) -> None:
        """`on_state` is told, on the store's thread, why nothing is kept, and None once it is kept again.

        `writer` is who writes, `this_process` unless a test says otherwise.
        """
        self._file = file
        self._on_state = on_state
        self.writer = writer or new_writer_id()
        self._queue: SimpleQueue[_Piece | Change | _Question | _Close] = SimpleQueue()
        self._waiting: deque[_Piece | Change] = deque()
        self._db: sqlite3.Connection | None = None
        self._has_index = False
        self._failed: StoreError | None = None
        self._retry_at = self._piece_at = 0.0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="conversations", daemon=True)
        self._thread.start()

    def write(self, change: Change) -> None:
        """Do this to the file, after all that was said before."""
        self._queue.put(change)

    def append(self, message: int, text: str, thinking: bool = False) -> None:
        """Keep a piece of an open reply, together with others that come within `PIECE_SECONDS`."""
        self._queue.put(_Piece(message, [text], thinking))

    def ask(self, work: Callable[[sqlite3.Connection, bool], T], *, sweep: bool = False) -> Future[T]:
        """Do something with the file, given it and whether it has an index, and answer with what comes of it.

        The future fails with a `StoreError`; `sweep` empties the log of writes afterwards.
        """
        answer: Future[T] = Future()
        if self._closed:
            answer.set_exception(StoreError(_("llmtui is closing")))
        else:
            self._queue.put(_Question(work, answer, sweep))
        return answer

    def change(self, work: Callable[[sqlite3.Connection, bool], T], *, sweep: bool = False) -> Future[T]:
        """The same in one transaction."""

        def whole(db: sqlite3.Connection, has_index: bool) -> T:
            with transaction(db):
                return work(db, has_index)

        return self.ask(whole, sweep=sweep)

    def list_conversations(self, query: str = "") -> Future[list[ConversationSummary]]:
        """The conversations in which every word of the query occurs. Fails with a `StoreError`."""
        return self.ask(partial(_listing, query))

    def read_conversation(self, conversation: int) -> Future[ConversationRecord]:
        """All of a conversation. Fails with a `StoreError`."""
        return self.ask(lambda db, _has_index: store_reads.read_conversation(db, conversation))

    def rename_conversation(self, conversation: int, title: str) -> Future[None]:
        """Give it another title. Fails with a `StoreError`, as do the others below."""
        return self.change(lambda db, _has_index: store_whole.rename_conversation(db, conversation, title))

    def pin_conversation(self, conversation: int, pinned: bool) -> Future[None]:
        """Let it stand above the others, or no more."""
        return self.change(lambda db, _has_index: store_whole.pin_conversation(db, conversation, pinned))

    def delete_conversation(self, conversation: int) -> Future[None]:
        """Take it out of the file, with all that was said in it."""
        # Else what was said stays in the log of writes for a while.
        return self.change(
            lambda db, has_index: store_whole.delete_conversation(db, conversation, has_index), sweep=True
        )

    def import_conversation(self, record: ConversationRecord) -> Future[int]:
        """Keep a conversation that comes from elsewhere; the answer is its id here."""
        conversation = new_id()
        ids = {kept.id: new_id() for kept in record.messages}

        def work(db: sqlite3.Connection, _has_index: bool) -> int:
            store_whole.import_conversation(db, record, ids, conversation)
            return conversation

        return self.change(work)

    def close(self, patience: float = _CLOSE_SECONDS) -> bool:
        """Write what is left and let go of the file; False when that took longer than `patience` seconds."""
        if not self._closed:
            self._closed = True
            self._queue.put(_Close())
        self._thread.join(patience)
        if self._thread.is_alive():
            log.warning("conversations: the last write did not end in %s s", patience)
        return not self._thread.is_alive()

    # On the thread

    def _reply_to(self, question: _Question) -> None:
        if not question.answer.set_running_or_notify_cancel():
            return
        try:
            db = self._opened()
            self._close_abandoned(db)
            result = question.work(db, self._has_index)
            if question.sweep:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except (sqlite3.Error, OSError, StoreError) as error:
            log.warning("conversations: %s", error)
            question.answer.set_exception(store_error(error, self._file))
        except Exception as error:
            # Whoever asked is told, and the thread goes on.
            log.exception("conversations")
            question.answer.set_exception(StoreError(f"{type(error).__name__}: {error}"))
        else:
            question.answer.set_result(result)

    def _run(self) -> None:
        self._work()
        while True:
            match self._next():
                case _Close():
                    self._end()
                    return
                case _Question() as question:
                    self._work()
                    self._reply_to(question)
                case _Piece() as piece:
                    self._gather(piece)
                case None:
                    pass
                case change:
                    self._waiting.append(change)
            if self._seconds_left() == 0:
                self._work()

    def _next(self) -> "_Piece | Change | _Question | _Close | None":
        try:
            return self._queue.get(timeout=self._seconds_left())
        except Empty:
            return None

    def _gather(self, piece: _Piece) -> None:
        last = self._waiting[-1] if self._waiting else None
        same = isinstance(last, _Piece) and (last.message, last.thinking) == (piece.message, piece.thinking)
        if isinstance(last, _Piece) and same:
            last.pieces += piece.pieces
        else:
            self._waiting.append(piece)

    def _seconds_left(self) -> float | None:
        """Until something has to be written; None while there is nothing."""
        if not self._waiting:
            return None
        only_text = all(isinstance(each, _Piece) for each in self._waiting)
        due = max(self._retry_at, self._piece_at + PIECE_SECONDS if only_text else 0.0)
        return max(0.0, due - time.monotonic())

    def _work(self, *, at_last: bool = False) -> None:
        """Write what waits. What fails stays, unless there is no hope for it; `at_last` does not wait."""
        if self._failed is not None and self._failed.lasting:
            self._waiting.clear()
            return
        if time.monotonic() < self._retry_at and not at_last:
            return
        try:
            db = self._opened()
            while self._waiting:
                self._write_one(db, self._waiting[0])
                self._waiting.popleft()
        except (sqlite3.DatabaseError, OSError, StoreError) as error:
            self._fail(error)
        else:
            self._recover()
        self._piece_at = time.monotonic()

    def _write_one(self, db: sqlite3.Connection, change: _Piece | Change) -> None:
        try:
            with transaction(db):
                if isinstance(change, _Piece):
                    store_writes.add_piece(db, change.message, "".join(change.pieces), change.thinking)
                else:
                    change(db)
        except (sqlite3.OperationalError, OSError):
            raise
        except sqlite3.DatabaseError as error:
            if type(error) is sqlite3.DatabaseError:
                # Not a database, or a damaged one; its kinds are about this one change.
                raise
            log.exception("conversations: something could not be kept")
        except Exception:
            # A fault of ours: it costs this one change, not all that follow.
            log.exception("conversations: something could not be kept")

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._db, self._has_index = open_database(self._file)
            self._close_abandoned(self._db)
        return self._db

    def _close_abandoned(self, db: sqlite3.Connection) -> None:
        """Close the replies of programs that were killed."""
        try:
            for writer in store_reads.open_writers(db):
                if writer != self.writer and not is_writer_running(writer):
                    with transaction(db):
                        store_writes.interrupt_replies(db, writer)
        except sqlite3.OperationalError as error:
            # They can be read as they are; the next start tries again.
            log.warning("conversations: %s", error)

    def _fail(self, error: Exception) -> None:
        reason = store_error(error, self._file)
        if str(reason) != str(self._failed):
            log.warning("conversations are not kept: %s (%s)", reason, error)
        self._retry_at = time.monotonic() + _RETRY_SECONDS
        is_news = self._failed is None
        self._failed = reason
        if reason.lasting:
            self._waiting.clear()
        if is_news:
            self._on_state(str(reason))

    def _recover(self) -> None:
        if self._failed is not None:
            self._failed = None
            self._retry_at = 0.0
            log.warning("conversations are kept again")
            self._on_state(None)

    def _end(self) -> None:
        self.write(partial(store_writes.interrupt_replies, writer=self.writer))
        self._waiting += [each for each in self._left() if not isinstance(each, _Question | _Close)]
        self._work(at_last=True)
        if self._waiting:
            log.error("conversations: %d changes were not kept", len(self._waiting))
        if self._db is not None:
            self._db.close()
            self._db = None

    def _left(self) -> "list[_Piece | Change | _Question | _Close]":
        found: list[_Piece | Change | _Question | _Close] = []
        while not self._queue.empty():
            found.append(self._queue.get())
        return found


def open_store(on_state: Callable[[str | None], None]) -> ConversationStore:
    """The conversations of this user; `on_state` as for `Store`."""
    return ConversationStore(store_file(), on_state)


def _listing(query: str, db: sqlite3.Connection, has_index: bool) -> list[ConversationSummary]:
    if query and has_index:
        try:
            with transaction(db):
                index_new_messages(db)
        except sqlite3.OperationalError as error:
            # A file that cannot be written to can still be read from end to end.
            log.warning("conversations: the index is left out: %s", error)
            has_index = False
    return store_reads.list_conversations(db, query, has_index)
