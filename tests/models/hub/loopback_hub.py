"""A hub on loopback with every fault of hubs, networks and servers; it counts each byte that it serves.

The hub is at 127.0.0.1 and redirects to signed addresses at localhost on another port, as real hubs redirect
to the hosts of their storage.
"""

import hashlib
import json
import mmap
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote, urlsplit

COMMIT = "a" * 40
_CHUNK = 16 << 10
_SEND_BUFFER = 32 << 10
"""Small, so that what the hub has sent and nobody has read stays little."""


@dataclass
class Behaviour:
    """Behaviour of one answer with bytes of a file."""

    status: int = 0
    """Status in place of 206; 0 for none."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers beside the usual ones, or in their place."""
    body: bytes | None = None
    """Body in place of the bytes of the file."""
    cut_after: int | None = None
    """Bytes after which the connection is closed."""
    stall_after: int | None = None
    """Bytes after which nothing more is sent."""
    bytes_per_second: int | None = None
    ignore_range: bool = False
    """Send the file whole, with status 200."""
    claimed_total: int | None = None
    """Length of the file in `Content-Range`."""
    shift: int = 0
    """Bytes by which the part that is sent begins too late."""
    most: int | None = None
    """Bytes of the part that is sent, honestly told, when more were asked for."""


@dataclass
class ServedPart:
    """One request for bytes of a file."""

    path: str
    """`owner/name/file`, or the path of a plain web address."""
    start: int
    end: int
    """As asked for, the byte after the last one."""
    authorization: str
    host: str
    sent: int = 0
    """Bytes of the file that were sent."""


@dataclass
class HubFile:
    """A file on the hub."""

    data: bytes | mmap.mmap
    sha256: str = ""
    """Published hash; that of the data when empty."""
    etag: str = ""
    """ETag of a plain web address."""

    @property
    def published(self) -> str:
        return self.sha256 or hashlib.sha256(self.data).hexdigest()


class LoopbackHub:
    """Repositories, faults and counts. Fields may be changed while it serves."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, HubFile]] = {}
        """By repository and path."""
        self.plain: dict[str, HubFile] = {}
        """Files at plain web addresses, by path."""
        self.gated: dict[str, str] = {}
        """`auto` or `manual` by repository."""
        self.private: set[str] = set()
        self.disabled: set[str] = set()
        self.tokens: set[str] = set()
        """Tokens that are valid."""
        self.granted: set[str] = set()
        """Tokens whose accounts accepted all terms."""
        self.api_answers: list[Behaviour] = []
        """Answers of the hub itself, in order, before it answers as it should."""
        self.on_bytes: Callable[[ServedPart], Behaviour | None] = lambda _part: None
        """Chooses the behaviour of each answer with bytes."""
        self.signature_uses: int | None = None
        """Requests after which a signed address answers 403; None for never."""
        self.parts: list[ServedPart] = []
        self.requests: list[tuple[str, str, str]] = []
        """Method, host and path of every request."""
        self._uses: dict[str, int] = {}
        self._signatures = 0
        self._lock = threading.Lock()
        self._hub = _serve("127.0.0.1", self)
        self._storage = _serve("localhost", self)
        self.url = f"http://127.0.0.1:{self._hub.server_port}"
        self.storage_url = f"http://localhost:{self._storage.server_port}"

    def add(self, repository: str, path: str, data: bytes | mmap.mmap, sha256: str = "") -> HubFile:
        file = HubFile(data, sha256)
        self.files.setdefault(repository, {})[path] = file
        return file

    def served_bytes(self, path: str = "") -> int:
        """Bytes of files that were sent, of all or of those whose path ends so."""
        return sum(part.sent for part in self.parts if part.path.endswith(path))

    def served_since(self, count: int) -> int:
        """Bytes of files that were sent for the requests after the first `count`.

        What a connection had on the way when it was given up counts for the earlier request, however late and
        however much the buffers of the systems held.
        """
        return sum(part.sent for part in self.parts[count:])

    def close(self) -> None:
        for server in (self._hub, self._storage):
            server.shutdown()
            server.server_close()

    def sign(self, repository: str, path: str) -> str:
        with self._lock:
            self._signatures += 1
            return f"{self.storage_url}/signed/{self._signatures}/{repository}/{quote(path)}"

    def is_expired(self, signature: str) -> bool:
        with self._lock:
            self._uses[signature] = self._uses.get(signature, 0) + 1
            return self.signature_uses is not None and self._uses[signature] > self.signature_uses


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: LoopbackHub

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        self.hub.requests.append((self.command, self.headers.get("Host", ""), "/" + path))
        pieces = path.split("/")
        with suppress(ConnectionError, TimeoutError):
            if pieces[0] == "signed":
                self._signed(pieces)
            elif pieces[0] == "plain":
                self._plain("/".join(pieces[1:]))
            elif pieces[:2] == ["api", "models"] and len(pieces) >= 4:
                self._api("/".join(pieces[2:4]))
            elif len(pieces) > 4 and pieces[2] == "resolve":
                self._resolve("/".join(pieces[:2]), pieces[3], "/".join(pieces[4:]))
            else:
                self._answer(404)

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refused(self, repository: str, *, bytes_wanted: bool) -> bool:
        """Answer as the hub does where it does not give what was asked for."""
        hub = self.hub
        if hub.api_answers:
            behaviour = hub.api_answers.pop(0)
            headers = {name.replace("-", "_"): value for name, value in behaviour.headers.items()}
            self._answer(behaviour.status, behaviour.body or b"", **headers)
            return True
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token and token not in hub.tokens:
            self._answer(401, X_Error_Message="Invalid credentials in Authorization header")
        elif repository not in hub.files or (repository in hub.private and not token):
            self._answer(401 if not token else 404, X_Error_Code="RepoNotFound", X_Error_Message="Not found")
        elif repository in hub.disabled:
            self._answer(403, X_Error_Message="Access to this resource is disabled.")
        elif bytes_wanted and repository in hub.gated and token not in hub.granted:
            message = f"Access to model {repository} is restricted."
            self._answer(403 if token else 401, X_Error_Code="GatedRepo", X_Error_Message=message)
        else:
            return False
        return True

    def _api(self, repository: str) -> None:
        if self._refused(repository, bytes_wanted=False):
            return
        siblings = [
            {
                "rfilename": path,
                "size": len(file.data),
                "blobId": "b" * 40,
                "lfs": {"sha256": file.published, "size": len(file.data), "pointerSize": 134},
            }
            for path, file in self.hub.files[repository].items()
        ]
        info: dict[str, Any] = {
            "_id": "1",
            "id": repository,
            "modelId": repository,
            "sha": COMMIT,
            "private": repository in self.hub.private,
            "gated": self.hub.gated.get(repository, False),
            "tags": ["gguf", "license:apache-2.0"],
            "downloads": 1,
            "likes": 0,
            "siblings": siblings,
        }
        self._answer(200, json.dumps(info).encode(), Content_Type="application/json")

    def _resolve(self, repository: str, revision: str, path: str) -> None:
        if self._refused(repository, bytes_wanted=True):
            return
        file = self.hub.files[repository].get(path)
        if file is None:
            self._answer(404, X_Error_Code="EntryNotFound", X_Error_Message="Entry not found")
            return
        if revision not in (COMMIT, "main"):
            self._answer(404, X_Error_Code="RevisionNotFound", X_Error_Message="Revision not found")
            return
        self._answer(
            302,
            X_Repo_Commit=COMMIT,
            X_Linked_Etag=f'"{file.published}"',
            X_Linked_Size=str(len(file.data)),
            Accept_Ranges="bytes",
            Location=self.hub.sign(repository, path),
        )

    def _signed(self, pieces: list[str]) -> None:
        repository, path = "/".join(pieces[2:4]), "/".join(pieces[4:])
        if self.hub.is_expired(pieces[1]):
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>", Content_Type="application/xml")
            return
        self._bytes(f"{repository}/{path}", self.hub.files[repository][path], {})

    def _plain(self, path: str) -> None:
        file = self.hub.plain.get(path)
        if file is None:
            self._answer(404)
        else:
            self._bytes(path, file, {"ETag": file.etag} if file.etag else {})

    def _bytes(self, path: str, file: HubFile, headers: dict[str, str]) -> None:
        """Serve a part of a file, with its faults."""
        size = len(file.data)
        start, end = 0, size
        wanted = self.headers.get("Range")
        if wanted:
            first, last = wanted.removeprefix("bytes=").split("-")
            start, end = int(first), min(int(last) + 1 if last else size, size)
        if (version := self.headers.get("If-Range")) and version != file.etag:
            wanted, start, end = None, 0, size
        part = ServedPart(
            path, start, end, self.headers.get("Authorization", ""), self.headers.get("Host", "")
        )
        self.hub.parts.append(part)
        behaviour = self.hub.on_bytes(part) or Behaviour()
        if behaviour.body is not None or behaviour.status:
            names = {name.replace("-", "_"): value for name, value in behaviour.headers.items()}
            self._answer(behaviour.status or 200, behaviour.body or b"", **names)
            return
        if start >= size:
            self._answer(416, Content_Range=f"bytes */{size}")
            return
        if behaviour.ignore_range:
            wanted, start, end = None, 0, size
        start += behaviour.shift
        if behaviour.most is not None:
            end = min(end, start + behaviour.most)
        self.send_response(206 if wanted else 200)
        headers = {"Content-Length": str(end - start), "Content-Type": "binary/octet-stream"} | headers
        if wanted:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{behaviour.claimed_total or size}"
        for name, value in (headers | behaviour.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._send(memoryview(file.data)[start:end], part, behaviour)

    def _send(self, data: memoryview, part: ServedPart, behaviour: Behaviour) -> None:
        limits = [limit for limit in (behaviour.cut_after, behaviour.stall_after) if limit is not None]
        stop = min([len(data), *limits])
        began = time.monotonic()
        for offset in range(0, stop, _CHUNK):
            piece = data[offset : min(offset + _CHUNK, stop)]
            self.wfile.write(piece)
            part.sent += len(piece)
            if behaviour.bytes_per_second:
                time.sleep(max(0.0, began + part.sent / behaviour.bytes_per_second - time.monotonic()))
        if behaviour.stall_after is not None:
            with suppress(OSError):
                # Until the other end has enough of it.
                self.connection.settimeout(20)
                self.connection.recv(1)
        if stop < len(data):
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no news."""


def _serve(host: str, hub: LoopbackHub) -> _Server:
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = _Server((host, 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


@contextmanager
def running_hub() -> Iterator[LoopbackHub]:
    hub = LoopbackHub()
    try:
        yield hub
    finally:
        hub.close()
