"""What was read for the replies, and how they were asked for, in the file of conversations."""

import sqlite3
from collections.abc import Mapping

from tui.chat.messages import Reply
from tui.chat.reply_prompts import PromptDelta
from tui.chat.storage.lenient_decode import encode_json
from tui.chat.storage.text_codec import compress_text, decompress_text


def write_prompts(
    db: sqlite3.Connection, changed: Mapping[int, PromptDelta | None], id: int | None, reply: Reply | None
) -> None:
    """Keep prompts by their messages, None for one that is gone, and how the open reply is asked for."""
    for message, prompt in changed.items():
        db.execute("DELETE FROM prompts WHERE message = ?", (message,))
        if prompt is not None:
            db.execute(
                "INSERT INTO prompts (message, base, shared, rest)"
                " SELECT id, ?, ?, ? FROM messages WHERE id = ?",
                (prompt.base_reply, prompt.shared, compress_text(prompt.ending), message),
            )
    if reply is not None:
        db.execute("UPDATE messages SET asked = ? WHERE id = ?", (encode_json(reply.part_settings), id))


def read_prompts(db: sqlite3.Connection, conversation: int) -> dict[int, PromptDelta]:
    """What was read for the replies of a conversation, oldest first; what is damaged is left out."""
    rows = db.execute(
        "SELECT p.message, p.base, p.shared, p.rest FROM prompts p JOIN messages m ON m.id = p.message"
        " WHERE m.conversation = ? ORDER BY m.number",
        (conversation,),
    )
    found = ((id, base, shared, decompress_text(rest)) for id, base, shared, rest in rows)
    return {id: PromptDelta(base, shared, rest) for id, base, shared, rest in found if rest is not None}
