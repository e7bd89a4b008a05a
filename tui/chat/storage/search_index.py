"""What of the kept conversations can be searched: what was said, thought, and went along, in one index.

The index needs a module of SQLite's that some builds lack; then every text is looked through.
"""

import sqlite3
import unicodedata
from collections.abc import Iterable

from tui.chat.storage.text_codec import decode_attachments, decode_text
from tui.text import clean

# Without a copy of the texts: to take one out, the index has to be told what it was.
_WORDS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS words"
    " USING fts5 (text, content = '', tokenize = 'unicode61 remove_diacritics 2')"
)
_SAID = "SELECT id, text, thinking, attachments FROM messages"

Db = sqlite3.Connection


def normalize_for_search(text: str) -> str:
    """The text as it is searched: no control characters, no case, no accents."""
    parts = unicodedata.normalize("NFKD", clean(text).casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def text_has_word(text: str | bytes | None, word: str) -> bool:
    """SQL function: the word, as it is searched, is in the text."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return word in normalize_for_search(text or "")


def message_has_word(text: str | bytes, thinking: str | bytes, attachments: str | None, word: str) -> bool:
    """SQL function: the word, as it is searched, is in what a message says, or in what belongs to it."""
    return word in _said(text, thinking, attachments)


def create_index(db: Db) -> bool:
    """Make the index where there is none yet; False where this SQLite cannot."""
    try:
        db.execute(_WORDS)
        # Of an earlier version: what is deleted now must not stay there.
        db.execute("DROP TABLE IF EXISTS search")
    except sqlite3.OperationalError as error:
        if "no such module" not in str(error):
            raise
        return False
    return True


def is_index_writable(db: Db) -> bool:
    """Whether there is an index, and this SQLite can write to it."""
    try:
        db.execute("SELECT rowid FROM words LIMIT 0")
    except sqlite3.OperationalError as error:
        # Of the table, or of the module for it.
        if "no such" not in str(error):
            raise
        return False
    return True


def index_new_messages(db: Db) -> None:
    """Bring the index up to date: what is said is indexed when somebody searches, not while it is said."""
    # The ids first: of many long messages each is read only in its turn.
    for (id,) in db.execute("SELECT id FROM messages WHERE indexed = 0 AND writer IS NULL").fetchall():
        (row,) = db.execute(f"{_SAID} WHERE id = ?", (id,)).fetchall()
        db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (id, _said(*row[1:])))
        db.execute("UPDATE messages SET indexed = 1 WHERE id = ?", (id,))


def remove_messages_from_index(db: Db, ids: Iterable[int]) -> None:
    """Take messages out of the index."""
    if not is_index_writable(db):
        return
    for id in ids:
        row = db.execute(f"{_SAID} WHERE id = ? AND indexed", (id,)).fetchone()
        if row is not None:
            values = (id, _said(*row[1:]))
            db.execute("INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)", values)
            db.execute("UPDATE messages SET indexed = 0 WHERE id = ?", (id,))


def remove_conversation_from_index(db: Db, conversation: int) -> None:
    """Take a conversation out of the index, so that nothing of it stays in the file."""
    rows = db.execute("SELECT id FROM messages WHERE conversation = ? AND indexed", (conversation,))
    remove_messages_from_index(db, [id for (id,) in rows.fetchall()])
    # What is deleted stays in the index until its parts are put together.
    db.execute("INSERT INTO words (words) VALUES ('optimize')")


def _said(text: str | bytes, thinking: str | bytes, attachments: str | None) -> str:
    """All that can be searched of a message, as it is searched."""
    files = (part for each in decode_attachments(attachments) for part in (each.name, each.text))
    return "\n".join(
        normalize_for_search(part) for part in (decode_text(text), decode_text(thinking), *files) if part
    )
