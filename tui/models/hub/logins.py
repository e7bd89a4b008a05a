"""User names and passwords in web addresses: kept in memory, so that no address shows or stores one."""

import base64
import re
from urllib.parse import unquote, urlsplit

_LOGIN = re.compile(r"([a-z][a-z0-9+.-]*://)([^\s/?#\\]*)@", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_logins: dict[str, str] = {}
"""Values of `Authorization` headers, by the origin of the address."""


def origin(address: str) -> str:
    """Return scheme, host and port of an address: `https://host:443`; empty where it has none."""
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname and port else ""


def take_login(address: str) -> str:
    """Return the address without user and password, which are kept for requests to its origin."""
    match = _LOGIN.match(address)
    if match is None:
        return address
    bare_address = match[1] + address[match.end() :]
    if address_origin := origin(bare_address):
        user, _colon, password = match[2].partition(":")
        pair = f"{unquote(user)}:{unquote(password)}".encode()
        _logins[address_origin] = f"Basic {base64.b64encode(pair).decode()}"
    return bare_address


def login_headers(address: str) -> dict[str, str]:
    """Return the header with the user and password for an address; empty where none were given."""
    login = _logins.get(origin(address))
    return {"authorization": login} if login else {}
