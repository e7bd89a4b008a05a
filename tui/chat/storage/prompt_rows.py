"""What was read for the replies, and how they were asked for, in the file of conversations."""

import sqlite3
from collections.abc import Mapping

from tui.chat.messages import Reply
from tui.chat.prompts import Prompt
from tui.chat.storage.lenient_decode import encode
from tui.chat.storage.text_codec import pack_long, unpack_long


def set_prompts(
    db: sqlite3.Connection, changed: Mapping[int, Prompt | None], id: int | None, reply: Reply | None
) -> None:
    """Keep prompts by their messages, None for one that is gone, and how the open reply is asked for."""
    for message, prompt in changed.items():
        db.execute("DELETE FROM prompts WHERE message = ?", (message,))
        if prompt is not None:
            db.execute(
                "INSERT INTO prompts (message, base, shared, rest)"
                " SELECT id, ?, ?, ? FROM messages WHERE id = ?",
                (prompt.base, prompt.shared, pack_long(prompt.rest), message),
            )
    if reply is not None:
        db.execute("UPDATE messages SET asked = ? WHERE id = ?", (encode(reply.asked), id))


def prompts_of(db: sqlite3.Connection, conversation: int) -> dict[int, Prompt]:
    """What was read for the replies of a conversation, oldest first; what is damaged is left out."""
    rows = db.execute(
        "SELECT p.message, p.base, p.shared, p.rest FROM prompts p JOIN messages m ON m.id = p.message"
        " WHERE m.conversation = ? ORDER BY m.number",
        (conversation,),
    )
    found = ((id, base, shared, unpack_long(rest)) for id, base, shared, rest in rows)
    return {id: Prompt(base, shared, rest) for id, base, shared, rest in found if rest is not None}
