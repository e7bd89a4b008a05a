"""Remote files and their places on the disk."""

from pathlib import Path

import pytest

from tests.models.hub.loopback_hub import HubFile, LoopbackHub
from tests.models.hub.samples import published
from tui.models.hub import logins
from tui.models.hub.address import open_client
from tui.models.hub.errors import TransferError
from tui.models.hub.remote_file import RemoteFile, file_address, hub_headers, target_path
from tui.models.hub.remote_header import read_web_header


def test_file_of_a_repository_goes_below_its_owner() -> None:
    file = RemoteFile("http://hub/x", "Q4_K_M/m-00001-of-00002.gguf", 1, repository="maker/model")
    assert target_path(file, Path("/m")) == Path("/m/maker/model/Q4_K_M/m-00001-of-00002.gguf")
    assert file.name == "m-00001-of-00002.gguf"


def test_file_of_a_web_server_goes_below_its_host() -> None:
    file = RemoteFile("https://models.example.org:8080/a/m.gguf?x=1", "m.gguf", 1)
    assert target_path(file, Path("/m")) == Path("/m/models.example.org/m.gguf")


@pytest.mark.parametrize(
    "path",
    [
        "../m.gguf",
        "/etc/m.gguf",
        "a//m.gguf",
        "a/../../m.gguf",
        "a\\m.gguf",
        ".m.gguf",
        "m\x1b[2J.gguf",
        "a:b.gguf",
        "m" * 300 + ".gguf",
        "",
    ],
)
def test_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(TransferError, match=r"hub\.impossible_name"):
        target_path(RemoteFile("http://hub/x", path, 1, repository="maker/model"), Path("/m"))


def test_token_goes_to_the_hub_and_not_to_its_storage(
    hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.tokens.add("hf_secret")
    file = published(hub, 1000)

    with open_client() as client, file_address(file, client).open(0, 10) as response:
        assert response.read() == hub.files["maker/model-GGUF"]["model-Q4_K_M.gguf"].data[:10]

    assert hub_headers()["authorization"] == "Bearer hf_secret"
    assert [part.authorization for part in hub.parts] == [""]
    assert [part.host.partition(":")[0] for part in hub.parts] == ["localhost"]


def test_token_goes_to_no_address_that_a_file_only_claims_to_be_the_hubs(
    hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    published(hub, 1000)
    hub.plain["m.gguf"] = HubFile(bytes(1000))
    # The other server is at another name and port.
    forged = RemoteFile(f"{hub.storage_url}/plain/m.gguf", "m.gguf", 1000, repository="maker/model-GGUF")
    with open_client() as client, file_address(forged, client).open(0, 10):
        pass
    assert {part.authorization for part in hub.parts} == {""}


def test_user_and_password_of_an_address_go_to_its_host_and_are_in_no_file(
    hub: LoopbackHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logins, "_logins", {})
    hub.plain["m.gguf"] = HubFile(bytes(1000))
    address = hub.url.replace("//", "//user:pass@") + "/plain/m.gguf"

    (file,) = read_web_header(address, tmp_path / "headers").files

    assert file.address == f"{hub.url}/plain/m.gguf"
    assert [part.authorization for part in hub.parts] == ["Basic dXNlcjpwYXNz"]


def test_token_of_a_file_is_used(hub: LoopbackHub, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hf_from_file\n")
    assert hub_headers()["authorization"] == "Bearer hf_from_file"
    del hub


def test_requests_say_who_asks_and_nothing_else(hub: LoopbackHub) -> None:
    headers = hub_headers()
    assert set(headers) == {"user-agent"}
    assert headers["user-agent"].startswith("llmtui/")
    assert hub.requests == []
