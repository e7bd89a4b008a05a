"""A kept conversation as a JSON document, and back; and what its file is called."""

import json
import re
import stat
import unicodedata
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import msgspec

from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Question, Reply, StoredMessage
from tui.chat.receipt import Receipt
from tui.chat.storage.lenient_decode import (
    OnLeftOut,
    decode_asking,
    decode_finish,
    decode_part_settings,
    decode_struct,
    under_path,
)
from tui.chat.storage.rows import ConversationRecord
from tui.engine.options import LoadSettings
from tui.engine.reply_metrics import ReplyMetrics
from tui.i18n import _

FORMAT = "llmtui conversation"
DOCUMENT_VERSION = 3
"""Of the document; a newer one is not read. The second has attachments, pins, thinking and parts; the third
how answers are asked for, and which of them the user edited. Prompts and raw replies are in none: they would
make it many times as long."""
LARGEST_BYTES = 256 * 1024 * 1024
"""Of a document that is read."""
_NAME_LIMIT = 60
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


class DocumentError(Exception):
    """A file is no conversation; the text is a sentence for the user."""


def conversation_to_json(record: ConversationRecord) -> str:
    """The conversation with all of its branches; ids count from 1, so that two exports of it are the same."""
    numbers = {kept.id: number for number, kept in enumerate(record.messages, 1)}
    document = {
        "format": FORMAT,
        "version": DOCUMENT_VERSION,
        "title": record.title,
        "model": record.model,
        "settings": _plain(record.settings),
        "system": record.system,
        "manner": _plain(record.asking),
        "created": record.created,
        "updated": record.updated,
        "last": numbers.get(record.last or 0),
        "messages": [_message(kept, numbers) for kept in record.messages],
    }
    # Of the standard library: it writes any text that Python can hold, a lone surrogate too.
    return json.dumps(document, indent=2) + "\n"


def conversation_from_json(text: str) -> ConversationRecord:
    """The conversation of such a document.

    Raises:
        DocumentError: it is none, or one of a newer llmtui, or not whole.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError(_("This is not JSON.")) from error
    document = cast("dict[str, Any]", found if isinstance(found, dict) else {})
    if document.get("format") != FORMAT:
        raise DocumentError(_("This is no conversation that llmtui has exported."))
    if not isinstance(document.get("version"), int) or document["version"] > DOCUMENT_VERSION:
        raise DocumentError(_("This conversation was exported by a newer llmtui."))
    left_out: list[str] = []

    def tell(place: str, why: str) -> None:
        left_out.append(f"{place}: {why}")

    try:
        messages = _messages(document.get("messages"), tell)
        last = document.get("last")
        if last is not None and (type(last) is not int or last not in {kept.id for kept in messages}):
            raise _WrongError("last", _("expected the id of a message"))
        return ConversationRecord(
            title=_text(document, "title"),
            model=_text(document, "model"),
            settings=decode_struct(document.get("settings"), LoadSettings, under_path("settings", tell)),
            system=_text(document, "system"),
            created=_time(document, "created"),
            updated=_time(document, "updated"),
            messages=messages,
            last=last,
            asking=decode_asking(document.get("manner"), under_path("manner", tell)),
            left_out=tuple(left_out),
        )
    except _WrongError as error:
        raise DocumentError(_("This conversation is not whole: {why}.").format(why=error)) from error


def shown_conversation(record: ConversationRecord) -> Conversation:
    """What is shown of it, by itself."""
    conversation = Conversation()
    conversation.replace_messages(record.shown_branch, record.last, record.system, record.asking)
    return conversation


def file_stem(title: str) -> str:
    """A file's name without its ending that any system takes, as near to the title as that allows."""
    letters = unicodedata.normalize("NFC", title)
    words = re.sub(r"[^\w]+", "-", letters).strip("-_")[:_NAME_LIMIT].strip("-_")
    if not words or _RESERVED.fullmatch(words):
        return f"conversation-{words}".rstrip("-")
    return words


def write_new(folder: Path, stem: str, ending: str, text: str) -> Path:
    """Write a file that was not there before: `stem.ending`, else `stem-2.ending` and so on.

    Raises:
        OSError: it cannot be written; nothing is left then.
    """
    number = 1
    while True:
        path = folder / (f"{stem}.{ending}" if number == 1 else f"{stem}-{number}.{ending}")
        try:
            file = path.open("x", encoding="utf-8", newline="\n")
        except FileExistsError:
            number += 1
            continue
        try:
            with file:
                file.write(text)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path


def read_document(path: Path) -> ConversationRecord:
    """The conversation in a file.

    Raises:
        DocumentError: it holds none, or cannot be read.
    """
    try:
        state = path.stat()
        if stat.S_ISDIR(state.st_mode):
            raise DocumentError(_("This is a folder."))
        if not stat.S_ISREG(state.st_mode):
            # A pipe is waited for, and a device may never end.
            raise DocumentError(_("This is no file but a device or a pipe."))
        if state.st_size > LARGEST_BYTES:
            raise DocumentError(_("This file is too large for a conversation."))
        return conversation_from_json(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DocumentError(_("This is not JSON.")) from error
    except OSError as error:
        why = error.strerror or str(error)
        raise DocumentError(_("The file cannot be read: {why}.").format(why=why)) from error
    except ValueError as error:
        # A path with a NUL in it.
        raise DocumentError(_("There is no such file.")) from error


def _message(kept: StoredMessage, numbers: dict[int, int]) -> dict[str, object]:
    message = kept.message
    common: dict[str, object] = {
        "id": numbers[kept.id],
        "parent": None if kept.parent is None else numbers[kept.parent],
        "role": message.role,
        "at": kept.at,
        "seen": kept.seen,
        "text": message.text,
    }
    if isinstance(message, Question):
        attachments = [{"name": each.name, "text": each.text} for each in message.attachments]
        return {**common, "attachments": attachments, "pinned": message.pinned}
    return {
        **common,
        "thinking": message.thinking,
        "parts": message.parts,
        "edited": message.edited,
        "model": message.model,
        "finish": message.finish,
        "interrupted": message.interrupted,
        "metrics": _plain(message.metrics),
        "receipt": _plain(message.receipt),
        "asked": [_plain(way) for way in message.part_settings],
    }


class _WrongError(ValueError):
    """Something without which there is no conversation."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.place = place
        self.why = why


@contextmanager
def _within(place: str) -> Generator[None]:
    """What is wrong inside is told with its place."""
    try:
        yield
    except _WrongError as error:
        raise _WrongError(f"{place}.{error.place}".rstrip("."), error.why) from error


def _messages(given: object, tell: OnLeftOut) -> tuple[StoredMessage, ...]:
    found: list[StoredMessage] = []
    known: set[int | None] = {None}
    for number, each in enumerate(_list(given, "messages")):
        place = f"messages[{number}]"
        with _within(place):
            found.append(_kept(_object(each), known, under_path(place, tell)))
        known.add(found[-1].id)
    return tuple(found)


def _kept(each: Mapping[str, Any], known: set[int | None], tell: OnLeftOut) -> StoredMessage:
    id, parent, role = each.get("id"), each.get("parent", 0), each.get("role")
    if type(id) is not int or id in known:
        raise _WrongError("id", _("expected a number that no message before it has"))
    if type(parent) not in (int, type(None)) or parent not in known:
        raise _WrongError("parent", _("expected the id of a message before it, or null"))
    if role not in ("user", "assistant"):
        raise _WrongError("role", _('expected "user" or "assistant"'))
    message = _question(each) if role == "user" else _reply(each, tell)
    return StoredMessage(id, parent, _time(each, "at"), message, _count(each, "seen", 0))


def _question(each: Mapping[str, Any]) -> Question:
    attachments: list[Attachment] = []
    for number, given in enumerate(_list(each.get("attachments", []), "attachments")):
        with _within(f"attachments[{number}]"):
            attachments.append(Attachment(_text(_object(given), "name"), _text(_object(given), "text")))
    return Question(0, _text(each, "text"), tuple(attachments), each.get("pinned") is True)


def _reply(each: Mapping[str, Any], tell: OnLeftOut) -> Reply:
    is_edited = each.get("edited") is True
    return Reply(
        0,
        _text(each, "text"),
        _text(each, "model"),
        decode_finish(each.get("finish"), under_path("finish", tell)),
        decode_struct(each.get("metrics"), ReplyMetrics, under_path("metrics", tell)),
        None if each.get("interrupted") is None else _text(each, "interrupted"),
        decode_struct(each.get("receipt"), Receipt, under_path("receipt", tell)),
        _text({"thinking": "", **each}, "thinking"),
        # A model was asked for all others.
        _count({"parts": 1, **each}, "parts", 0 if is_edited else 1),
        part_settings=decode_part_settings(each.get("asked"), under_path("asked", tell)),
        edited=is_edited,
    )


def _plain(struct: msgspec.Struct | None) -> object:
    return None if struct is None else msgspec.to_builtins(struct)


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _WrongError("", _("expected an object"))
    return cast("dict[str, Any]", value)


def _list(value: object, key: str) -> list[object]:
    if not isinstance(value, list):
        raise _WrongError(key, _("expected a list"))
    return cast("list[object]", value)


def _text(given: Mapping[str, Any], key: str) -> str:
    if not isinstance(value := given.get(key), str):
        raise _WrongError(key, _("expected a text"))
    return value


def _count(given: Mapping[str, Any], key: str, least: int) -> int:
    value = given.get(key, least)
    # As far as SQLite counts, with room to count on.
    if type(value) is not int or not least <= value < 2**40:
        raise _WrongError(key, _("expected a whole number from {least} up").format(least=least))
    return value


def _time(given: Mapping[str, Any], key: str) -> float:
    value = given.get(key)
    # As far as dates go, on every system.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**40:
        raise _WrongError(key, _("expected seconds since 1970"))
    return float(value)
