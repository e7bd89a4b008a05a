"""Kept conversations written to files and read from them, and in words what came of it."""

import asyncio
from pathlib import Path
from typing import Literal

import msgspec

from tui.chat.keeping.document import (
    DocumentError,
    conversation_of,
    file_stem,
    read_document,
    to_json,
    write_new,
)
from tui.chat.keeping.export import to_markdown
from tui.chat.keeping.rows import Record
from tui.chat.keeping.schema import StoreError
from tui.chat.keeping.store import Store
from tui.i18n import _
from tui.text import clean_line, full_path, short_path
from tui.ui.widgets.chat.reply_note import describe_in_full

Ending = Literal["md", "json"]


class Outcome(msgspec.Struct, frozen=True):
    """What came of it."""

    words: str
    """A sentence for the user."""
    failed: bool = False
    conversation: int | None = None
    """Of an import, the id in the store."""


async def written(store: Store, conversation: int, ending: Ending, folder: Path) -> Outcome:
    """Write a conversation to a file of its own in the folder."""
    try:
        record = await asyncio.wrap_future(store.record(conversation))
        path = await asyncio.to_thread(export, record, ending, folder)
    except (StoreError, OSError) as error:
        reason = error.strerror or error if isinstance(error, OSError) else error
        words = _("Nothing was written into {folder}: {reason}.")
        return Outcome(words.format(folder=short_path(folder), reason=reason), failed=True)
    return Outcome(_("Written to {path}").format(path=short_path(path)))


async def read_in(store: Store, path: Path, folder: Path) -> Outcome:
    """Keep the conversation of a JSON file; a path that is not absolute counts from the folder."""
    try:
        record = await asyncio.to_thread(read_document, folder / full_path(path))
        conversation = await asyncio.wrap_future(store.add(record))
    except DocumentError as error:
        return Outcome(str(error), failed=True)
    except StoreError as error:
        return Outcome(_("It was not imported: {reason}.").format(reason=error), failed=True)
    words = _('Imported "{title}".').format(title=clean_line(record.title))
    return Outcome(words, conversation=conversation)


def export(record: Record, ending: Ending, folder: Path) -> Path:
    """Write a conversation, as Markdown what is shown of it, as JSON all of it; returns where it is.

    Raises:
        OSError: the folder cannot be written to, or the disk is full.
    """
    if ending == "json":
        text = to_json(record)
    else:
        text = f"# {clean_line(record.title)}\n\n{to_markdown(conversation_of(record), describe_in_full)}"
    return write_new(folder, file_stem(record.title), ending, text)
