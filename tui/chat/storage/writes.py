"""What is written into the file of conversations as a chat goes on, a function for each thing that happens.

Each runs in a transaction of its own. What another llmtui has deleted meanwhile is passed over.
"""

import sqlite3

from tui.chat.asking import Asking
from tui.chat.messages import Attachment, Question, Reply, StoredMessage
from tui.chat.storage.lenient_decode import encode_json
from tui.chat.storage.rows import read_pieces
from tui.chat.storage.search_index import remove_messages_from_index
from tui.chat.storage.text_codec import compress_raw_reply, encode_attachments, encode_text
from tui.engine.options import LoadSettings
from tui.i18n import _
from tui.text import clean, clean_line

TITLE_LIMIT = 200
"""Characters of a title that are kept."""

Db = sqlite3.Connection


def title_from_text(text: str) -> str:
    """The first line with something on it, as a title."""
    lines = (clean_line(line) for line in clean(text[: 100 * TITLE_LIMIT]).splitlines())
    return next((line for line in lines if line), _("Untitled"))[:TITLE_LIMIT]


def title_for_question(question: Question) -> str:
    """What a conversation that begins with the question is called: its first line, or what is attached."""
    text = next(
        (each for each in (question.text, *(a.name for a in question.attachments)) if each.strip()), ""
    )
    return title_from_text(text)


def add_conversation(db: Db, id: int, title: str, system: str, manner: Asking | None, at: float) -> None:
    """Begin a conversation; `at` in seconds since 1970, here and below."""
    values = (id, clean_line(title)[:TITLE_LIMIT], encode_text(system), encode_json(manner), at, at)
    db.execute(
        "INSERT INTO conversations (id, title, system, manner, created, updated) VALUES (?, ?, ?, ?, ?, ?)",
        values,
    )


def set_system(db: Db, conversation: int, system: str) -> None:
    """Keep another system prompt."""
    db.execute("UPDATE conversations SET system = ? WHERE id = ?", (encode_text(system), conversation))


def set_asking(db: Db, conversation: int, manner: Asking) -> None:
    """Keep another manner of asking."""
    db.execute("UPDATE conversations SET manner = ? WHERE id = ?", (encode_json(manner), conversation))


def add_question(
    db: Db, conversation: int, id: int, parent: int | None, question: Question, at: float
) -> None:
    """Keep a question; the shown branch ends with it. A conversation that was deleted begins again."""
    db.execute(
        "UPDATE conversations SET deleted = NULL, title = ? WHERE id = ? AND deleted IS NOT NULL",
        (title_for_question(question), conversation),
    )
    _add_question(db, conversation, id, parent, question, at)
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
    _add_message(db, conversation, id, parent, "assistant", at, model=encode_text(model), writer=writer)
    _end_with(db, conversation, id, at)
    _answered_by(db, conversation, model, settings)


def add_user_reply(db: Db, conversation: int, id: int, parent: int | None, reply: Reply, at: float) -> None:
    """Keep a reply that the user wrote; the shown branch ends with it."""
    _add_message(db, conversation, id, parent, reply.role, at)
    finish_reply(db, id, reply, None, at)
    _end_with(db, conversation, id, at)


def continue_reply(
    db: Db, conversation: int, id: int, reply: Reply, model: str, settings: LoadSettings | None, writer: str
) -> None:
    """Keep that a closed reply is open again, and who goes on with it."""
    remove_messages_from_index(db, (id,))
    db.execute("DELETE FROM pieces WHERE message = ?", (id,))
    db.execute(
        "UPDATE messages SET writer = ?, model = ?, parts = ?, finish = NULL, interrupted = NULL,"
        " raw = NULL WHERE id = ?",
        (writer, encode_text(reply.model), reply.parts, id),
    )
    for text, thinking in ((reply.thinking, True), (reply.text, False)):
        if text:
            add_piece(db, id, text, thinking)
    _answered_by(db, conversation, model, settings)


def add_piece(db: Db, message: int, text: str, thinking: bool = False) -> None:
    """Keep what has arrived of an open reply, or of its thinking, since the last piece."""
    db.execute(
        "INSERT INTO pieces (message, number, text, thinking)"
        " SELECT id, (SELECT coalesce(max(number), 0) + 1 FROM pieces WHERE message = ?), ?, ?"
        " FROM messages WHERE id = ? AND writer IS NOT NULL",
        (message, encode_text(text), thinking, message),
    )


def finish_reply(db: Db, id: int, reply: Reply, settings: LoadSettings | None, at: float) -> None:
    """Close a reply with all that is known of it; its text is one piece from now on."""
    db.execute(
        "UPDATE messages SET model = ?, text = ?, thinking = ?, finish = ?, metrics = ?, interrupted = ?,"
        " receipt = ?, parts = ?, asked = ?, raw = ?, edited = ?, writer = NULL, indexed = 0 WHERE id = ?",
        (
            encode_text(reply.model),
            encode_text(reply.text),
            encode_text(reply.thinking),
            reply.finish,
            encode_json(reply.metrics),
            None if reply.interrupted is None else encode_text(reply.interrupted),
            encode_json(reply.receipt),
            reply.parts,
            encode_json(reply.part_settings),
            compress_raw_reply(reply),
            reply.edited,
            id,
        ),
    )
    db.execute("DELETE FROM pieces WHERE message = ?", (id,))
    db.execute(
        "UPDATE conversations SET updated = ?, settings = coalesce(?, settings)"
        " WHERE id = (SELECT conversation FROM messages WHERE id = ?)",
        (at, encode_json(settings), id),
    )


def set_receipt(db: Db, id: int, reply: Reply) -> None:
    """Keep what a reply took, which is known a little after its end."""
    db.execute("UPDATE messages SET receipt = ? WHERE id = ?", (encode_json(reply.receipt), id))


def pin_question(db: Db, id: int, pinned: bool) -> None:
    """Keep that a question is pinned, or is not any more."""
    db.execute("UPDATE messages SET pinned = ? WHERE id = ?", (pinned, id))


def show_branch(db: Db, conversation: int, id: int | None, last: int | None) -> None:
    """Keep that the branch through that message is shown, and with which it ends."""
    db.execute(
        "WITH RECURSIVE way (id, parent) AS (SELECT id, parent FROM messages WHERE id = ?"
        " UNION SELECT m.id, m.parent FROM way w JOIN messages m ON m.id = w.parent)"
        " UPDATE messages SET seen = (SELECT max(seen) + 1 FROM messages WHERE conversation = ?)"
        " WHERE id IN (SELECT id FROM way)",
        (id, conversation),
    )
    _end_at(db, conversation, last)


def remove_messages(
    db: Db,
    conversation: int,
    gone: tuple[int, ...],
    parent: int | None,
    shown: int | None,
    last: int | None,
) -> None:
    """Take messages out of the file; what followed them follows `parent`, of which `shown` is shown.

    A conversation without any message goes too.
    """
    remove_messages_from_index(db, gone)
    for id in gone:
        db.execute(
            "UPDATE messages SET parent = (SELECT id FROM messages WHERE id = ?) WHERE parent = ?",
            (parent, id),
        )
        db.execute("DELETE FROM messages WHERE id = ?", (id,))
    db.execute(
        "UPDATE messages SET seen = (SELECT max(seen) + 1 FROM messages WHERE conversation = ?) WHERE id = ?",
        (conversation, shown),
    )
    _end_at(db, conversation, last)
    db.execute(
        "DELETE FROM conversations"
        " WHERE id = ? AND NOT EXISTS (SELECT 1 FROM messages WHERE conversation = ?)",
        (conversation, conversation),
    )


def interrupt_replies(db: Db, writer: str) -> None:
    """Close the replies that a writer left open, with what had arrived of them."""
    why = _("llmtui was closed while this was written")
    for (id,) in db.execute("SELECT id FROM messages WHERE writer = ?", (writer,)).fetchall():
        text, thinking = read_pieces(db, id)
        # What the part that was cut short cost is not known, and so not what all of them did.
        db.execute(
            "UPDATE messages SET text = ?, thinking = ?, interrupted = ?, metrics = NULL, writer = NULL,"
            " indexed = 0 WHERE id = ?",
            (encode_text(text), encode_text(thinking), why, id),
        )
        db.execute("DELETE FROM pieces WHERE message = ?", (id,))


def import_message(db: Db, conversation: int, kept: StoredMessage, id: int, parent: int | None) -> None:
    """Keep a message that comes from elsewhere, under another id and parent."""
    message = kept.message
    if isinstance(message, Reply):
        _add_message(db, conversation, id, parent, message.role, kept.at)
        finish_reply(db, id, message, None, kept.at)
    else:
        _add_question(db, conversation, id, parent, message, kept.at)
    db.execute("UPDATE messages SET seen = ? WHERE id = ?", (kept.seen, id))


def _add_question(
    db: Db, conversation: int, id: int, parent: int | None, question: Question, at: float
) -> None:
    _add_message(
        db,
        conversation,
        id,
        parent,
        question.role,
        at,
        text=encode_text(question.text),
        attachments=question.attachments,
        pinned=question.pinned,
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
    attachments: tuple[Attachment, ...] = (),
    pinned: bool = False,
    writer: str | None = None,
) -> None:
    values = (role, at, model, text, encode_attachments(attachments), pinned, writer)
    db.execute(
        "INSERT INTO messages (id, conversation, parent, number, seen, role, at, model, text, attachments,"
        " pinned, writer) SELECT ?, id, (SELECT id FROM messages WHERE id = ?),"
        " (SELECT coalesce(max(number), 0) + 1 FROM messages WHERE conversation = ?),"
        " (SELECT coalesce(max(seen), 0) FROM messages WHERE conversation = ?), ?, ?, ?, ?, ?, ?, ?"
        " FROM conversations WHERE id = ?",
        (id, parent, conversation, conversation, *values, conversation),
    )


def _answered_by(db: Db, conversation: int, model: str, settings: LoadSettings | None) -> None:
    db.execute(
        "UPDATE conversations SET model = ?, settings = coalesce(?, settings) WHERE id = ?",
        (encode_text(model), encode_json(settings), conversation),
    )


def _end_with(db: Db, conversation: int, id: int, at: float) -> None:
    db.execute(
        "UPDATE conversations SET last = (SELECT id FROM messages WHERE id = ?), updated = ? WHERE id = ?",
        (id, at, conversation),
    )


def _end_at(db: Db, conversation: int, last: int | None) -> None:
    db.execute(
        "UPDATE conversations SET last = (SELECT id FROM messages WHERE id = ?) WHERE id = ?",
        (last, conversation),
    )
