"""Failures of transfers, as codes with facts: answers of servers, connections, and the hub's own errors."""

import re
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui.models.hub.lengths import parse_length
from tui.models.hub.logins import origin
from tui.sentences import Reason, ReasonedError, reason
from tui.text import without_secrets

if TYPE_CHECKING:
    import httpx2

TOKEN_PAGE = "https://huggingface.co/settings/tokens"
"""Page where a user creates a token."""
_LONGEST_BODY = 1 << 20
"""Bytes of an error's body that are read: the hub puts a sentence there, others a page."""
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
"""Statuses of failures that pass."""


_LONGEST_WAIT = 7 * 24 * 3600.0
"""Seconds that a server can ask to wait for; more is taken as this."""
_WAIT_DIGITS = 9
_BROKEN = re.compile(r"disconnected|closed", re.IGNORECASE)
"""In the messages of the HTTP client about a connection that ends too early."""
_ERROR_NUMBER = re.compile(r"^\[[^\]]*\]:? *")
_CAUSES = 8
"""Exceptions behind one another in which the cause is looked for."""


class TransferError(ReasonedError):
    """A transfer that failed, with the reason and what to do about it."""

    def __init__(
        self, why: Reason, hint: Reason | None = None, *, passes: bool = False, wait_seconds: float = 0.0
    ) -> None:
        """`passes` is True where the next try may succeed; `wait_seconds` is the wait a server asks for."""
        super().__init__(why, hint)
        self.passes = passes
        self.wait_seconds = wait_seconds


class TransferStoppedError(Exception):
    """A transfer that was stopped on purpose; what has arrived is on the disk."""


def wrong_length(response: "httpx2.Response", header: str) -> TransferError:
    """Return the failure of an answer whose header states no possible length or part of a file."""
    return TransferError(
        reason("hub.wrong_length", host=response.url.host, header=header),
        reason("hub.check_address"),
    )


def status_error(response: "httpx2.Response", repository: str) -> TransferError:
    """Return the failure that an answer of status 400 or more tells.

    Args:
        response: the answer, whose body need not have been read.
        repository: the repository on the hub that it is about; empty for a web address. Where the hub has
            redirected, the answer is that of its storage.
    """
    status = response.status_code
    if status == 429:
        seconds = wait_seconds(response.headers)
        why = reason("hub.too_many_requests", seconds=seconds) if seconds else reason("hub.slow_down")
        return TransferError(why, reason("hub.try_later"), passes=True, wait_seconds=seconds)
    if status in _LATER:
        return TransferError(
            reason("hub.server_failure", status=status),
            reason("hub.try_later"),
            passes=True,
            wait_seconds=wait_seconds(response.headers),
        )
    if status == 416:
        return TransferError(reason("hub.range_refused"), reason("hub.start_again_anew"))
    if repository and not response.history:
        return hub_error(response, repository)
    return TransferError(
        reason("hub.refused", status=status, why=response.reason_phrase), reason("hub.check_address")
    )


def hub_error(response: "httpx2.Response", repository: str) -> TransferError:
    """Return the failure that the hub's answer tells, as its own library reads it."""
    from huggingface_hub import errors
    from huggingface_hub.utils import hf_raise_for_status

    has_token = "authorization" in response.request.headers
    page = _page(response, repository)
    length = parse_length(response.headers.get("Content-Length", "0"))
    try:
        if length is not None and length <= _LONGEST_BODY:
            response.read()
        hf_raise_for_status(response)
    except errors.GatedRepoError:
        # It is a kind of RepositoryNotFoundError, so it goes first.
        if has_token:
            return TransferError(
                reason("hub.gated_not_granted", repository=repository), reason("hub.ask_access", page=page)
            )
        return TransferError(
            reason("hub.gated", repository=repository),
            reason("hub.accept_terms", page=page, tokens=TOKEN_PAGE),
        )
    except errors.DisabledRepoError:
        return TransferError(reason("hub.disabled", repository=repository), reason("hub.take_another"))
    except errors.RemoteEntryNotFoundError:
        return TransferError(
            reason("hub.no_file_there", repository=repository),
            reason("hub.list_files", repository=repository),
        )
    except errors.RevisionNotFoundError:
        return TransferError(
            reason("hub.revision_gone", repository=repository), reason("hub.start_again_anew")
        )
    except (errors.RepositoryNotFoundError, errors.HfHubHTTPError) as error:
        status = response.status_code
        if status == 401 and has_token:
            return TransferError(reason("hub.token_refused"), reason("hub.another_token", tokens=TOKEN_PAGE))
        if isinstance(error, errors.RepositoryNotFoundError) or status in (401, 404):
            return TransferError(
                reason("hub.no_repository", repository=repository, host=response.request.url.host),
                reason("hub.check_repository", tokens=TOKEN_PAGE),
            )
        why = error.server_message or response.reason_phrase
        return TransferError(reason("hub.refused", status=status, why=why), reason("hub.check_address"))
    return TransferError(
        reason("hub.refused", status=response.status_code, why=response.reason_phrase),
        reason("hub.check_address"),
    )


def _page(response: "httpx2.Response", repository: str) -> str:
    """Return the address of the repository's page."""
    url = response.request.url
    return f"{url.scheme}://{url.netloc.decode()}/{repository}"


def wait_seconds(headers: Mapping[str, str]) -> float:
    """Return the wait that a server asks for in `Retry-After`, in seconds or as a date; 0 for none."""
    import email.utils
    import time

    asked_for = headers.get("Retry-After", "").strip()
    if asked_for.isdecimal() and asked_for.isascii():
        digits = asked_for.lstrip("0")
        return _LONGEST_WAIT if len(digits) > _WAIT_DIGITS else min(float(digits or 0), _LONGEST_WAIT)
    try:
        seconds = email.utils.parsedate_to_datetime(asked_for).timestamp() - time.time()
    except (ValueError, OverflowError, OSError):
        return 0.0
    return min(max(0.0, seconds), _LONGEST_WAIT)


def connection_error(error: Exception, address: str) -> TransferError:
    """Return the failure that an exception of the HTTP client or of the hub's library tells."""
    import httpx2

    host = host_of(address)
    is_redirect = isinstance(error, httpx2.RemoteProtocolError) and "location" in str(error).lower()
    if isinstance(error, httpx2.UnsupportedProtocol) and origin(address):
        is_redirect = True
    if is_redirect:
        return TransferError(reason("hub.bad_redirect", host=host), reason("hub.check_address"))
    if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return TransferError(
            reason("hub.bad_address", address=without_secrets(address)), reason("hub.check_address")
        )
    if isinstance(error, httpx2.TooManyRedirects):
        return TransferError(reason("hub.redirects", host=host), reason("hub.check_address"))
    if isinstance(error, httpx2.ProxyError):
        return TransferError(
            reason("hub.proxy_failed", why=_why(error)), reason("hub.check_proxy"), passes=True
        )
    if isinstance(error, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return TransferError(reason("hub.no_answer", host=host), reason("hub.check_connection"), passes=True)
    if isinstance(error, httpx2.TimeoutException):
        return TransferError(reason("hub.stalled", host=host), reason("hub.check_connection"), passes=True)
    is_protocol_error = isinstance(error, httpx2.RemoteProtocolError)
    if isinstance(error, httpx2.DecodingError) or (is_protocol_error and not _BROKEN.search(str(error))):
        return TransferError(reason("hub.not_http", host=host), reason("hub.check_address"))
    if isinstance(error, httpx2.RemoteProtocolError | httpx2.ReadError):
        return TransferError(reason("hub.cut", host=host), reason("hub.check_connection"), passes=True)
    return TransferError(
        reason("hub.unreachable", host=host, why=_why(error)), reason("hub.check_connection"), passes=True
    )


def _why(error: Exception) -> Reason | str:
    """Return why there is no connection, in plain words where the system's own are none."""
    cause: BaseException | None = error
    for _step in range(_CAUSES):
        if isinstance(cause, socket.gaierror):
            return reason("hub.no_such_host")
        if isinstance(cause, ConnectionRefusedError):
            return reason("hub.connection_refused")
        cause = cause and (cause.__cause__ or cause.__context__)
    return without_secrets(_ERROR_NUMBER.sub("", str(error))) or type(error).__name__


def host_of(address: str) -> str:
    """Return the host of an address, without port, user and password."""
    try:
        return urlsplit(address).hostname or without_secrets(address)
    except ValueError:
        return without_secrets(address)
