"""Kept conversations as rows of the store, and back: nothing that was said is changed on the way."""

import logging
import sqlite3
from collections.abc import Iterator
from typing import Any, TypeVar, cast

import msgspec

from tui.chat.conversation import FinishReason, Message, Question, Reply
from tui.chat.receipt import Receipt
from tui.engine.protocol import LoadSettings, Metrics
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


class Kept(msgspec.Struct, frozen=True):
    """A kept message and its place. Its own `id` is the store's; `message.id` says nothing."""

    id: int
    parent: int | None
    """The message it follows; None for a first one."""
    at: float
    """When it was asked or begun, in seconds since 1970."""
    message: Message


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
        "SELECT id, parent, role, at, model, text, finish, metrics, interrupted, receipt, writer"
        " FROM messages WHERE conversation = ? ORDER BY number",
        (conversation,),
    ).fetchall()
    known: set[int] = set()
    for id, parent, role, at, model, text, finish, metrics, interrupted, receipt, writer in rows:
        if writer is not None:
            text, interrupted = pieces_of(db, id), _("still being written")
        text = unpack(text)
        said = Reply(
            0,
            text,
            unpack(model),
            finish_of(finish),
            decode(metrics, Metrics),
            None if interrupted is None else unpack(interrupted),
            decode(receipt, Receipt),
        )
        message = Question(0, text) if role == "user" else said
        yield Kept(id, parent if parent in known else None, at, message)
        known.add(id)


def pieces_of(db: sqlite3.Connection, message: int) -> str:
    """The text of a reply that is being written, as far as it was kept."""
    rows = db.execute("SELECT text FROM pieces WHERE message = ? ORDER BY number", (message,))
    return "".join(unpack(text) for (text,) in rows)
