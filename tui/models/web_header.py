"""A GGUF file on a web server, sized from its first megabytes: the header, and a hole for the rest."""

import http.client
import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from tui.models.gguf.header import GgufError
from tui.models.gguf.reader import read_header
from tui.models.model import ModelFile
from tui.models.model_file import model_file
from tui.units import MIB

_FIRST, _MOST = 8 * MIB, 128 * MIB
"""Bytes that are asked for first, doubled while the header goes on; more than any vocabulary takes."""
_PATIENCE_SECONDS = 30


class RemoteError(Exception):
    """The file cannot be had, in the user's words: what happened, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def remote_header(url: str, folder: Path) -> ModelFile:
    """What the header of a file on a web server says; a sparse copy of it is left in `folder`.

    Nothing but its first megabytes is transferred. Only call it when the user gave the address.

    Raises:
        RemoteError: the server cannot be reached, has no such file, or does not send parts of it.
    """
    # The last part of the address, without the query: quantizations are told by it.
    path = folder / (Path(urllib.parse.unquote(url.partition("?")[0])).name or "model.gguf")
    wanted = _FIRST
    while True:
        data, size = _first_bytes(url, wanted)
        path.write_bytes(data)
        os.truncate(path, max(size, len(data)))
        if len(data) >= size or wanted >= _MOST or _is_complete(path, len(data)):
            return model_file(path, url)
        wanted *= 2


def _is_complete(path: Path, got: int) -> bool:
    """Whether the header ends in what was transferred; zeros behind it may be taken for anything."""
    try:
        return read_header(path).data_offset <= got
    except GgufError as error:
        # An error in what is there is an error; one past it only says that more is needed.
        return error.offset < got - MIB


def _first_bytes(url: str, count: int) -> tuple[bytes, int]:
    """The first `count` bytes of a file, and how many it has in all."""
    headers = {"Range": f"bytes=0-{count - 1}", "User-Agent": "llmtui"}
    try:
        request = urllib.request.Request(url, headers=headers)
        # The address is one that the user typed, and nothing but http and https gets here.
        with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as answer:
            data = answer.read(count)
            total = answer.headers.get("Content-Range", "").rpartition("/")[2]
            if not total.isdecimal():
                total = answer.headers.get("Content-Length") or ""
            if not total.isdecimal():
                raise RemoteError("The server does not tell how long the file is.", "Download it instead.")
            return data, int(total)
    except urllib.error.HTTPError as error:
        raise RemoteError(
            f"The server answers {error.code} ({error.reason}).", "Check the address in a browser."
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise RemoteError(
            f"The server cannot be reached ({reason}).", "Check the address and the connection."
        ) from error
