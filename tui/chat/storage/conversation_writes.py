"""Changes of saved conversations as a whole. Each function runs in its own transaction."""

import sqlite3
import time
from collections.abc import Mapping

from tui.chat.storage import writes
from tui.chat.storage.lenient_decode import encode_json
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.saved_reasons import Sentence
from tui.chat.storage.search_index import remove_conversation_from_index
from tui.chat.storage.text_codec import encode_text
from tui.text import clean_line

Db = sqlite3.Connection


def rename_conversation(db: Db, conversation: int, title: str) -> None:
    """Change the title of a conversation; an empty title changes nothing."""
    if title := clean_line(title)[: writes.TITLE_LIMIT]:
        db.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, conversation))


def pin_conversation(db: Db, conversation: int, pinned: bool) -> None:
    """Pin a conversation above the others, or unpin it."""
    db.execute("UPDATE conversations SET pinned = ? WHERE id = ?", (pinned, conversation))


def delete_conversation(db: Db, conversation: int, has_index: bool) -> None:
    """Delete all texts of a conversation.

    The empty row stays and is marked as deleted, so that another llmtui that has the conversation open can
    still write to it.
    """
    if has_index:
        remove_conversation_from_index(db, conversation)
    db.execute("DELETE FROM messages WHERE conversation = ?", (conversation,))
    db.execute(
        "UPDATE conversations SET title = '', system = '', model = '', settings = NULL, manner = NULL,"
        " deleted = ? WHERE id = ?",
        (time.time(), conversation),
    )


def import_conversation(
    db: Db,
    record: ConversationRecord,
    message_ids: Mapping[int, int],
    conversation: int,
    sentence: Sentence,
) -> None:
    """Save an imported conversation; `message_ids` has the new id of each message."""
    writes.add_conversation(db, conversation, record.title, record.system, record.asking, record.created)
    for stored in record.messages:
        parent = None if stored.parent is None else message_ids[stored.parent]
        writes.import_message(db, conversation, stored, message_ids[stored.id], parent, sentence)
    db.execute(
        "UPDATE conversations SET model = ?, settings = ?, updated = ?, pinned = ?, last = ? WHERE id = ?",
        (
            encode_text(record.model),
            encode_json(record.settings),
            record.updated,
            record.pinned,
            None if record.last is None else message_ids[record.last],
            conversation,
        ),
    )
