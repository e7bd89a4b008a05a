"""Kept conversations as rows of the store, and back: nothing that was said is changed on the way."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from typing import Any, TypeVar, cast

import msgspec

from tui.chat.messages import Attachment, FinishReason, Kept, Question, Reply
from tui.chat.receipt import Receipt
from tui.engine.options import LoadSettings
from tui.engine.protocol import Metrics
from tui.i18n import _

log = logging.getLogger(__name__)

T = TypeVar("T", bound=msgspec.Struct)


class Summary(msgspec.Struct, frozen=True):
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


class Record(msgspec.Struct, frozen=True):
    """A whole kept conversation."""

    title: str
    model: str
    settings: LoadSettings | None
    """How the model was loaded that answered last; None where that was not known."""
    system: str
    created: float
    updated: float
    messages: tuple[Kept, ...]
    """All of them, those that another answer took the place of too; parents before their children."""
    last: int | None
    """The message that the shown branch ends with."""
    pinned: bool = False

    @property
    def shown(self) -> tuple[Kept, ...]:
        """The branch that is shown, oldest first."""
        by_id = {each.id: each for each in self.messages}
        found: list[Kept] = []
        at = self.last
        while at is not None and (each := by_id.pop(at, None)):
            found.append(each)
            at = each.parent
        return tuple(reversed(found))


def pack(text: str) -> str | bytes:
    """The text as SQLite takes it: a lone surrogate is no valid UTF-8, so such a text is kept as bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def unpack(value: str | bytes) -> str:
    """The text as it was before `pack`."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def pack_attachments(attachments: tuple[Attachment, ...]) -> str | None:
    """The attachments as JSON; None for none."""
    # Of the standard library: it writes any text that Python can hold, a lone surrogate too.
    return json.dumps([[each.name, each.text] for each in attachments]) if attachments else None


def unpack_attachments(text: str | None) -> tuple[Attachment, ...]:
    """The attachments as they were before `pack_attachments`; those that are none are left out."""
    try:
        found = json.loads(text or "[]")
        return tuple(Attachment(str(name), str(content)) for name, content in found)
    except (ValueError, TypeError) as error:
        log.warning("conversations: attachments are left out: %s", error)
        return ()


def encode(struct: msgspec.Struct | None) -> str | None:
    """The struct as JSON; None for None, and for one that JSON cannot hold."""
    try:
        return None if struct is None else msgspec.json.encode(struct).decode()
    except (ValueError, OverflowError) as error:
        log.warning("conversations: a %s is left out: %s", type(struct).__name__, error)
        return None


def revive(value: object, kind: type[T]) -> T | None:
    """A struct from what JSON was decoded to, of an older or a newer llmtui too; None where that is hopeless.

    Fields that are not known are passed over, and those that are missing become None where they may be.
    """
    if not isinstance(value, dict):
        return None
    given = cast("dict[str, Any]", value)
    missing = {field.name: None for field in msgspec.structs.fields(kind) if field.required}
    try:
        return msgspec.convert({**missing, **given}, kind)
    except msgspec.ValidationError as error:
        log.warning("conversations: a %s is left out: %s", kind.__name__, error)
        return None


def decode(text: str | None, kind: type[T]) -> T | None:
    """What `encode` made, as `revive` does it."""
    if text is None:
        return None
    try:
        return revive(msgspec.json.decode(text), kind)
    except msgspec.DecodeError as error:
        log.warning("conversations: a %s is left out: %s", kind.__name__, error)
        return None


def finish_of(value: object) -> FinishReason | None:
    """How a reply ended; None for a way that is not known here."""
    try:
        return msgspec.convert(value, FinishReason)
    except msgspec.ValidationError:
        return None


def messages_of(db: sqlite3.Connection, conversation: int) -> Iterator[Kept]:
    """Every message of a conversation, parents before their children."""
    rows = db.execute(
        "SELECT id, parent, at, seen, role, text, attachments, pinned, model, finish, metrics, interrupted,"
        " receipt, thinking, parts, writer FROM messages WHERE conversation = ? ORDER BY number",
        (conversation,),
    ).fetchall()
    known: set[int] = set()
    for id, parent, at, seen, role, *columns in rows:
        message = _question(*columns[:3]) if role == "user" else _reply(db, id, columns[0], *columns[3:])
        yield Kept(id, parent if parent in known else None, at, message, seen)
        known.add(id)


def pieces_of(db: sqlite3.Connection, message: int) -> tuple[str, str]:
    """The text of a reply that is being written and its thinking, as far as they were kept."""
    rows = db.execute("SELECT thinking, text FROM pieces WHERE message = ? ORDER BY number", (message,))
    found: tuple[list[str], list[str]] = [], []
    for thinking, text in rows:
        found[bool(thinking)].append(unpack(text))
    return "".join(found[0]), "".join(found[1])


def _question(text: Any, attachments: Any, pinned: Any) -> Question:
    return Question(0, unpack(text), unpack_attachments(attachments), bool(pinned))


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
) -> Reply:
    if writer is not None:
        (text, thinking), interrupted = pieces_of(db, id), _("still being written")
    return Reply(
        0,
        unpack(text),
        unpack(model),
        finish_of(finish),
        decode(metrics, Metrics),
        None if interrupted is None else unpack(interrupted),
        decode(receipt, Receipt),
        unpack(thinking),
        parts,
    )
