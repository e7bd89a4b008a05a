"""Tables of the conversation file, its upgrades from older versions, and its failures.

A conversation's messages form a tree by their parents; `last` is the end of the branch that is shown.
"""

import os
import re
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui.chat.storage.search_index import create_index, message_has_word, text_has_word
from tui.sentences import Reason, ReasonedError, reason
from tui.system_errors import system_error

_WAIT_SECONDS = 1.0
"""Longest wait for another llmtui that writes at the same moment."""

_FIRST = (
    """
    CREATE TABLE conversations (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        model TEXT NOT NULL DEFAULT '',
        settings TEXT,
        system TEXT NOT NULL DEFAULT '',
        created REAL NOT NULL,
        updated REAL NOT NULL,
        pinned INTEGER NOT NULL DEFAULT 0,
        deleted REAL,
        last INTEGER REFERENCES messages (id) ON DELETE SET NULL
    )
    """,
    """
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        parent INTEGER REFERENCES messages (id) ON DELETE SET NULL,
        number INTEGER NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
        at REAL NOT NULL,
        model TEXT NOT NULL DEFAULT '',
        text TEXT NOT NULL DEFAULT '',
        finish TEXT,
        metrics TEXT,
        interrupted TEXT,
        receipt TEXT,
        writer TEXT
    )
    """,
    "CREATE INDEX messages_by_conversation ON messages (conversation, number)",
    "CREATE INDEX messages_by_parent ON messages (parent)",
    "CREATE INDEX messages_open ON messages (writer) WHERE writer IS NOT NULL",
    """
    CREATE TABLE pieces (
        message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (message, number)
    ) WITHOUT ROWID
    """,
)
_SECOND = (
    "ALTER TABLE messages ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX messages_not_indexed ON messages (id) WHERE indexed = 0",
)
_THIRD = (
    "ALTER TABLE messages ADD COLUMN attachments TEXT",
    "ALTER TABLE messages ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE messages ADD COLUMN thinking TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE messages ADD COLUMN parts INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE messages ADD COLUMN seen INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE pieces ADD COLUMN thinking INTEGER NOT NULL DEFAULT 0",
)
_FOURTH = (
    # Thinking and attachments are indexed too from this version on.
    "UPDATE messages SET indexed = 0",
    "ALTER TABLE conversations ADD COLUMN manner TEXT",
    "ALTER TABLE messages ADD COLUMN asked TEXT",
    "ALTER TABLE messages ADD COLUMN raw BLOB",
    # Not beside the text, which is written again when a reply ends.
    """
    CREATE TABLE prompts (
        message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        base INTEGER,
        shared INTEGER NOT NULL,
        rest BLOB NOT NULL
    )
    """,
)
_FIFTH = ("ALTER TABLE messages ADD COLUMN edited INTEGER NOT NULL DEFAULT 0",)
SCHEMA_STEPS = (_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH)
"""Statements that upgrade each version to the next; the first step creates the tables."""
SCHEMA_VERSION = len(SCHEMA_STEPS)
"""Version of the tables, stored as `PRAGMA user_version`. A file of a newer version is not changed."""

_INTERRUPTION_COLUMN = "ALTER TABLE messages ADD COLUMN interruption TEXT"
"""Codes and facts of interruptions, whose sentences stay where older programs read them.

It makes no new version: programs that do not know it read and write the file as before.
"""

_CODES = (
    ("is full", "chat.disk_full", False),
    ("locked|busy", "chat.file_in_use", False),
    ("readonly|read-only", "chat.file_read_only", False),
    ("unable to open", "chat.file_not_opened", False),
    ("not a database", "chat.not_a_database", True),
    ("malformed|corrupt", "chat.file_damaged", True),
)
"""Pattern of SQLite's message, the code of the reason, and True if another try is useless."""


class StoreError(ReasonedError):
    """Conversations cannot be saved or read. The sentence of the reason is a phrase without full stop."""

    def __init__(self, why: Reason, *, lasting: bool = False) -> None:
        """Create the error; `lasting` is True if another try is useless."""
        super().__init__(why)
        self.lasting = lasting


def open_database(file: Path) -> tuple[sqlite3.Connection, bool]:
    """Open the file, create or upgrade it if need be, and return it with True when it has a full-text index.

    Raises:
        StoreError: the file is of a newer version, or no database.
        sqlite3.Error, OSError: it cannot be opened, read or written now; `store_error` gives the reason.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        # Conversations are private; SQLite's other files take their mode from this one.
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    # Only `transaction` begins transactions.
    db = sqlite3.connect(file, timeout=_WAIT_SECONDS, isolation_level=None)
    try:
        version = _version(db)
        if version > SCHEMA_VERSION:
            raise StoreError(reason("chat.newer_file", file=file.name), lasting=True)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")
        _use_log(db)
        db.execute("PRAGMA synchronous = NORMAL")
        db.create_function("has", 2, text_has_word, deterministic=True)
        db.create_function("says", 4, message_has_word, deterministic=True)
        if version < SCHEMA_VERSION:
            _upgrade(db)
        _add_interruption_column(db)
        return db, create_index(db)
    except (sqlite3.Error, StoreError):
        db.close()
        raise


@contextmanager
def transaction(db: sqlite3.Connection) -> Generator[None]:
    """Run the block as a transaction, which is undone after an error."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        # A full disk ends the transaction by itself.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def store_error(error: Exception, file: Path) -> StoreError:
    """Return the reason for a failure of the file, from the text of SQLite's message."""
    if isinstance(error, StoreError):
        return error
    text = str(error)
    for pattern, code, lasting in _CODES:
        if re.search(pattern, text, re.IGNORECASE):
            return StoreError(reason(code, file=file.name), lasting=lasting)
    if isinstance(error, OSError):
        name = str(error.filename or file)
        return StoreError(reason("chat.file_failed", file=name, error=system_error(error)))
    return StoreError(reason("chat.file_failed", file=file.name, error=text))


def _use_log(db: sqlite3.Connection) -> None:
    """Turn on the write-ahead log; SQLite itself does not wait for another program that does the same."""
    end = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(_WAIT_SECONDS / 100)


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def has_interruptions(db: sqlite3.Connection) -> bool:
    """Return whether the file has codes of interruptions; one that may not be written to may have none."""
    query = "SELECT 1 FROM pragma_table_info('messages') WHERE name = 'interruption'"
    return db.execute(query).fetchone() is not None


def _add_interruption_column(db: sqlite3.Connection) -> None:
    if has_interruptions(db):
        return
    try:
        with transaction(db):
            # Again: another llmtui that started at the same moment may have done it.
            if not has_interruptions(db):
                db.execute(_INTERRUPTION_COLUMN)
    except sqlite3.OperationalError as error:
        # Such a file can be read without it.
        if "readonly" not in str(error):
            raise


def _upgrade(db: sqlite3.Connection) -> None:
    with transaction(db):
        # Read the version again, because another llmtui may have upgraded the file in the meantime.
        for step in SCHEMA_STEPS[_version(db) :]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
