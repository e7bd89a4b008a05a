"""Header of a GGUF file on a web server, read from its first megabytes, and a hole for the rest."""

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
from tui.sentences import Reason, ReasonedError, reason
from tui.units import MIB

_FIRST_LENGTH, _MOST_LENGTH = 8 * MIB, 128 * MIB
"""Bytes of the first request, doubled until the header is complete; more than any vocabulary takes."""
_TIMEOUT_SECONDS = 30


class WebHeaderError(ReasonedError):
    """A file whose header cannot be read from the server; `hint` says what to do."""

    def __init__(self, why: Reason, hint: Reason) -> None:
        super().__init__(why)
        self.hint = hint


def read_web_header(url: str, folder: Path) -> ModelFile:
    """Read the header of a file on a web server; a sparse copy of the file stays in `folder`.

    Only the first megabytes of the file are transferred. Call it only when the user named the address.

    Raises:
        WebHeaderError: the server cannot be reached, has no such file, or does not send parts of it.
    """
    # The last part of the address, without the query: it names the quantization.
    path = folder / (Path(urllib.parse.unquote(url.partition("?")[0])).name or "model.gguf")
    length = _FIRST_LENGTH
    while True:
        data, size = _first_bytes(url, length)
        path.write_bytes(data)
        os.truncate(path, max(size, len(data)))
        if len(data) >= size or length >= _MOST_LENGTH or _is_complete(path, len(data)):
            return model_file(path, url)
        length *= 2


def _is_complete(path: Path, transferred: int) -> bool:
    """Return whether the header ends within the transferred bytes; the zeros after them can be misread."""
    try:
        return read_header(path).data_offset <= transferred
    except GgufError as error:
        # An error within the transferred bytes is an error; one past them only says that more is needed.
        return error.offset < transferred - MIB


def _first_bytes(url: str, count: int) -> tuple[bytes, int]:
    """Return the first `count` bytes of a file, and its length."""
    headers = {"Range": f"bytes=0-{count - 1}", "User-Agent": "llmtui"}
    try:
        request = urllib.request.Request(url, headers=headers)
        # The address is one that the user typed, and nothing but http and https gets here.
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
            data = answer.read(count)
            total = answer.headers.get("Content-Range", "").rpartition("/")[2]
            if not total.isdecimal():
                total = answer.headers.get("Content-Length") or ""
            if not total.isdecimal():
                raise WebHeaderError(reason("models.web_no_length"), reason("models.web_download_instead"))
            return data, int(total)
    except urllib.error.HTTPError as error:
        raise WebHeaderError(
            reason("models.web_refused", status=error.code, why=str(error.reason)),
            reason("models.web_check_address"),
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        cause = str(getattr(error, "reason", error))
        raise WebHeaderError(
            reason("models.web_unreachable", why=cause), reason("models.web_check_connection")
        ) from error
