"""Conversion between saved conversations and rows of the store, without any change of their texts."""

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tui.chat.asking import Asking
from tui.chat.messages import Question, Reply, StoredMessage
from tui.chat.reply_prompts import PromptDelta
from tui.chat.storage.lenient_decode import (
    decode_finish,
    decode_json,
    decode_part_settings,
    decode_struct,
)
from tui.chat.storage.saved_reasons import decode_interruption, decode_receipt
from tui.chat.storage.schema import has_interruptions
from tui.chat.storage.text_codec import decode_attachments, decode_text, decompress_text
from tui.engine.options import LoadSettings
from tui.engine.reply_metrics import ReplyMetrics
from tui.sentences import Reason, reason


class ConversationSummary(msgspec.Struct, frozen=True):
    """Facts about a saved conversation for a list."""

    id: int
    title: str
    """First line of the first question, unless the user has changed the title."""
    model: str
    """Label of the model that answered last; empty for none."""
    messages: int
    """Number of messages on the shown branch."""
    created: float
    """Seconds since 1970."""
    updated: float
    """Time of the last message, in seconds since 1970."""
    pinned: bool


class ConversationRecord(msgspec.Struct, frozen=True):
    """Complete saved conversation."""

    title: str
    model: str
    settings: LoadSettings | None
    """Load settings of the model that answered last; None for unknown."""
    system: str
    created: float
    updated: float
    messages: tuple[StoredMessage, ...]
    """Messages of all branches, parents before their children."""
    last: int | None
    """Id of the last message of the shown branch; None for an empty conversation."""
    pinned: bool = False
    asking: Asking | None = None
    """Answer settings of the user; None if they were not saved."""
    prompts: Mapping[int, PromptDelta] = {}
    """Prompts of the replies by message id, oldest first; not part of a document."""
    left_out: tuple[Reason, ...] = ()
    """Values of a document that could not be imported, each with its place and the reason."""

    @property
    def shown_branch(self) -> tuple[StoredMessage, ...]:
        """Messages of the shown branch, oldest first."""
        by_id = {stored.id: stored for stored in self.messages}
        branch: list[StoredMessage] = []
        id = self.last
        while id is not None and (stored := by_id.pop(id, None)):
            branch.append(stored)
            id = stored.parent
        return tuple(reversed(branch))


def read_messages(db: sqlite3.Connection, conversation: int) -> Iterator[StoredMessage]:
    """Yield every message of a conversation, parents before their children."""
    interruption = "interruption" if has_interruptions(db) else "NULL"
    rows = db.execute(
        "SELECT id, parent, at, seen, role, text, attachments, pinned, model, finish, metrics, interrupted,"
        f" {interruption}, receipt, thinking, parts, writer, asked, raw, edited FROM messages"
        " WHERE conversation = ? ORDER BY number",
        (conversation,),
    ).fetchall()
    earlier_ids: set[int] = set()
    for id, parent, created, seen, role, *columns in rows:
        message = _question(*columns[:3]) if role == "user" else _reply(db, id, columns[0], *columns[3:])
        yield StoredMessage(id, parent if parent in earlier_ids else None, created, message, seen)
        earlier_ids.add(id)


def read_pieces(db: sqlite3.Connection, message: int) -> tuple[str, str]:
    """Return the text of a reply that is being written, and its thinking, as far as they were saved."""
    rows = db.execute("SELECT thinking, text FROM pieces WHERE message = ? ORDER BY number", (message,))
    answer: list[str] = []
    thoughts: list[str] = []
    for thinking, text in rows:
        (thoughts if thinking else answer).append(decode_text(text))
    return "".join(answer), "".join(thoughts)


def _question(text: Any, attachments: Any, pinned: Any) -> Question:
    return Question(0, decode_text(text), decode_attachments(attachments), bool(pinned))


def _reply(
    db: sqlite3.Connection,
    id: int,
    text: Any,
    model: Any,
    finish: Any,
    metrics: Any,
    interrupted: Any,
    interruption: Any,
    receipt: Any,
    thinking: Any,
    parts: Any,
    writer: Any,
    part_settings: Any,
    raw: Any,
    edited: Any,
) -> Reply:
    if writer is not None:
        text, thinking = read_pieces(db, id)
        why = reason("chat.still_being_written")
    else:
        why = decode_interruption(None if interrupted is None else decode_text(interrupted), interruption)
    text, thinking = decode_text(text), decode_text(thinking)
    return Reply(
        0,
        text,
        decode_text(model),
        decode_finish(finish),
        decode_struct(decode_json(metrics), ReplyMetrics),
        why,
        decode_receipt(decode_json(receipt)),
        thinking,
        parts,
        decompress_text(raw, thinking + text),
        decode_part_settings(decode_json(part_settings)),
        bool(edited),
    )
