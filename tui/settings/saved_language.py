"""Language in the settings file: changed there, with every other line left as it is."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import tomli

from tui.sentences import ReasonedError, reason
from tui.settings.app_folders import settings_file
from tui.settings.toml_errors import toml_error
from tui.system_errors import system_error

_LINE = re.compile(
    r"""^(\ufeff?[ \t]*(?:language|"language"|'language')[ \t]*=[ \t]*)("[^"\n]*"|'[^'\n]*')""", re.MULTILINE
)
_BYTE_ORDER_MARK = "\ufeff"


def save_language(code: str, path: Path | None = None) -> None:
    """Write the language into the settings file, which is created where there is none.

    Raises:
        ReasonedError: the file cannot be read or written, or is no valid TOML.
    """
    path = (path or settings_file()).resolve()
    try:
        text = path.read_bytes().decode() if path.exists() else ""
        wanted = {**_parsed(text), "language": code}
        changed = next((candidate for candidate in _candidates(text, code) if _is(candidate, wanted)), None)
        if changed is None:
            raise ReasonedError(reason("settings.language_not_placed", file=str(path), code=code))
        _replace(path, changed)
    except UnicodeDecodeError:
        raise ReasonedError(reason("settings.language_not_utf8", file=str(path))) from None
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise ReasonedError(
            reason("settings.language_not_toml", file=str(path), why=toml_error(error))
        ) from error
    except OSError as error:
        raise ReasonedError(
            reason("settings.language_not_saved", file=str(path), why=system_error(error))
        ) from error


def _candidates(text: str, code: str) -> Iterator[str]:
    """Yield the text with the language in each of the places that it may have, the line of the key first."""
    for match in _LINE.finditer(text):
        yield f'{text[: match.end(1)]}"{code}"{text[match.end() :]}'
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    end = "\r\n" if "\r\n" in text else "\n"
    yield f'{mark}language = "{code}"{end}{text.removeprefix(mark)}'


def _parsed(text: str) -> dict[str, object]:
    return tomli.loads(text.removeprefix(_BYTE_ORDER_MARK))


def _is(text: str, wanted: dict[str, object]) -> bool:
    """Return True if a text has these settings and no others."""
    try:
        return _parsed(text) == wanted
    except tomli.TOMLDecodeError:
        return False


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all, with the rights that it has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new_file = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        new_file.write_bytes(text.encode())
        if path.exists():
            shutil.copymode(path, new_file)
        new_file.replace(path)
    finally:
        new_file.unlink(missing_ok=True)
