"""Addresses of files, and requests for parts of them, through one HTTP client.

The client and the hub's library are imported when something is fetched: nothing else pays for them.
"""

import importlib
import os
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

import tui
from tui.models.hub.errors import TransferError, connection_error, status_error
from tui.models.hub.logins import login_headers, take_login
from tui.sentences import reason

if TYPE_CHECKING:
    import httpx2

CONNECT_SECONDS = 15.0
READ_SECONDS = 30.0
"""Silence after which a server counts as stalled."""
_EXPIRED = frozenset({400, 401, 403, 404, 410})
"""Answers of a signed address whose time is over."""


def hub_library() -> ModuleType:
    """Return the hub's library, which from the first import on sends no request that nobody asked for."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_DISABLE_UPDATE_CHECK"] = "1"
    library = importlib.import_module("huggingface_hub")
    for part in ("constants", "utils"):
        importlib.import_module(f"huggingface_hub.{part}")
    return library


def check_online() -> None:
    """Return if the user allows requests.

    Raises:
        TransferError: `HF_HUB_OFFLINE` is set.
    """
    if hub_library().is_offline_mode():
        raise TransferError(reason("hub.offline"), reason("hub.unset_offline"))


def hub_endpoint() -> str:
    """Return the address of the hub, without a user and password: `HF_ENDPOINT`, else the public hub's."""
    return take_login(str(hub_library().constants.ENDPOINT))


@contextmanager
def open_client(read_seconds: float = READ_SECONDS) -> Generator["httpx2.Client"]:
    """Open a client that honours the proxies of the environment, for the block."""
    import httpx2

    client = httpx2.Client(
        follow_redirects=True,
        timeout=httpx2.Timeout(read_seconds, connect=CONNECT_SECONDS, pool=None),
        headers={"User-Agent": f"llmtui/{tui.__version__}", "Accept-Encoding": "identity"},
    )
    try:
        yield client
    finally:
        client.close()


class FileAddress:
    """The lasting address of a file, and the signed one that it leads to, for as long as that works.

    May be used by several threads at once.
    """

    def __init__(
        self,
        client: "httpx2.Client",
        url: str,
        headers: Mapping[str, str],
        *,
        repository: str = "",
        version: str = "",
    ) -> None:
        """Take the lasting address.

        Args:
            client: sends the requests.
            url: the lasting address.
            headers: sent to its host only, such as a token; a user and password in the address come first.
            repository: the repository on the hub; empty for a web address.
            version: ETag or date of the file that is wanted; empty to take any.
        """
        self._client = client
        self._url = take_login(url)
        self._headers = {**headers, **login_headers(self._url)}
        self._repository = repository
        self._version = version
        self._lock = threading.Lock()
        self._signed: tuple[str, dict[str, str]] | None = None
        self.requests = 0
        """Number of requests so far, redirects not counted."""

    @contextmanager
    def open(self, start: int, end: int) -> Generator["httpx2.Response"]:
        """Ask for the bytes from `start` to before `end`; the answer's body is not read yet.

        The answer may be 200 with the whole file from a server that does not send parts.

        Raises:
            TransferError: the server cannot be reached, refuses, or breaks off while the body is read.
        """
        import httpx2

        try:
            response = self._ask(start, end)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise connection_error(error, self._url) from error
        try:
            yield response
        except httpx2.HTTPError as error:
            raise connection_error(error, str(response.url)) from error
        finally:
            response.close()

    def _ask(self, start: int, end: int) -> "httpx2.Response":
        while True:
            with self._lock:
                signed = self._signed
                self.requests += 1
            url, headers = signed or (self._url, self._headers)
            headers = headers | {"Range": f"bytes={start}-{end - 1}"}
            if self._version:
                headers["If-Range"] = self._version
            response = self._client.send(self._client.build_request("GET", url, headers=headers), stream=True)
            if response.status_code < 400:
                self._remember(response)
                return response
            try:
                if signed is None or response.status_code not in _EXPIRED:
                    raise status_error(response, self._repository)
            finally:
                response.close()
            # Another thread may have a fresh one already.
            with self._lock:
                if self._signed == signed:
                    self._signed = None

    def _remember(self, response: "httpx2.Response") -> None:
        """Keep the address that the lasting one led to, with the token only where that was sent, too."""
        if not response.history:
            return
        allowed = "authorization" in response.request.headers
        headers = {
            name: value for name, value in self._headers.items() if allowed or name.lower() != "authorization"
        }
        with self._lock:
            self._signed = (str(response.request.url), headers)
