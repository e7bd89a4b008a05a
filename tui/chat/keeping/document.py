"""A kept conversation as a JSON document, and back; and what its file is called."""

import json
import re
import stat
import unicodedata
from pathlib import Path
from typing import Any, cast

import msgspec

from tui.chat.conversation import Conversation
from tui.chat.keeping.rows import Record, finish_of, revive
from tui.chat.messages import Attachment, Kept, Question, Reply
from tui.chat.receipt import Receipt
from tui.engine.options import LoadSettings
from tui.engine.protocol import Metrics
from tui.i18n import _

FORMAT = "llmtui conversation"
VERSION = 2
"""Of the document; a newer one is not read. The second has attachments, pins, thinking and parts."""
LARGEST_BYTES = 256 * 1024 * 1024
"""Of a document that is read."""
_NAME_LIMIT = 60
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


class DocumentError(Exception):
    """A file is no conversation; the text is a sentence for the user."""


def to_json(record: Record) -> str:
    """The conversation with all of its branches; ids count from 1, so that two exports of it are the same."""
    numbers = {kept.id: number for number, kept in enumerate(record.messages, 1)}
    document = {
        "format": FORMAT,
        "version": VERSION,
        "title": record.title,
        "model": record.model,
        "settings": _plain(record.settings),
        "system": record.system,
        "created": record.created,
        "updated": record.updated,
        "last": numbers.get(record.last or 0),
        "messages": [_message(kept, numbers) for kept in record.messages],
    }
    # Of the standard library: it writes any text that Python can hold, a lone surrogate too.
    return json.dumps(document, indent=2) + "\n"


def from_json(text: str) -> Record:
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
    if not isinstance(document.get("version"), int) or document["version"] > VERSION:
        raise DocumentError(_("This conversation was exported by a newer llmtui."))
    try:
        messages = _messages(document["messages"])
        last = document["last"]
        if last is not None and last not in {kept.id for kept in messages}:
            raise ValueError("the last message is not there")
        return Record(
            title=_text(document["title"]),
            model=_text(document["model"]),
            settings=revive(document["settings"], LoadSettings),
            system=_text(document["system"]),
            created=_time(document["created"]),
            updated=_time(document["updated"]),
            messages=messages,
            last=last,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DocumentError(_("This conversation is not whole.")) from error


def conversation_of(record: Record) -> Conversation:
    """What is shown of it, by itself."""
    conversation = Conversation()
    conversation.reopen(record.shown, record.last, record.system)
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


def read_document(path: Path) -> Record:
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
        return from_json(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DocumentError(_("This is not JSON.")) from error
    except OSError as error:
        why = error.strerror or str(error)
        raise DocumentError(_("The file cannot be read: {why}.").format(why=why)) from error
    except ValueError as error:
        # A path with a NUL in it.
        raise DocumentError(_("There is no such file.")) from error


def _message(kept: Kept, numbers: dict[int, int]) -> dict[str, object]:
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
        "model": message.model,
        "finish": message.finish,
        "interrupted": message.interrupted,
        "metrics": _plain(message.metrics),
        "receipt": _plain(message.receipt),
    }


def _messages(given: Any) -> tuple[Kept, ...]:
    found: list[Kept] = []
    known: set[int | None] = {None}
    for each in given:
        id, parent = each["id"], each["parent"]
        if type(id) is not int or id in known or parent not in known:
            raise ValueError("a message has no place")
        known.add(id)
        message = _question(each) if each["role"] == "user" else _reply(each)
        found.append(Kept(id, parent, _time(each["at"]), message, _count(each.get("seen", 0), 0)))
    return tuple(found)


def _question(each: Any) -> Question:
    attachments = tuple(
        Attachment(_text(given["name"]), _text(given["text"])) for given in each.get("attachments", ())
    )
    return Question(0, _text(each["text"]), attachments, each.get("pinned") is True)


def _reply(each: Any) -> Reply:
    if each["role"] != "assistant":
        raise ValueError("a message is nobody's")
    interrupted = each.get("interrupted")
    return Reply(
        0,
        _text(each["text"]),
        _text(each["model"]),
        finish_of(each.get("finish")),
        revive(each.get("metrics"), Metrics),
        None if interrupted is None else _text(interrupted),
        revive(each.get("receipt"), Receipt),
        _text(each.get("thinking", "")),
        _count(each.get("parts", 1), 1),
    )


def _plain(struct: msgspec.Struct | None) -> object:
    return None if struct is None else msgspec.to_builtins(struct)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is none")
    return value


def _count(value: Any, least: int) -> int:
    # As far as SQLite counts, with room to count on.
    if type(value) is not int or not least <= value < 2**40:
        raise TypeError("a count is none")
    return value


def _time(value: Any) -> float:
    # As far as dates go, on every system.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**40:
        raise TypeError("a time is none")
    return float(value)
