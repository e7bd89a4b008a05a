"""Files on a hub or a web server, and what is known of each before it is fetched."""

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

import tui
from tui.models.hub.address import FileAddress, hub_endpoint, hub_library
from tui.models.hub.errors import TransferError
from tui.models.hub.logins import origin
from tui.sentences import reason
from tui.text import clean_line

if TYPE_CHECKING:
    import httpx2


_LONGEST_NAME = 200
"""Bytes of a file name: file systems take 255, and the files beside it have longer names."""


class RemoteFile(msgspec.Struct, frozen=True):
    """A file that can be downloaded."""

    address: str
    """The lasting address: on the hub at one revision, on the web as the user gave it."""
    path: str
    """Path in its repository, or its name on a web server: `Q4_K_M/model-Q4_K_M-00001-of-00002.gguf`."""
    size_bytes: int
    sha256: str = ""
    """Published SHA-256 in hexadecimal; empty where none is published."""
    repository: str = ""
    """`owner/name` on the hub; empty for a web address."""
    revision: str = ""
    """Commit of the repository; empty for a web address."""
    version: str = ""
    """ETag or date of change of a web address, which tell that it is the same file; empty where not told."""

    @property
    def name(self) -> str:
        """Name without folders."""
        return PurePosixPath(self.path).name


def file_address(file: RemoteFile, client: "httpx2.Client") -> FileAddress:
    """Return the address to fetch a file from, with the user's token where it is the hub's own address."""
    if not file.repository:
        return FileAddress(client, file.address, {}, version=file.version)
    # A file beside a partial download says what its address is, and anyone may have written that.
    headers = hub_headers() if origin(file.address) == origin(hub_endpoint()) else {}
    return FileAddress(client, file.address, headers, repository=file.repository)


def hub_headers() -> dict[str, str]:
    """Return the headers of requests to the hub: who asks, and the user's token where there is one."""
    return hub_library().utils.build_hf_headers(library_name="llmtui", library_version=tui.__version__)


def target_path(file: RemoteFile, folder: Path) -> Path:
    """Return the place of a file below the models folder: `OWNER/REPOSITORY/FILE` or `HOST/FILE`.

    Raises:
        TransferError: a part of the name cannot be a file name on every system.
    """
    from urllib.parse import urlsplit

    # The colons of an IPv6 address cannot be in a name.
    owner = file.repository or (urlsplit(file.address).hostname or "web").replace(":", "_")
    check_name(owner, file.path)
    return folder.joinpath(*owner.split("/"), *file.path.split("/"))


def check_name(owner: str, path: str) -> None:
    """Return if a file can have its place below the models folder on every system.

    Raises:
        TransferError: a part of the owner (a repository or a host) or of the path cannot be a file name.
    """
    if not all(map(_is_file_name, [*owner.split("/"), *path.split("/")])):
        raise TransferError(
            reason("hub.impossible_name", file=path[:_LONGEST_NAME]), reason("hub.take_another")
        )


def _is_file_name(part: str) -> bool:
    """Return True for a name without separators and controls, which neither hides nor leads elsewhere."""
    return (
        0 < len(part.encode(errors="replace")) <= _LONGEST_NAME
        and part == clean_line(part)
        and not part.startswith(".")
        and not set(part) & set('\\/:*?"<>|')
        and not part.endswith((".", " "))
    )
