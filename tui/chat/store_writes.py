"""What is written into the file of conversations, a function for each thing that happens to one.

Each runs in a transaction of its own. What another llmtui has deleted meanwhile is passed over.
"""

import sqlite3
import time

from tui.chat.conversation import Reply
from tui.chat.store_rows import Record, encode, pack, pieces_of, unpack
from tui.chat.store_schema import searchable
from tui.engine.protocol import LoadSettings
from tui.i18n import _
from tui.text import clean, clean_line

TITLE_LIMIT = 200
"""Characters of a title that are kept."""

Db = sqlite3.Connection


def title_of(text: str) -> str:
    """The first line with something on it, as a title."""
    lines = (clean_line(line) for line in clean(text[: 100 * TITLE_LIMIT]).splitlines())
    return next((line for line in lines if line), _("Untitled"))[:TITLE_LIMIT]


def add_conversation(db: Db, id: int, title: str, system: str, at: float) -> None:
    """Begin a conversation; `at` in seconds since 1970, here and below."""
    values = (id, clean_line(title)[:TITLE_LIMIT], pack(system), at, at)
    db.execute(
        "INSERT INTO conversations (id, title, system, created, updated) VALUES (?, ?, ?, ?, ?)", values
    )


def add_question(db: Db, conversation: int, id: int, parent: int | None, text: str, at: float) -> None:
    """Keep a question; the shown branch ends with it. A conversation that was deleted begins again."""
    db.execute(
        "UPDATE conversations SET deleted = NULL, title = ? WHERE id = ? AND deleted IS NOT NULL",
        (title_of(text), conversation),
    )
    _add_message(db, conversation, id, parent, "user", at, text=pack(text))
    _end_with(db, conversation, id, at)


def add_reply(
    db: Db,
    conversation: int,
    id: int,
    parent: int | None,
    model: str,
    settings: LoadSettings | None,
    writer: str,
    at: float,
) -> None:
    """Keep that a reply was begun, and by whom; it is open until `finish_reply`."""
    _add_message(db, conversation, id, parent, "assistant", at, model=pack(model), writer=writer)
    _end_with(db, conversation, id, at)
    db.execute(
        "UPDATE conversations SET model = ?, settings = coalesce(?, settings) WHERE id = ?",
        (pack(model), encode(settings), conversation),
    )


def add_piece(db: Db, message: int, text: str) -> None:
    """Keep what has arrived of an open reply since the last piece."""
    db.execute(
        "INSERT INTO pieces (message, number, text)"
        " SELECT id, (SELECT coalesce(max(number), 0) + 1 FROM pieces WHERE message = ?), ?"
        " FROM messages WHERE id = ? AND writer IS NOT NULL",
        (message, pack(text), message),
    )


def finish_reply(db: Db, id: int, reply: Reply, settings: LoadSettings | None, at: float) -> None:
    """Close a reply with all that is known of it; its text is one piece from now on."""
    db.execute(
        "UPDATE messages SET text = ?, finish = ?, metrics = ?, interrupted = ?, receipt = ?, writer = NULL,"
        " indexed = 0 WHERE id = ?",
        (
            pack(reply.text),
            reply.finish,
            encode(reply.metrics),
            None if reply.interrupted is None else pack(reply.interrupted),
            encode(reply.receipt),
            id,
        ),
    )
    db.execute("DELETE FROM pieces WHERE message = ?", (id,))
    db.execute(
        "UPDATE conversations SET updated = ?, settings = coalesce(?, settings)"
        " WHERE id = (SELECT conversation FROM messages WHERE id = ?)",
        (at, encode(settings), id),
    )


def set_receipt(db: Db, id: int, reply: Reply) -> None:
    """Keep what a reply took, which is known a little after its end."""
    db.execute("UPDATE messages SET receipt = ? WHERE id = ?", (encode(reply.receipt), id))


def take_back(db: Db, conversation: int, taken: tuple[int, ...], last: int | None) -> None:
    """Take messages at the end away, newest first; those with another branch on them stay.

    A conversation without any message goes too.
    """
    for id in taken:
        db.execute(
            "DELETE FROM messages WHERE id = ? AND NOT EXISTS (SELECT 1 FROM messages WHERE parent = ?)",
            (id, id),
        )
    db.execute(
        "UPDATE conversations SET last = (SELECT id FROM messages WHERE id = ?) WHERE id = ?",
        (last, conversation),
    )
    db.execute(
        "DELETE FROM conversations"
        " WHERE id = ? AND NOT EXISTS (SELECT 1 FROM messages WHERE conversation = ?)",
        (conversation, conversation),
    )


def interrupt(db: Db, writer: str) -> None:
    """Close the replies that a writer left open, with what had arrived of them."""
    why = _("llmtui was closed while this was written")
    for (id,) in db.execute("SELECT id FROM messages WHERE writer = ?", (writer,)).fetchall():
        db.execute(
            "UPDATE messages SET text = ?, interrupted = ?, writer = NULL WHERE id = ?",
            (pack(pieces_of(db, id)), why, id),
        )
        db.execute("DELETE FROM pieces WHERE message = ?", (id,))


def rename(db: Db, conversation: int, title: str) -> None:
    """Give a conversation another title; an empty one changes nothing."""
    if title := clean_line(title)[:TITLE_LIMIT]:
        db.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, conversation))


def pin(db: Db, conversation: int, pinned: bool) -> None:
    """Let a conversation stand above the others, or no more."""
    db.execute("UPDATE conversations SET pinned = ? WHERE id = ?", (pinned, conversation))


def delete(db: Db, conversation: int, has_index: bool) -> None:
    """Take all that was said out of the file.

    The empty row stays, marked, so that another llmtui that has the conversation open can go on writing.
    """
    if has_index:
        rows = db.execute("SELECT id, text FROM messages WHERE conversation = ? AND indexed", (conversation,))
        for id, text in rows.fetchall():
            words = searchable(unpack(text))
            db.execute("INSERT INTO search (search, rowid, text) VALUES ('delete', ?, ?)", (id, words))
        # What is deleted stays in the index until its parts are put together.
        db.execute("INSERT INTO search (search) VALUES ('optimize')")
    db.execute("DELETE FROM messages WHERE conversation = ?", (conversation,))
    db.execute(
        "UPDATE conversations SET title = '', system = '', model = '', settings = NULL, deleted = ?"
        " WHERE id = ?",
        (time.time(), conversation),
    )


def add_record(db: Db, record: Record, ids: dict[int, int], conversation: int) -> None:
    """Keep a whole conversation that comes from elsewhere; `ids` has a new id for each of its messages."""
    add_conversation(db, conversation, record.title, record.system, record.created)
    for kept in record.messages:
        message, parent = kept.message, None if kept.parent is None else ids[kept.parent]
        if isinstance(message, Reply):
            _add_message(
                db, conversation, ids[kept.id], parent, message.role, kept.at, model=pack(message.model)
            )
            finish_reply(db, ids[kept.id], message, None, kept.at)
        else:
            _add_message(
                db, conversation, ids[kept.id], parent, message.role, kept.at, text=pack(message.text)
            )
    db.execute(
        "UPDATE conversations SET model = ?, settings = ?, updated = ?, pinned = ?, last = ? WHERE id = ?",
        (
            pack(record.model),
            encode(record.settings),
            record.updated,
            record.pinned,
            None if record.last is None else ids[record.last],
            conversation,
        ),
    )


def _add_message(
    db: Db,
    conversation: int,
    id: int,
    parent: int | None,
    role: str,
    at: float,
    *,
    model: str | bytes = "",
    text: str | bytes = "",
    writer: str | None = None,
) -> None:
    db.execute(
        "INSERT INTO messages (id, conversation, parent, number, role, at, model, text, writer)"
        " SELECT ?, id, (SELECT id FROM messages WHERE id = ?),"
        " (SELECT coalesce(max(number), 0) + 1 FROM messages WHERE conversation = ?), ?, ?, ?, ?, ?"
        " FROM conversations WHERE id = ?",
        (id, parent, conversation, role, at, model, text, writer, conversation),
    )


def _end_with(db: Db, conversation: int, id: int, at: float) -> None:
    db.execute(
        "UPDATE conversations SET last = (SELECT id FROM messages WHERE id = ?), updated = ? WHERE id = ?",
        (id, at, conversation),
    )
