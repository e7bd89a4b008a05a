"""Export of a conversation as a JSON document, its import, and the name of its file."""

import json
import re
import stat
import unicodedata
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import msgspec

from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Question, Reply, StoredMessage
from tui.chat.storage.lenient_decode import (
    OnLeftOut,
    decode_asking,
    decode_finish,
    decode_part_settings,
    decode_struct,
    under_path,
)
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.saved_reasons import decode_receipt, receipt_fields
from tui.engine.options import LoadSettings
from tui.engine.reply_metrics import ReplyMetrics
from tui.sentences import Reason, ReasonedError, reason
from tui.system_errors import system_error

FORMAT = "llmtui conversation"
DOCUMENT_VERSION = 3
"""Version of the document; a newer one is not read.

The second has attachments, pins, thinking and parts; the third the user's choices for the answers, and
which of them the user edited. Prompts and raw replies are in none: they would make it many times as long."""
LARGEST_BYTES = 256 * 1024 * 1024
"""Largest document that is read."""
_NAME_LIMIT = 60
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


class DocumentError(ReasonedError):
    """A file is not a conversation, or cannot be read."""


def conversation_to_json(record: ConversationRecord, sentence: Callable[[Reason], str]) -> str:
    """Return the conversation with all of its branches as a document.

    Ids count from 1, so that two exports of a conversation are the same. `sentence` finds the words of a
    reason.
    """
    numbers = {stored.id: number for number, stored in enumerate(record.messages, 1)}
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
        "messages": [_message_json(stored, numbers, sentence) for stored in record.messages],
    }
    # With the standard library, because it can write any Python text, even a lone surrogate.
    return json.dumps(document, indent=2) + "\n"


def conversation_from_json(text: str) -> ConversationRecord:
    """Return the conversation of a document.

    Raises:
        DocumentError: it is none, or of a newer llmtui, or incomplete.
    """
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError(reason("chat.not_json")) from error
    document = cast("dict[str, Any]", decoded if isinstance(decoded, dict) else {})
    if document.get("format") != FORMAT:
        raise DocumentError(reason("chat.not_exported_by_llmtui"))
    if not isinstance(document.get("version"), int) or document["version"] > DOCUMENT_VERSION:
        raise DocumentError(reason("chat.newer_document"))
    left_out: list[Reason] = []

    def on_left_out(place: str, why: Reason) -> None:
        left_out.append(reason("chat.left_out", place=place, problem=why))

    try:
        messages = _read_messages(document.get("messages"), on_left_out)
        last = document.get("last")
        if last is not None and (type(last) is not int or last not in {stored.id for stored in messages}):
            raise _InvalidError("last", reason("chat.expected_message_id"))
        return ConversationRecord(
            title=_text(document, "title"),
            model=_text(document, "model"),
            settings=decode_struct(
                document.get("settings"), LoadSettings, under_path("settings", on_left_out)
            ),
            system=_text(document, "system"),
            created=_time(document, "created"),
            updated=_time(document, "updated"),
            messages=messages,
            last=last,
            asking=decode_asking(document.get("manner"), under_path("manner", on_left_out)),
            left_out=tuple(left_out),
        )
    except _InvalidError as error:
        problem = reason("chat.left_out", place=error.place, problem=error.reason)
        raise DocumentError(reason("chat.document_incomplete", problem=problem)) from error


def shown_conversation(record: ConversationRecord) -> Conversation:
    """Return the shown branch as a separate conversation."""
    conversation = Conversation()
    conversation.replace_messages(record.shown_branch, record.last, record.system, record.asking)
    return conversation


def file_stem(title: str) -> str:
    """Return a file name without ending that is valid on every system and similar to the title."""
    letters = unicodedata.normalize("NFC", title)
    stem = re.sub(r"[^\w]+", "-", letters).strip("-_")[:_NAME_LIMIT].strip("-_")
    if not stem or _RESERVED.fullmatch(stem):
        return f"conversation-{stem}".rstrip("-")
    return stem


def write_new(folder: Path, stem: str, ending: str, text: str) -> Path:
    """Write a new file, `stem.ending`, else `stem-2.ending` and so on, and return its path.

    Raises:
        OSError: the file cannot be written; no part of it is left behind.
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
    """Return the conversation in a file.

    Raises:
        DocumentError: the file has no conversation, or cannot be read.
    """
    try:
        state = path.stat()
        if stat.S_ISDIR(state.st_mode):
            raise DocumentError(reason("chat.document_is_folder"))
        if not stat.S_ISREG(state.st_mode):
            # Reading a pipe would wait, and a device may have no end.
            raise DocumentError(reason("chat.document_is_device"))
        if state.st_size > LARGEST_BYTES:
            raise DocumentError(reason("chat.document_too_large"))
        return conversation_from_json(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DocumentError(reason("chat.not_json")) from error
    except OSError as error:
        raise DocumentError(reason("chat.document_not_read", error=system_error(error))) from error
    except ValueError as error:
        # The path contains a NUL character.
        raise DocumentError(reason("chat.no_such_file")) from error


def _message_json(
    stored: StoredMessage, numbers: dict[int, int], sentence: Callable[[Reason], str]
) -> dict[str, object]:
    message = stored.message
    common: dict[str, object] = {
        "id": numbers[stored.id],
        "parent": None if stored.parent is None else numbers[stored.parent],
        "role": message.role,
        "at": stored.created,
        "seen": stored.seen,
        "text": message.text,
    }
    if isinstance(message, Question):
        attachments = [{"name": attached.name, "text": attached.text} for attached in message.attachments]
        return {**common, "attachments": attachments, "pinned": message.pinned}
    interrupted = message.interrupted
    return {
        **common,
        "thinking": message.thinking,
        "parts": message.parts,
        "edited": message.edited,
        "model": message.model,
        "finish": message.finish,
        "interrupted": sentence(interrupted) if isinstance(interrupted, Reason) else interrupted,
        "interrupted_reason": _plain(interrupted) if isinstance(interrupted, Reason) else None,
        "metrics": _plain(message.metrics),
        "receipt": receipt_fields(message.receipt, sentence),
        "asked": [_plain(part) for part in message.part_settings],
    }


class _InvalidError(ReasonedError):
    """A required value is missing or invalid."""

    def __init__(self, place: str, why: Reason) -> None:
        super().__init__(why)
        self.place = place


@contextmanager
def _within(place: str) -> Generator[None]:
    """Prefix the place of an error inside the block with `place`."""
    try:
        yield
    except _InvalidError as error:
        raise _InvalidError(f"{place}.{error.place}".rstrip("."), error.reason) from error


def _read_messages(value: object, on_left_out: OnLeftOut) -> tuple[StoredMessage, ...]:
    messages: list[StoredMessage] = []
    earlier_ids: set[int | None] = {None}
    for index, item in enumerate(_list(value, "messages")):
        place = f"messages[{index}]"
        with _within(place):
            messages.append(_read_message(_object(item), earlier_ids, under_path(place, on_left_out)))
        earlier_ids.add(messages[-1].id)
    return tuple(messages)


def _read_message(
    fields: Mapping[str, Any], earlier_ids: set[int | None], on_left_out: OnLeftOut
) -> StoredMessage:
    id, parent, role = fields.get("id"), fields.get("parent", 0), fields.get("role")
    if type(id) is not int or id in earlier_ids:
        raise _InvalidError("id", reason("chat.expected_new_id"))
    if type(parent) not in (int, type(None)) or parent not in earlier_ids:
        raise _InvalidError("parent", reason("chat.expected_earlier_id"))
    if role not in ("user", "assistant"):
        raise _InvalidError("role", reason("chat.expected_role"))
    message = _read_question(fields) if role == "user" else _read_reply(fields, on_left_out)
    return StoredMessage(id, parent, _time(fields, "at"), message, _count(fields, "seen", 0))


def _read_question(fields: Mapping[str, Any]) -> Question:
    attachments: list[Attachment] = []
    for index, item in enumerate(_list(fields.get("attachments", []), "attachments")):
        with _within(f"attachments[{index}]"):
            attachments.append(Attachment(_text(_object(item), "name"), _text(_object(item), "text")))
    return Question(0, _text(fields, "text"), tuple(attachments), fields.get("pinned") is True)


def _read_reply(fields: Mapping[str, Any], on_left_out: OnLeftOut) -> Reply:
    is_edited = fields.get("edited") is True
    return Reply(
        0,
        _text(fields, "text"),
        _text(fields, "model"),
        decode_finish(fields.get("finish"), under_path("finish", on_left_out)),
        decode_struct(fields.get("metrics"), ReplyMetrics, under_path("metrics", on_left_out)),
        _read_interruption(fields, under_path("interrupted_reason", on_left_out)),
        decode_receipt(fields.get("receipt"), under_path("receipt", on_left_out)),
        _text({"thinking": "", **fields}, "thinking"),
        # A model wrote at least one part of every other reply.
        _count({"parts": 1, **fields}, "parts", 0 if is_edited else 1),
        part_settings=decode_part_settings(fields.get("asked"), under_path("asked", on_left_out)),
        edited=is_edited,
    )


def _read_interruption(fields: Mapping[str, Any], on_left_out: OnLeftOut) -> Reason | str | None:
    text = None if fields.get("interrupted") is None else _text(fields, "interrupted")
    return decode_struct(fields.get("interrupted_reason"), Reason, on_left_out) or text


def _plain(struct: msgspec.Struct | None) -> object:
    return None if struct is None else msgspec.to_builtins(struct)


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _InvalidError("", reason("chat.expected_object"))
    return cast("dict[str, Any]", value)


def _list(value: object, key: str) -> list[object]:
    if not isinstance(value, list):
        raise _InvalidError(key, reason("chat.expected_list"))
    return cast("list[object]", value)


def _text(fields: Mapping[str, Any], key: str) -> str:
    if not isinstance(value := fields.get(key), str):
        raise _InvalidError(key, reason("chat.expected_text"))
    return value


def _count(fields: Mapping[str, Any], key: str, least: int) -> int:
    value = fields.get(key, least)
    # Far below the largest number of SQLite, so that it can be incremented.
    if type(value) is not int or not least <= value < 2**40:
        raise _InvalidError(key, reason("chat.expected_count", least=least))
    return value


def _time(fields: Mapping[str, Any], key: str) -> float:
    value = fields.get(key)
    # Only dates that every system can show.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**40:
        raise _InvalidError(key, reason("chat.expected_seconds"))
    return float(value)
