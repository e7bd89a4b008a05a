"""Queries of the conversation file: the list, the search, and a complete conversation."""

import sqlite3

from tui.chat.storage.lenient_decode import decode_asking, decode_json, decode_struct
from tui.chat.storage.prompt_rows import read_prompts
from tui.chat.storage.rows import ConversationRecord, ConversationSummary, read_messages
from tui.chat.storage.schema import StoreError
from tui.chat.storage.search_index import normalize_for_search
from tui.chat.storage.text_codec import decode_text
from tui.engine.options import LoadSettings
from tui.sentences import reason

LIST_LIMIT = 500
"""Highest number of conversations in a list; a search finds older ones."""
_INDEXED_ALPHABETS = 0x0E00
"""First character of the scripts without blanks between words, which the index cannot split."""

_SHOWN = """
WITH RECURSIVE shown (conversation, id, parent) AS (
    SELECT c.id, m.id, m.parent FROM conversations c JOIN messages m ON m.id = c.last WHERE c.deleted IS NULL
    UNION
    SELECT s.conversation, m.id, m.parent FROM shown s JOIN messages m ON m.id = s.parent
)
"""
_LIST = """
SELECT c.id, c.title, {model}, count(s.id), c.created, c.updated, c.pinned
FROM conversations c JOIN shown s ON s.conversation = c.id
WHERE {conditions}
GROUP BY c.id ORDER BY c.pinned DESC, c.updated DESC, c.id LIMIT {limit}
"""
_MODEL = """
CASE c.model WHEN 'no model' THEN coalesce((SELECT m.model FROM messages m
    WHERE m.conversation = c.id AND m.role = 'assistant' AND m.model NOT IN ('', 'no model')
    ORDER BY m.at DESC, m.number DESC LIMIT 1), '') ELSE c.model END
"""
"""The model that answered last. Older versions noted `no model` where none was loaded for a question."""
_BY_INDEX = """
(has(c.title, ?) OR c.id IN (SELECT conversation FROM shown
    WHERE id IN (SELECT rowid FROM words WHERE words MATCH ?)))
"""
_BY_TEXT = """
(has(c.title, ?) OR c.id IN (SELECT t.conversation FROM shown t JOIN messages m ON m.id = t.id
    WHERE says(m.text, m.thinking, m.attachments, ?)))
"""

Db = sqlite3.Connection


def list_conversations(db: Db, query: str, has_index: bool) -> list[ConversationSummary]:
    """Return the conversations that have every word of the query in the title or on the shown branch.

    Thinking and attachments are searched too. Pinned conversations come first, then the newest. With an
    index, a word of the query matches the beginning of a word.
    """
    conditions, values = ["c.deleted IS NULL"], list[str]()
    for word in normalize_for_search(query).split():
        by_index = has_index and word.isalnum() and all(ord(char) < _INDEXED_ALPHABETS for char in word)
        conditions.append(_BY_INDEX if by_index else _BY_TEXT)
        values += [word, f'"{word}"*' if by_index else word]
    rows = db.execute(
        _SHOWN + _LIST.format(model=_MODEL, conditions=" AND ".join(conditions), limit=LIST_LIMIT), values
    )
    return [
        ConversationSummary(id, title, decode_text(model), count, created, updated, bool(pinned))
        for id, title, model, count, created, updated, pinned in rows
    ]


def read_conversation(db: Db, conversation: int) -> ConversationRecord:
    """Return a complete conversation.

    Raises:
        StoreError: it was deleted.
    """
    row = db.execute(
        f"SELECT title, {_MODEL}, settings, system, created, updated, last, pinned, manner"
        " FROM conversations c WHERE id = ? AND deleted IS NULL",
        (conversation,),
    ).fetchone()
    if row is None:
        raise StoreError(reason("chat.conversation_deleted"))
    title, model, settings, system, created, updated, last, pinned, asking = row
    messages = tuple(read_messages(db, conversation))
    return ConversationRecord(
        title,
        decode_text(model),
        decode_struct(decode_json(settings), LoadSettings),
        decode_text(system),
        created,
        updated,
        messages,
        last,
        bool(pinned),
        decode_asking(decode_json(asking)),
        read_prompts(db, conversation),
    )


def open_writers(db: Db) -> list[str]:
    """Return the ids of the processes that are writing a reply, or were writing one when they ended."""
    rows = db.execute("SELECT DISTINCT writer FROM messages WHERE writer IS NOT NULL")
    return [writer for (writer,) in rows]
