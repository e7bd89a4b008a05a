"""Users and passwords in addresses: taken out of them, and sent to their own origin only."""

import base64

import pytest

from tui.models.hub import logins
from tui.models.hub.logins import login_headers, origin, take_login


@pytest.fixture(autouse=True)
def no_logins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "_logins", {})


@pytest.mark.parametrize(
    ("address", "bare_address"),
    [
        ("https://user:pass@host/m.gguf?a=b@c", "https://host/m.gguf?a=b@c"),
        ("HTTP://us%40er@host:8080/m.gguf", "HTTP://host:8080/m.gguf"),
        ("https://user:p@ss@[::1]:8080/m", "https://[::1]:8080/m"),
        ("https://user:pass@[x/m", "https://[x/m"),
        ("https://host/a@b", "https://host/a@b"),
    ],
)
def test_address_is_freed_of_its_user_and_password(address: str, bare_address: str) -> None:
    assert take_login(address) == bare_address


def test_user_and_password_go_to_their_origin_only() -> None:
    take_login("https://us%40er:pa:ss@host.example/m.gguf")
    assert login_headers("https://host.example:443/other.gguf") == {
        "authorization": f"Basic {base64.b64encode(b'us@er:pa:ss').decode()}"
    }
    for address in ("http://host.example/", "https://host.example:8443/", "https://example/", "https://[x"):
        assert login_headers(address) == {}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://Host.example/x", "https://host.example:443"),
        ("http://host:8080", "http://host:8080"),
        ("http://[x/y", ""),
        ("http://host:99999/", ""),
        ("no address", ""),
    ],
)
def test_origin_is_scheme_host_and_port(address: str, expected: str) -> None:
    assert origin(address) == expected
