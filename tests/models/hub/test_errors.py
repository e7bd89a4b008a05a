"""Failures of transfers: each answer of a server has its sentence, and says what to do."""

import email.utils
import socket
import time

import httpx2
import pytest

from tests.models.hub.loopback_hub import Behaviour, LoopbackHub
from tests.models.hub.samples import REPOSITORY, published
from tui.models.hub.address import open_client
from tui.models.hub.errors import TransferError, connection_error, status_error, wait_seconds
from tui.models.hub.remote_file import file_address
from tui.services.sentences import sentence


def failure(hub: LoopbackHub, **changes: object) -> TransferError:
    """Return the failure of asking the hub for a file."""
    file = published(hub, 1000)
    for name, value in changes.items():
        setattr(hub, name, value)
    with (
        open_client() as client,
        pytest.raises(TransferError) as caught,
        file_address(file, client).open(0, 10),
    ):
        pass
    return caught.value


def test_gated_repository_says_what_to_accept_and_how_to_give_a_token(hub: LoopbackHub) -> None:
    error = failure(hub, gated={REPOSITORY: "manual"})
    assert error.reason.code == "hub.gated"
    assert error.hint is not None
    hint = sentence(error.hint)
    assert f"{hub.url}/{REPOSITORY}" in hint
    assert "https://huggingface.co/settings/tokens" in hint
    assert "HF_TOKEN" in hint
    assert not error.passes


def test_gated_repository_with_a_token_without_access(
    hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_mine")
    error = failure(hub, gated={REPOSITORY: "auto"}, tokens={"hf_mine"})
    assert error.reason.code == "hub.gated_not_granted"
    assert error.hint is not None
    assert f"{hub.url}/{REPOSITORY}" in sentence(error.hint)


def test_wrong_token(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_old")
    assert failure(hub).reason.code == "hub.token_refused"


def test_private_and_missing_repositories_look_the_same(hub: LoopbackHub) -> None:
    assert failure(hub, private={REPOSITORY}).reason.code == "hub.no_repository"


def test_disabled_repository(hub: LoopbackHub) -> None:
    assert failure(hub, disabled={REPOSITORY}).reason.code == "hub.disabled"


@pytest.mark.parametrize(
    ("behaviour", "code", "passes"),
    [
        (Behaviour(429, {"Retry-After": "7"}), "hub.too_many_requests", True),
        (Behaviour(429), "hub.slow_down", True),
        (Behaviour(500), "hub.server_failure", True),
        (Behaviour(503, {"Retry-After": "2"}), "hub.server_failure", True),
        (Behaviour(404, {"X-Error-Code": "EntryNotFound"}), "hub.no_file_there", False),
        (Behaviour(404, {"X-Error-Code": "RevisionNotFound"}), "hub.revision_gone", False),
        (Behaviour(401), "hub.no_repository", False),
        (Behaviour(418, body=b"I am a teapot"), "hub.refused", False),
    ],
)
def test_answers_have_their_sentences(
    hub: LoopbackHub, behaviour: Behaviour, code: str, passes: bool
) -> None:
    error = failure(hub, api_answers=[behaviour])
    assert (error.reason.code, error.passes) == (code, passes)
    assert sentence(error.reason)
    assert error.hint is not None
    assert sentence(error.hint)


def test_server_may_ask_to_wait_in_seconds_or_until_a_date() -> None:
    assert wait_seconds({"Retry-After": "120"}) == 120
    date = email.utils.formatdate(time.time() + 60, usegmt=True)
    assert 50 < wait_seconds({"Retry-After": date}) <= 60
    assert wait_seconds({"Retry-After": "soon"}) == 0
    assert wait_seconds({}) == 0


@pytest.mark.parametrize("text", ["9" * 5000, "99999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_endless_wait_is_a_long_one(text: str) -> None:
    assert wait_seconds({"Retry-After": text}) == 7 * 24 * 3600


@pytest.mark.parametrize(
    "text", ["1e400", "-1", "Fri, 31 Dec 9999 23:59:59 -9999", "Mon, 01 Jan 0001 00:00:00 +2359", "\0"]
)
def test_wait_that_makes_no_sense_is_none(text: str) -> None:
    assert wait_seconds({"Retry-After": text}) == 0


def test_refusal_of_a_web_server_has_its_status() -> None:
    request = httpx2.Request("GET", "http://web/m.gguf")
    error = status_error(httpx2.Response(404, request=request), "")
    assert error.reason.code == "hub.refused"
    assert error.reason.facts["status"] == 404


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (httpx2.ConnectTimeout("x"), "hub.no_answer"),
        (httpx2.ReadTimeout("x"), "hub.stalled"),
        (httpx2.RemoteProtocolError("Server disconnected without sending a response."), "hub.cut"),
        (httpx2.RemoteProtocolError("peer closed connection without sending complete body"), "hub.cut"),
        (httpx2.ReadError("x"), "hub.cut"),
        (httpx2.RemoteProtocolError("Receive buffer too long"), "hub.not_http"),
        (httpx2.DecodingError("incorrect header check"), "hub.not_http"),
        (httpx2.RemoteProtocolError("Invalid URL in location header"), "hub.bad_redirect"),
        (httpx2.UnsupportedProtocol("file"), "hub.bad_redirect"),
        (httpx2.ConnectError("refused"), "hub.unreachable"),
        (httpx2.ProxyError("refused"), "hub.proxy_failed"),
        (httpx2.TooManyRedirects("x"), "hub.redirects"),
    ],
)
def test_failures_of_connections_have_their_sentences(error: Exception, code: str) -> None:
    failed = connection_error(error, "https://host.example/m.gguf")
    assert failed.reason.code == code
    assert "host.example" in sentence(failed.reason) or code == "hub.proxy_failed"


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        (socket.gaierror(-2, "Name or service not known"), "its name is not known, or there is no network"),
        (ConnectionRefusedError(111, "Connection refused"), "nothing answers at its port"),
        (OSError(101, "Network is unreachable"), "Network is unreachable"),
    ],
)
def test_missing_connection_is_told_in_plain_words(cause: OSError, text: str) -> None:
    error = httpx2.ConnectError(str(cause))
    error.__cause__ = cause
    failed = connection_error(error, "https://user:pass@host.example/m.gguf?signature=1")
    assert sentence(failed.reason) == f"host.example cannot be reached ({text})."
    assert failed.hint is not None
    assert sentence(failed.hint) == "Check the connection and try again."
