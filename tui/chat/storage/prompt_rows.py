"""Prompts of the replies in the conversation file, and the settings of their parts."""

import sqlite3
from collections.abc import Mapping

from tui.chat.messages import Reply
from tui.chat.reply_prompts import PromptDelta
from tui.chat.storage.lenient_decode import encode_json
from tui.chat.storage.text_codec import compress_text, decompress_text


def write_prompts(
    db: sqlite3.Connection,
    changes: Mapping[int, PromptDelta | None],
    reply_id: int | None,
    reply: Reply | None,
) -> None:
    """Write prompts by message id, None for a deleted one, and the settings of the open reply's parts."""
    for message, delta in changes.items():
        db.execute("DELETE FROM prompts WHERE message = ?", (message,))
        if delta is not None:
            db.execute(
                "INSERT INTO prompts (message, base, shared, rest)"
                " SELECT id, ?, ?, ? FROM messages WHERE id = ?",
                (delta.base_reply, delta.shared, compress_text(delta.ending), message),
            )
    if reply is not None:
        db.execute("UPDATE messages SET asked = ? WHERE id = ?", (encode_json(reply.part_settings), reply_id))


def read_prompts(db: sqlite3.Connection, conversation: int) -> dict[int, PromptDelta]:
    """Return the prompts of a conversation by message id, oldest first; damaged ones are left out."""
    rows = db.execute(
        "SELECT p.message, p.base, p.shared, p.rest FROM prompts p JOIN messages m ON m.id = p.message"
        " WHERE m.conversation = ? ORDER BY m.number",
        (conversation,),
    )
    decoded = ((id, base, shared, decompress_text(ending)) for id, base, shared, ending in rows)
    return {
        id: PromptDelta(base, shared, ending) for id, base, shared, ending in decoded if ending is not None
    }
