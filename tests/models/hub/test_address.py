"""Addresses: the lasting one, the signed one that it leads to, and a fresh one when that has expired."""

import subprocess
import sys

import pytest

from tests.models.hub.loopback_hub import Behaviour, HubFile, LoopbackHub
from tests.models.hub.samples import published, random_bytes
from tui.models.hub.address import FileAddress, check_online, hub_endpoint, open_client
from tui.models.hub.errors import TransferError
from tui.models.hub.remote_file import file_address


def read_part(address: FileAddress, start: int, end: int) -> bytes:
    with address.open(start, end) as response:
        return response.read()


def test_signed_address_is_used_again(hub: LoopbackHub) -> None:
    file = published(hub, 4000)
    with open_client() as client:
        address = file_address(file, client)
        data = b"".join(read_part(address, start, start + 1000) for start in range(0, 4000, 1000))
    assert data == hub.files[file.repository][file.path].data
    assert sum("/resolve/" in path for _method, _host, path in hub.requests) == 1


def test_expired_address_is_asked_for_again(hub: LoopbackHub) -> None:
    file = published(hub, 4000)
    hub.signature_uses = 2
    with open_client() as client:
        address = file_address(file, client)
        data = b"".join(read_part(address, start, start + 1000) for start in range(0, 4000, 1000))
    assert data == hub.files[file.repository][file.path].data
    assert sum("/resolve/" in path for _method, _host, path in hub.requests) == 2


def test_address_that_is_refused_even_when_fresh_is_a_failure(hub: LoopbackHub) -> None:
    file = published(hub, 4000)
    hub.signature_uses = 0
    with (
        open_client() as client,
        pytest.raises(TransferError, match=r"hub\.refused"),
        file_address(file, client).open(0, 10),
    ):
        pass


def test_failure_while_the_body_is_read_has_a_reason(hub: LoopbackHub) -> None:
    hub.plain["m.gguf"] = HubFile(random_bytes(100_000))
    hub.on_bytes = lambda _part: Behaviour(cut_after=50_000)
    with open_client() as client, pytest.raises(TransferError, match=r"hub\.cut") as caught:
        read_part(FileAddress(client, f"{hub.url}/plain/m.gguf", {}), 0, 100_000)
    assert caught.value.passes


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:1/x.gguf", "hub.unreachable"),
        ("http://[x/y.gguf", "hub.unreachable"),
        ("ftp://host/y.gguf", "hub.bad_address"),
    ],
)
def test_unreachable_address_has_a_reason(url: str, code: str) -> None:
    with open_client() as client, pytest.raises(TransferError) as caught:
        read_part(FileAddress(client, url, {}), 0, 10)
    assert caught.value.reason.code == code
    assert caught.value.hint


def test_offline_mode_forbids_requests(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    check_online()
    assert hub_endpoint() == hub.url
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(TransferError, match=r"hub\.offline"):
        check_online()


def test_nothing_of_the_hub_is_imported_before_something_is_fetched() -> None:
    program = (
        "import sys, tui.cli.main, tui.services.finding, tui.services.downloads.offer\n"
        "print([name for name in ('huggingface_hub', 'httpx2', 'filelock') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
