"""Full-text index of the saved conversations: messages, their thinking, and their attachments.

The index needs a module of SQLite that some builds lack; without it every text is searched through.
"""

import sqlite3
import unicodedata
from collections.abc import Iterable

from tui.chat.storage.text_codec import decode_attachments, decode_text
from tui.text import clean

# The index has no copy of the texts, so removing a text needs the text again.
_CREATE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS words"
    " USING fts5 (text, content = '', tokenize = 'unicode61 remove_diacritics 2')"
)
_SELECT_TEXTS = "SELECT id, text, thinking, attachments FROM messages"

Db = sqlite3.Connection


def normalize_for_search(text: str) -> str:
    """Return the text without control characters, case and accents."""
    parts = unicodedata.normalize("NFKD", clean(text).casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def text_has_word(text: str | bytes | None, word: str) -> bool:
    """SQL function: return True when the normalized word is in the text."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return word in normalize_for_search(text or "")


def message_has_word(text: str | bytes, thinking: str | bytes, attachments: str | None, word: str) -> bool:
    """SQL function: return True when the normalized word is in a message, its thinking or its attachments."""
    return word in _searchable_text(text, thinking, attachments)


def create_index(db: Db) -> bool:
    """Create the index if it is missing; return False if this SQLite cannot have one."""
    try:
        db.execute(_CREATE)
        # The index of an earlier version could keep deleted texts.
        db.execute("DROP TABLE IF EXISTS search")
    except sqlite3.OperationalError as error:
        if "no such module" not in str(error):
            raise
        return False
    return True


def is_index_writable(db: Db) -> bool:
    """Return True if there is an index that this SQLite can write to."""
    try:
        db.execute("SELECT rowid FROM words LIMIT 0")
    except sqlite3.OperationalError as error:
        # The table or its module is missing.
        if "no such" not in str(error):
            raise
        return False
    return True


def index_new_messages(db: Db) -> None:
    """Index the closed messages that are not indexed yet; called before a search, never during a reply."""
    # The ids first, so that only one long message is in memory at a time.
    for (id,) in db.execute("SELECT id FROM messages WHERE indexed = 0 AND writer IS NULL").fetchall():
        (row,) = db.execute(f"{_SELECT_TEXTS} WHERE id = ?", (id,)).fetchall()
        db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (id, _searchable_text(*row[1:])))
        db.execute("UPDATE messages SET indexed = 1 WHERE id = ?", (id,))


def remove_messages_from_index(db: Db, ids: Iterable[int]) -> None:
    """Remove messages from the index."""
    if not is_index_writable(db):
        return
    for id in ids:
        row = db.execute(f"{_SELECT_TEXTS} WHERE id = ? AND indexed", (id,)).fetchone()
        if row is not None:
            values = (id, _searchable_text(*row[1:]))
            db.execute("INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)", values)
            db.execute("UPDATE messages SET indexed = 0 WHERE id = ?", (id,))


def remove_conversation_from_index(db: Db, conversation: int) -> None:
    """Remove a conversation from the index, so that none of its text stays in the file."""
    rows = db.execute("SELECT id FROM messages WHERE conversation = ? AND indexed", (conversation,))
    remove_messages_from_index(db, [id for (id,) in rows.fetchall()])
    # Deleted text stays in the index until its parts are merged.
    db.execute("INSERT INTO words (words) VALUES ('optimize')")


def _searchable_text(text: str | bytes, thinking: str | bytes, attachments: str | None) -> str:
    """Return all texts of a message, normalized."""
    files = [part for attached in decode_attachments(attachments) for part in (attached.name, attached.text)]
    texts = (decode_text(text), decode_text(thinking), *files)
    return "\n".join(normalize_for_search(part) for part in texts if part)
