"""Writes to the conversation file while a chat goes on, with a function for each event.

Each function runs in its own transaction. Messages that another llmtui has deleted are ignored.
"""

import sqlite3

from tui.chat.asking import Asking
from tui.chat.messages import Attachment, Question, Reply, StoredMessage
from tui.chat.storage.lenient_decode import encode_json
from tui.chat.storage.rows import read_pieces
from tui.chat.storage.saved_reasons import Sentence, encode_interruption, encode_receipt
from tui.chat.storage.search_index import remove_messages_from_index
from tui.chat.storage.text_codec import compress_raw_reply, encode_attachments, encode_text
from tui.engine.options import LoadSettings
from tui.sentences import reason
from tui.text import clean, clean_line

TITLE_LIMIT = 200
"""Longest title, in characters."""

Db = sqlite3.Connection


def title_from_text(text: str) -> str:
    """Return the first non-empty line of a text as a title; empty where there is none."""
    lines = (clean_line(line) for line in clean(text[: 100 * TITLE_LIMIT]).splitlines())
    return next((line for line in lines if line), "")[:TITLE_LIMIT]


def title_for_question(question: Question, sentence: Sentence) -> str:
    """Return the title for a first question: its first line, or the name of an attachment."""
    candidates = (question.text, *(attached.name for attached in question.attachments))
    title = title_from_text(next((text for text in candidates if text.strip()), ""))
    return title or sentence(reason("chat.untitled"))


def add_conversation(db: Db, id: int, title: str, system: str, asking: Asking | None, time: float) -> None:
    """Add a conversation; `time` is in seconds since 1970, here and below."""
    values = (id, clean_line(title)[:TITLE_LIMIT], encode_text(system), encode_json(asking), time, time)
    db.execute(
        "INSERT INTO conversations (id, title, system, manner, created, updated) VALUES (?, ?, ?, ?, ?, ?)",
        values,
    )


def set_system(db: Db, conversation: int, system: str) -> None:
    """Change the system prompt."""
    db.execute("UPDATE conversations SET system = ? WHERE id = ?", (encode_text(system), conversation))


def set_asking(db: Db, conversation: int, asking: Asking) -> None:
    """Change the user's answer settings."""
    db.execute("UPDATE conversations SET manner = ? WHERE id = ?", (encode_json(asking), conversation))


def add_question(
    db: Db,
    conversation: int,
    id: int,
    parent: int | None,
    question: Question,
    time: float,
    sentence: Sentence,
) -> None:
    """Add a question at the end of the shown branch. A deleted conversation starts again."""
    db.execute(
        "UPDATE conversations SET deleted = NULL, title = ? WHERE id = ? AND deleted IS NOT NULL",
        (title_for_question(question, sentence), conversation),
    )
    _add_question(db, conversation, id, parent, question, time)
    _end_branch_at(db, conversation, id, time)


def add_reply(
    db: Db,
    conversation: int,
    id: int,
    parent: int | None,
    model: str,
    settings: LoadSettings | None,
    writer: str,
    time: float,
) -> None:
    """Add a reply that is open until `finish_reply`; `writer` is the process that writes it."""
    _add_message(db, conversation, id, parent, "assistant", time, model=encode_text(model), writer=writer)
    _end_branch_at(db, conversation, id, time)
    # Only the first one is said before it has answered: there is no other to say.
    db.execute(
        "UPDATE conversations SET model = ?, settings = coalesce(?, settings) WHERE id = ? AND model = ''",
        (encode_text(model), encode_json(settings), conversation),
    )


def add_user_reply(
    db: Db, conversation: int, id: int, parent: int | None, reply: Reply, time: float, sentence: Sentence
) -> None:
    """Add a reply that the user wrote, at the end of the shown branch."""
    _add_message(db, conversation, id, parent, reply.role, time)
    finish_reply(db, id, reply, None, time, sentence)
    _end_branch_at(db, conversation, id, time)


def continue_reply(db: Db, id: int, reply: Reply, writer: str) -> None:
    """Open a closed reply again; `writer` continues it."""
    remove_messages_from_index(db, (id,))
    db.execute("DELETE FROM pieces WHERE message = ?", (id,))
    db.execute(
        "UPDATE messages SET writer = ?, model = ?, parts = ?, finish = NULL, interrupted = NULL,"
        " interruption = NULL, raw = NULL WHERE id = ?",
        (writer, encode_text(reply.model), reply.parts, id),
    )
    for text, thinking in ((reply.thinking, True), (reply.text, False)):
        if text:
            add_piece(db, id, text, thinking)


def add_piece(db: Db, message: int, text: str, thinking: bool = False) -> None:
    """Add a piece to an open reply, or to its thinking."""
    db.execute(
        "INSERT INTO pieces (message, number, text, thinking)"
        " SELECT id, (SELECT coalesce(max(number), 0) + 1 FROM pieces WHERE message = ?), ?, ?"
        " FROM messages WHERE id = ? AND writer IS NOT NULL",
        (message, encode_text(text), thinking, message),
    )


def finish_reply(
    db: Db, id: int, reply: Reply, settings: LoadSettings | None, time: float, sentence: Sentence
) -> None:
    """Close a reply, and store its text as a whole."""
    db.execute(
        "UPDATE messages SET model = ?, text = ?, thinking = ?, finish = ?, metrics = ?, interrupted = ?,"
        " interruption = ?, receipt = ?, parts = ?, asked = ?, raw = ?, edited = ?, writer = NULL,"
        " indexed = 0 WHERE id = ?",
        (
            encode_text(reply.model),
            encode_text(reply.text),
            encode_text(reply.thinking),
            reply.finish,
            encode_json(reply.metrics),
            *encode_interruption(reply.interrupted, sentence),
            encode_receipt(reply.receipt, sentence),
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
        (time, encode_json(settings), id),
    )


def set_receipt(db: Db, id: int, reply: Reply, sentence: Sentence) -> None:
    """Add the receipt of a reply, which comes shortly after its end."""
    db.execute("UPDATE messages SET receipt = ? WHERE id = ?", (encode_receipt(reply.receipt, sentence), id))


def pin_question(db: Db, id: int, pinned: bool) -> None:
    """Pin a question, or unpin it."""
    db.execute("UPDATE messages SET pinned = ? WHERE id = ?", (pinned, id))


def show_branch(db: Db, conversation: int, id: int | None, last: int | None) -> None:
    """Show the branch through a message; `last` is the message that it ends with."""
    db.execute(
        "WITH RECURSIVE path (id, parent) AS (SELECT id, parent FROM messages WHERE id = ?"
        " UNION SELECT m.id, m.parent FROM path p JOIN messages m ON m.id = p.parent)"
        " UPDATE messages SET seen = (SELECT max(seen) + 1 FROM messages WHERE conversation = ?)"
        " WHERE id IN (SELECT id FROM path)",
        (id, conversation),
    )
    _set_last(db, conversation, last)


def remove_messages(
    db: Db,
    conversation: int,
    deleted: tuple[int, ...],
    parent: int | None,
    shown_child: int | None,
    last: int | None,
) -> None:
    """Delete messages; their followers now follow `parent`, and of its children `shown_child` is shown.

    A conversation without any message is deleted too.
    """
    remove_messages_from_index(db, deleted)
    for id in deleted:
        db.execute(
            "UPDATE messages SET parent = (SELECT id FROM messages WHERE id = ?) WHERE parent = ?",
            (parent, id),
        )
        db.execute("DELETE FROM messages WHERE id = ?", (id,))
    db.execute(
        "UPDATE messages SET seen = (SELECT max(seen) + 1 FROM messages WHERE conversation = ?) WHERE id = ?",
        (conversation, shown_child),
    )
    _set_last(db, conversation, last)
    db.execute(
        "DELETE FROM conversations"
        " WHERE id = ? AND NOT EXISTS (SELECT 1 FROM messages WHERE conversation = ?)",
        (conversation, conversation),
    )


def interrupt_replies(db: Db, writer: str, sentence: Sentence) -> None:
    """Close the replies that a writer has left open, with the text that has arrived."""
    interruption = encode_interruption(reason("chat.closed_while_writing"), sentence)
    for (id,) in db.execute("SELECT id FROM messages WHERE writer = ?", (writer,)).fetchall():
        text, thinking = read_pieces(db, id)
        # The cost of the cut part is unknown, and so is the total cost.
        db.execute(
            "UPDATE messages SET text = ?, thinking = ?, interrupted = ?, interruption = ?, metrics = NULL,"
            " writer = NULL, indexed = 0 WHERE id = ?",
            (encode_text(text), encode_text(thinking), *interruption, id),
        )
        if text or thinking:
            # A reply in parts has several models; the last of them is not known any more.
            db.execute(
                "UPDATE conversations SET model = (SELECT model FROM messages WHERE id = ?) WHERE id ="
                " (SELECT conversation FROM messages WHERE id = ? AND parts = 1 AND model <> '')",
                (id, id),
            )
        db.execute("DELETE FROM pieces WHERE message = ?", (id,))


def import_message(
    db: Db, conversation: int, stored: StoredMessage, id: int, parent: int | None, sentence: Sentence
) -> None:
    """Save an imported message with a new id and parent."""
    message = stored.message
    if isinstance(message, Reply):
        _add_message(db, conversation, id, parent, message.role, stored.created)
        finish_reply(db, id, message, None, stored.created, sentence)
    else:
        _add_question(db, conversation, id, parent, message, stored.created)
    db.execute("UPDATE messages SET seen = ? WHERE id = ?", (stored.seen, id))


def _add_question(
    db: Db, conversation: int, id: int, parent: int | None, question: Question, time: float
) -> None:
    _add_message(
        db,
        conversation,
        id,
        parent,
        question.role,
        time,
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
    time: float,
    *,
    model: str | bytes = "",
    text: str | bytes = "",
    attachments: tuple[Attachment, ...] = (),
    pinned: bool = False,
    writer: str | None = None,
) -> None:
    values = (role, time, model, text, encode_attachments(attachments), pinned, writer)
    db.execute(
        "INSERT INTO messages (id, conversation, parent, number, seen, role, at, model, text, attachments,"
        " pinned, writer) SELECT ?, id, (SELECT id FROM messages WHERE id = ?),"
        " (SELECT coalesce(max(number), 0) + 1 FROM messages WHERE conversation = ?),"
        " (SELECT coalesce(max(seen), 0) FROM messages WHERE conversation = ?), ?, ?, ?, ?, ?, ?, ?"
        " FROM conversations WHERE id = ?",
        (id, parent, conversation, conversation, *values, conversation),
    )


def set_model(db: Db, conversation: int, model: str, settings: LoadSettings | None) -> None:
    """Save the label of the model that answered last, and how it was loaded."""
    db.execute(
        "UPDATE conversations SET model = ?, settings = coalesce(?, settings) WHERE id = ?",
        (encode_text(model), encode_json(settings), conversation),
    )


def _end_branch_at(db: Db, conversation: int, id: int, time: float) -> None:
    db.execute(
        "UPDATE conversations SET last = (SELECT id FROM messages WHERE id = ?), updated = ? WHERE id = ?",
        (id, time, conversation),
    )


def _set_last(db: Db, conversation: int, last: int | None) -> None:
    db.execute(
        "UPDATE conversations SET last = (SELECT id FROM messages WHERE id = ?) WHERE id = ?",
        (last, conversation),
    )
