"""What was asked before, in a file of its own, so that it can be asked again after a restart."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tui.settings.app_folders import data_folder

HISTORY_LIMIT = 300
"""Questions that are kept."""
LONGEST_PROMPT = 20_000
"""Characters of a question that is kept; a longer one is left out."""

log = logging.getLogger(__name__)


def prompt_history_file() -> Path:
    """Where they are: a JSON text a line, the oldest first."""
    return data_folder() / "prompts.jsonl"


def read_prompt_history(file: Path | None = None) -> list[str]:
    """The questions, the oldest first; what cannot be read is left out. May wait for the disk."""
    file = file or prompt_history_file()
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        log.warning("the questions asked before cannot be read: %s", error.strerror)
        return []
    # One that was asked twice in a row is there once.
    told = [text for text in map(_text_of, lines) if text]
    texts = [text for at, text in enumerate(told) if at == 0 or text != told[at - 1]]
    if len(lines) > 2 * HISTORY_LIMIT:
        _rewrite(file, texts[-HISTORY_LIMIT:])
    return texts[-HISTORY_LIMIT:]


def add_to_prompt_history(text: str, file: Path | None = None) -> None:
    """Keep a question, unless it is overlong. May wait for the disk; that it failed is only logged."""
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
        # Without what was asked: that is nobody's business who reads the log.
        log.warning("a question cannot be kept: %s", error.strerror)


def _line_of(text: str) -> bytes:
    # Half a character, which an imported conversation may hold, is none that can be written.
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
