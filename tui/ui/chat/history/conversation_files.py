"""Kept conversations written to files and read from them, and in words what came of it."""

import asyncio
import logging
from pathlib import Path
from typing import Literal

import msgspec

from tui.chat.storage.document import (
    DocumentError,
    conversation_to_json,
    file_stem,
    read_document,
    shown_conversation,
    write_new,
)
from tui.chat.storage.markdown import conversation_to_markdown
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.schema import StoreError
from tui.chat.storage.store import ConversationStore
from tui.i18n import _, ngettext
from tui.text import clean_line, full_path, short_path
from tui.ui.chat.settings.sampling_words import asking_text
from tui.ui.chat.transcript.layout.reply_note import describe_in_full

log = logging.getLogger(__name__)

Ending = Literal["md", "json"]
_TOLD = 3
"""Of the things that an import leaves out; the log has all."""


class FileResult(msgspec.Struct, frozen=True):
    """What came of it."""

    words: str
    """A sentence for the user."""
    failed: bool = False
    conversation: int | None = None
    """Of an import, the id in the store."""


async def export_conversation(
    store: ConversationStore, conversation: int, ending: Ending, folder: Path
) -> FileResult:
    """Write a conversation to a file of its own in the folder."""
    try:
        record = await asyncio.wrap_future(store.read_conversation(conversation))
        path = await asyncio.to_thread(write_export, record, ending, folder)
    except (StoreError, OSError) as error:
        reason = error.strerror or error if isinstance(error, OSError) else error
        words = _("Nothing was written into {folder}: {reason}.")
        return FileResult(words.format(folder=short_path(folder), reason=reason), failed=True)
    return FileResult(_("Written to {path}").format(path=short_path(path)))


async def import_conversation(store: ConversationStore, path: Path, folder: Path) -> FileResult:
    """Keep the conversation of a JSON file; a path that is not absolute counts from the folder."""
    try:
        record = await asyncio.to_thread(read_document, folder / full_path(path))
        conversation = await asyncio.wrap_future(store.import_conversation(record))
    except DocumentError as error:
        return FileResult(str(error), failed=True)
    except StoreError as error:
        return FileResult(_("It was not imported: {reason}.").format(reason=error), failed=True)
    words = _('Imported "{title}".').format(title=clean_line(record.title))
    return FileResult(f"{words} {_left_out(record)}".strip(), conversation=conversation)


def _left_out(record: ConversationRecord) -> str:
    """What could not be taken over, the first of it in full."""
    if not record.left_out:
        return ""
    for each in record.left_out:
        log.warning("import: left out: %s", each)
    first, more = record.left_out[:_TOLD], len(record.left_out) - _TOLD
    words = _("Left out: {what}.").format(what="; ".join(map(clean_line, first)))
    if more > 0:
        words += " " + ngettext("And {count} more.", "And {count} more.", more).format(count=more)
    return words


def write_export(record: ConversationRecord, ending: Ending, folder: Path) -> Path:
    """Write a conversation, as Markdown what is shown of it, as JSON all of it; returns where it is.

    Raises:
        OSError: the folder cannot be written to, or the disk is full.
    """
    if ending == "json":
        text = conversation_to_json(record)
    else:
        conversation = shown_conversation(record)
        how = asking_text(conversation.asking)
        heading = f"# {clean_line(record.title)}\n\n" + (f"*{how}*\n\n" if how else "")
        text = heading + conversation_to_markdown(conversation, describe_in_full)
    return write_new(folder, file_stem(record.title), ending, text)
