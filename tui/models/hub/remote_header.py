"""Headers of remote files, read from their first megabytes, with holes for the weights."""

import hashlib
import os
import re
import threading
import time
import urllib.parse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui.models.gguf.header import GgufError
from tui.models.gguf.reader import read_header
from tui.models.hub.address import FileAddress, check_online, open_client
from tui.models.hub.errors import TransferError, TransferStoppedError, wrong_length
from tui.models.hub.lengths import parse_content_range, parse_length
from tui.models.hub.logins import take_login
from tui.models.hub.part_file import disk_failures
from tui.models.hub.remote_file import RemoteFile, file_address
from tui.models.model import ModelFile
from tui.models.model_file import model_file
from tui.sentences import reason
from tui.text import clean_line, without_secrets
from tui.units import MIB

if TYPE_CHECKING:
    import httpx2

_FIRST_LENGTH, _LONGEST_LENGTH = 8 * MIB, 128 * MIB
"""Bytes of the first request, doubled until the header is complete; more than any vocabulary takes."""
_SHARD_LENGTH = MIB
"""Bytes of the first request for a shard after the first: it has a table of tensors and no vocabulary."""
_SHORTEST_SECONDS = 0.05
"""Transfers shorter than this tell no speed."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class RemoteHeader(msgspec.Struct, frozen=True):
    """A model on a server, as its header describes it."""

    files: tuple[RemoteFile, ...]
    """The files that it is in."""
    model: ModelFile
    """Sparse copies on this disk, which can be sized and not loaded."""
    received_bytes: int
    """Bytes that were transferred; 0 where a copy was there already."""
    bytes_per_second: float | None
    """Speed of the line while the header was read; None where that is not known."""


class _Answer(msgspec.Struct, frozen=True):
    """The first bytes of a file, and what the server tells about it."""

    data: bytes
    size_bytes: int
    name: str
    version: str
    sha256: str


def read_remote_header(
    files: Sequence[RemoteFile], folder: Path, halt: threading.Event | None = None
) -> RemoteHeader:
    """Read the headers of the files of one model; sparse copies of them stay below `folder`.

    Raises:
        TransferError: the server cannot be reached or refuses, or the disk does not take the copies.
        TransferStoppedError: `halt` was set while it was read.
    """
    check_online()
    first = files[0]
    identity = first.sha256 or f"{first.address}|{first.version}"
    folder = folder / hashlib.sha1(identity.encode(), usedforsecurity=False).hexdigest()[:16]
    received, start = 0, time.monotonic()
    with disk_failures(folder / first.name):
        folder.mkdir(parents=True, exist_ok=True)
        with open_client() as client:
            for number, file in enumerate(files):
                path = folder / file.name
                if not (path.exists() and path.stat().st_size == file.size_bytes):
                    length = _FIRST_LENGTH if number == 0 else _SHARD_LENGTH
                    address = file_address(file, client)
                    received += len(_copy_header(address, path, length, halt).data)
    seconds = time.monotonic() - start
    speed = received / seconds if received and seconds > _SHORTEST_SECONDS else None
    return RemoteHeader(
        tuple(files), model_file(folder / first.name, without_secrets(first.address)), received, speed
    )


def read_web_header(url: str, folder: Path, halt: threading.Event | None = None) -> RemoteHeader:
    """Read the header of a file on a web server; a sparse copy of the file stays below `folder`.

    Only the first megabytes of the file are transferred. Call it only when the user named the address.

    Raises:
        TransferError: the server cannot be reached, has no such file, or does not tell how long it is.
        TransferStoppedError: `halt` was set while it was read.
    """
    check_online()
    url = take_login(url)
    # One folder an address, so that two files of one name keep apart.
    folder = folder / hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()[:16]
    start = time.monotonic()
    with disk_failures(folder), open_client() as client:
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / "header"
        answer = _copy_header(FileAddress(client, url, {}), partial, _FIRST_LENGTH, halt)
        path = folder / answer.name
        partial.replace(path)
    seconds = time.monotonic() - start
    file = RemoteFile(url, answer.name, answer.size_bytes, answer.sha256, version=answer.version)
    speed = len(answer.data) / seconds if seconds > _SHORTEST_SECONDS else None
    return RemoteHeader((file,), model_file(path, without_secrets(url)), len(answer.data), speed)


def _copy_header(
    address: FileAddress, path: Path, length: int, halt: threading.Event | None = None
) -> _Answer:
    """Write a sparse copy of a file with its header; its name is the file's once the header is complete."""
    partial = path.with_name(path.name + ".new")
    answer = _first_bytes(address, 0, length, halt)
    data = bytearray(answer.data)
    while True:
        partial.write_bytes(data)
        os.truncate(partial, max(answer.size_bytes, len(data)))
        if len(data) >= answer.size_bytes or length >= _LONGEST_LENGTH or _is_complete(partial, len(data)):
            break
        data += _first_bytes(address, len(data), 2 * length, halt).data
        length *= 2
    # Plans are remembered by the time of change, too: the same header is to be the same file.
    os.utime(partial, (0, 0))
    partial.replace(path)
    return msgspec.structs.replace(answer, data=bytes(data))


def _is_complete(path: Path, transferred: int) -> bool:
    """Return whether the header ends within the transferred bytes; the zeros after them can be misread."""
    try:
        return read_header(path).data_offset <= transferred
    except GgufError as error:
        # An error within the transferred bytes is an error; one past them only says that more is needed.
        return error.offset < transferred - MIB


def _first_bytes(address: FileAddress, start: int, end: int, halt: threading.Event | None) -> _Answer:
    """Return the bytes of a file from `start` to before `end`, fewer where it ends before."""
    with address.open(start, end) as response:
        headers = response.headers
        if headers.get("Content-Type", "").lower().startswith(("text/html", "application/xhtml")):
            raise TransferError(reason("hub.page_instead", host=response.url.host), reason("hub.log_in"))
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            raise TransferError(reason("hub.compressed", host=response.url.host), reason("hub.check_address"))
        # A server that does not send parts begins with the first byte.
        skip = 0 if response.status_code == 206 else start
        size_bytes = _stated_length(response)
        data = bytearray()
        for piece in response.iter_raw():
            if halt is not None and halt.is_set():
                raise TransferStoppedError
            data += piece
            if len(data) >= skip + end - start:
                break
        return _Answer(
            bytes(data[skip : skip + end - start]),
            size_bytes,
            _file_name(response),
            _version(headers),
            _published_hash(response),
        )


def _stated_length(response: "httpx2.Response") -> int:
    """Return the length of the whole file, as the server states it.

    Raises:
        TransferError: it states none, none that a file can have, or that of an empty file.
    """
    headers, host = response.headers, response.url.host
    if response.status_code == 206:
        content_range = parse_content_range(headers.get("Content-Range", ""))
        if content_range is None:
            raise wrong_length(response, "Content-Range")
        if content_range.total is None:
            raise TransferError(reason("hub.no_length", host=host), reason("hub.fetch_by_hand"))
        return content_range.total
    if "Content-Length" not in headers:
        raise TransferError(reason("hub.no_length", host=host), reason("hub.fetch_by_hand"))
    length = parse_length(headers["Content-Length"])
    if length is None:
        raise wrong_length(response, "Content-Length")
    if length == 0:
        raise TransferError(reason("hub.empty_file", host=host), reason("hub.check_address"))
    return length


def _version(headers: "httpx2.Headers") -> str:
    """Return what tells the file from a later one: a strong ETag, else the date of its change."""
    etag = headers.get("ETag", "")
    return etag if etag.startswith('"') else headers.get("Last-Modified", "")


def _published_hash(response: "httpx2.Response") -> str:
    """Return the SHA-256 that a hub gives with its redirect; empty where there is none."""
    for answer in (*response.history, response):
        etag = answer.headers.get("X-Linked-Etag", "").strip('"').lower()
        if _SHA256.fullmatch(etag):
            return etag
    return ""


def _file_name(response: "httpx2.Response") -> str:
    """Return the name of a file: from its address, or as the server calls it."""
    first = response.history[0].request.url if response.history else response.request.url
    # The last part of the address, without the query: it names the quantization.
    names = [_last_part(first.path), _disposition_name(response), _last_part(response.request.url.path)]
    names = [name for name in names if name]
    models = [name for name in names if name.lower().endswith(".gguf")]
    return next(iter([*models, *names]), "model.gguf")


def _last_part(path: str) -> str:
    return _plain_name(urllib.parse.unquote(path).rpartition("/")[2])


def _disposition_name(response: "httpx2.Response") -> str:
    match = re.search(r'filename="?([^";]+)', response.headers.get("Content-Disposition", ""))
    return _plain_name(match[1]) if match else ""


def _plain_name(name: str) -> str:
    """Return a name without folders and without characters that some system refuses."""
    return (
        re.sub(r'[\\/:*?"<>|]+', "_", clean_line(name))
        .strip(". ")
        .encode()[-150:]
        .decode(errors="ignore")
        .strip(". ")
    )
