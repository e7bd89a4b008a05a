"""File of earlier questions, so that they can be asked again after a restart."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tui.settings.app_folders import data_folder

HISTORY_LIMIT = 300
"""Most questions in the file."""
LONGEST_PROMPT = 20_000
"""Longest question in the file, in characters."""

log = logging.getLogger(__name__)


def prompt_history_file() -> Path:
    """Return the path of the file: one JSON text a line, the oldest first."""
    return data_folder() / "prompts.jsonl"


def read_prompt_history(file: Path | None = None) -> list[str]:
    """Return the questions, oldest first, without unreadable lines. May wait for the disk."""
    file = file or prompt_history_file()
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        log.warning("the questions asked before cannot be read: %s", error.strerror)
        return []
    # A question that was asked twice in a row is listed once.
    lines_read = [text for text in map(_text_of, lines) if text]
    texts = [text for index, text in enumerate(lines_read) if index == 0 or text != lines_read[index - 1]]
    if len(lines) > 2 * HISTORY_LIMIT:
        _rewrite(file, texts[-HISTORY_LIMIT:])
    return texts[-HISTORY_LIMIT:]


def add_to_prompt_history(text: str, file: Path | None = None) -> None:
    """Append a question, unless it is overlong. May wait for the disk; a failure is only logged."""
    file = file or prompt_history_file()
    if not text or len(text) > LONGEST_PROMPT:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # One write, so that two llmtui at once do not mix their lines.
        handle = os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        try:
            os.write(handle, _line_of(text))
        finally:
            os.close(handle)
    except OSError as error:
        # The question itself is private and stays out of the log.
        log.warning("a question cannot be kept: %s", error.strerror)


def _line_of(text: str) -> bytes:
    # An imported conversation may contain a lone surrogate, which cannot be written.
    return msgspec.json.encode(text.encode(errors="replace").decode()) + b"\n"


def _text_of(line: bytes) -> str:
    try:
        return msgspec.json.decode(line, type=str)
    except msgspec.MsgspecError:
        # The end of the file after a crash, or somebody's own edit.
        return ""


def _rewrite(file: Path, texts: Sequence[str]) -> None:
    new = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        handle = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.writelines(map(_line_of, texts))
        new.replace(file)
    except OSError as error:
        log.warning("the questions asked before cannot be shortened: %s", error.strerror)
