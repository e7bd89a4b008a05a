"""Kept conversations as rows of the store, and back: nothing that was said is changed on the way."""

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tui.chat.asking import Asking
from tui.chat.messages import Question, Reply, StoredMessage
from tui.chat.receipt import Receipt
from tui.chat.reply_prompts import PromptDelta
from tui.chat.storage.lenient_decode import decode_finish, decode_json, decode_part_settings, decode_struct
from tui.chat.storage.text_codec import decode_attachments, decode_text, decompress_text
from tui.engine.options import LoadSettings
from tui.engine.reply_metrics import ReplyMetrics
from tui.i18n import _


class ConversationSummary(msgspec.Struct, frozen=True):
    """A kept conversation as a list shows it."""

    id: int
    title: str
    """First line of its first question, until the user gives it another."""
    model: str
    """Label of the model that answered last; empty for none."""
    messages: int
    """On the branch that is shown."""
    created: float
    """Seconds since 1970."""
    updated: float
    """When something was last said, in seconds since 1970."""
    pinned: bool


class ConversationRecord(msgspec.Struct, frozen=True):
    """A whole kept conversation."""

    title: str
    model: str
    settings: LoadSettings | None
    """How the model was loaded that answered last; None where that was not known."""
    system: str
    created: float
    updated: float
    messages: tuple[StoredMessage, ...]
    """All of them, those that another answer took the place of too; parents before their children."""
    last: int | None
    """The message that the shown branch ends with."""
    pinned: bool = False
    asking: Asking | None = None
    """How its answers are asked for; None where that was not kept."""
    prompts: Mapping[int, PromptDelta] = {}
    """What was read for its replies, oldest first, by the messages' ids; not part of a document."""
    left_out: tuple[str, ...] = ()
    """What of a document could not be taken over: each with its place, and why."""

    @property
    def shown_branch(self) -> tuple[StoredMessage, ...]:
        """The branch that is shown, oldest first."""
        by_id = {each.id: each for each in self.messages}
        found: list[StoredMessage] = []
        at = self.last
        while at is not None and (each := by_id.pop(at, None)):
            found.append(each)
            at = each.parent
        return tuple(reversed(found))


def read_messages(db: sqlite3.Connection, conversation: int) -> Iterator[StoredMessage]:
    """Every message of a conversation, parents before their children."""
    rows = db.execute(
        "SELECT id, parent, at, seen, role, text, attachments, pinned, model, finish, metrics, interrupted,"
        " receipt, thinking, parts, writer, asked, raw, edited FROM messages WHERE conversation = ?"
        " ORDER BY number",
        (conversation,),
    ).fetchall()
    known: set[int] = set()
    for id, parent, at, seen, role, *columns in rows:
        message = _question(*columns[:3]) if role == "user" else _reply(db, id, columns[0], *columns[3:])
        yield StoredMessage(id, parent if parent in known else None, at, message, seen)
        known.add(id)


def read_pieces(db: sqlite3.Connection, message: int) -> tuple[str, str]:
    """The text of a reply that is being written and its thinking, as far as they were kept."""
    rows = db.execute("SELECT thinking, text FROM pieces WHERE message = ? ORDER BY number", (message,))
    found: tuple[list[str], list[str]] = [], []
    for thinking, text in rows:
        found[bool(thinking)].append(decode_text(text))
    return "".join(found[0]), "".join(found[1])


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
    receipt: Any,
    thinking: Any,
    parts: Any,
    writer: Any,
    asked: Any,
    raw: Any,
    edited: Any,
) -> Reply:
    if writer is not None:
        (text, thinking), interrupted = read_pieces(db, id), _("still being written")
    text, thinking = decode_text(text), decode_text(thinking)
    return Reply(
        0,
        text,
        decode_text(model),
        decode_finish(finish),
        decode_struct(decode_json(metrics), ReplyMetrics),
        None if interrupted is None else decode_text(interrupted),
        decode_struct(decode_json(receipt), Receipt),
        thinking,
        parts,
        decompress_text(raw, thinking + text),
        decode_part_settings(decode_json(asked)),
        bool(edited),
    )
