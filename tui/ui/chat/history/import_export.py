"""Export of saved conversations to files, and import from them."""

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
from tui.services.sentences import sentence
from tui.system_errors import system_error
from tui.text import clean_line, full_path, short_path
from tui.ui.chat.settings.asking_text import asking_text
from tui.ui.chat.transcript.layout.reply_note import describe_in_full

log = logging.getLogger(__name__)

Ending = Literal["md", "json"]
_SHOWN_PROBLEMS = 3
"""Number of import problems that are shown; the log has all of them."""


class FileResult(msgspec.Struct, frozen=True):
    """Result of an export or an import."""

    sentence: str
    """Sentence that tells the user the result."""
    failed: bool = False
    conversation: int | None = None
    """Id of an imported conversation in the store."""


async def export_conversation(
    store: ConversationStore, conversation: int, ending: Ending, folder: Path
) -> FileResult:
    """Write a conversation to a new file in the folder."""
    try:
        record = await asyncio.wrap_future(store.read_conversation(conversation))
        path = await asyncio.to_thread(write_export, record, ending, folder)
    except (StoreError, OSError) as error:
        reason = sentence(error.reason if isinstance(error, StoreError) else system_error(error))
        template = _("No file was written to {folder}: {reason}.")
        return FileResult(template.format(folder=short_path(folder), reason=reason), failed=True)
    return FileResult(_("Written to {path}").format(path=short_path(path)))


async def import_conversation(store: ConversationStore, path: Path, folder: Path) -> FileResult:
    """Import the conversation of a JSON file; a relative path starts at the folder."""
    try:
        record = await asyncio.to_thread(read_document, folder / full_path(path))
        conversation = await asyncio.wrap_future(store.import_conversation(record))
    except DocumentError as error:
        return FileResult(sentence(error.reason), failed=True)
    except StoreError as error:
        return FileResult(
            _("The conversation was not imported: {reason}.").format(reason=sentence(error.reason)),
            failed=True,
        )
    imported = _('Imported "{title}".').format(title=clean_line(record.title))
    return FileResult(f"{imported} {_left_out_text(record)}".strip(), conversation=conversation)


def _left_out_text(record: ConversationRecord) -> str:
    """Return a sentence about the values that were not imported, with the first problems in full."""
    if not record.left_out:
        return ""
    problems = [clean_line(sentence(reason)) for reason in record.left_out]
    for problem in problems:
        log.warning("import: left out: %s", problem)
    text = _("Left out: {problems}.").format(problems="; ".join(problems[:_SHOWN_PROBLEMS]))
    if (more := len(problems) - _SHOWN_PROBLEMS) > 0:
        text += " " + ngettext("And {count} more.", "And {count} more.", more).format(count=more)
    return text


def write_export(record: ConversationRecord, ending: Ending, folder: Path) -> Path:
    """Write the shown branch as Markdown, or the whole conversation as JSON, and return the path.

    Raises:
        OSError: the folder cannot be written to, or the disk is full.
    """
    if ending == "json":
        text = conversation_to_json(record, sentence)
    else:
        conversation = shown_conversation(record)
        choices = asking_text(conversation.asking)
        heading = f"# {clean_line(record.title)}\n\n" + (f"*{choices}*\n\n" if choices else "")
        text = heading + conversation_to_markdown(conversation, describe_in_full)
    return write_new(folder, file_stem(record.title), ending, text)
