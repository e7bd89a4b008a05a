"""Sources of downloads: what a name, a repository or a web address stands for."""

import difflib
import re
from urllib.parse import unquote, urlsplit

import msgspec

from tui.models.catalogue.catalogue import Catalogue, normalised
from tui.models.hub.logins import take_login
from tui.models.hub.record import read_record
from tui.models.listing import find_entry
from tui.models.model import CatalogueEntry, Model
from tui.sentences import reason
from tui.services.finding import FindingError
from tui.text import without_secrets

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_HUB_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_FILE_PAGES = frozenset({"blob", "resolve", "raw", "tree"})
_ALIKE = 0.4
"""Similarity, 0 to 1, from which a name is suggested in place of one that is not known."""


class DownloadSource(msgspec.Struct, frozen=True):
    """A repository on the hub, or a file on a web server."""

    repository: str = ""
    """`owner/name`; empty for a web address."""
    wanted: str = ""
    """Quantization or file that was named; empty for none."""
    address: str = ""
    """Address on the web, without a user and password; empty for a repository."""
    entry: CatalogueEntry | None = None
    """Entry of the catalogue; None for a repository that it does not have."""

    @property
    def name(self) -> str:
        """Name as a person reads it; the query of an address may be a secret."""
        return self.repository or without_secrets(self.address)


def find_source(name: str, catalogue: Catalogue) -> DownloadSource:
    """Return the source of a name: of the catalogue, `owner/repository`, or a web address.

    The first two may be followed by a colon and a quantization or the name of a file. An address of a page
    of the hub stands for the repository, and that of a file in it for that file.

    Raises:
        FindingError: it is none of these.
    """
    name = name.strip()
    if not name:
        raise FindingError(reason("services.model_name_empty"))
    if name.lower().startswith(("https://", "http://")):
        return _from_address(take_login(name), catalogue)
    base_name, _colon, wanted = name.partition(":")
    if _REPOSITORY.fullmatch(base_name):
        return DownloadSource(base_name, wanted, entry=_published_in(base_name, catalogue))
    if entry := find_entry(catalogue, base_name):
        return DownloadSource(_repository_with(entry, wanted), wanted, entry=entry)
    names = [entry.name for entry in catalogue.entries]
    beginning = [entry for entry in names if normalised(entry).startswith(normalised(base_name) or "\0")]
    alike = beginning or difflib.get_close_matches(base_name, names, 1, _ALIKE)
    raise FindingError(
        reason("services.model_unknown", name=base_name),
        reason("services.did_you_mean", name=alike[0]) if alike else reason("hub.name_forms"),
    )


def source_name(model: Model) -> str | None:
    """Return the name to download a model by, with its quantization where that is not the usual one.

    For a file on this disk it is where other quantizations of it are; None where nothing tells.
    """
    entry = model.entry
    if entry is not None:
        if model.on_disk or model.quant == entry.default_quant:
            return entry.repository
        return f"{_repository_with(entry, model.quant)}:{model.quant}"
    record = read_record(model.path) if model.path is not None else None
    return (record.repository or record.address) if record is not None else None


def _from_address(address: str, catalogue: Catalogue) -> DownloadSource:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise FindingError(
            reason("hub.bad_address", address=without_secrets(address)), reason("hub.check_address")
        ) from None
    path = [unquote(part) for part in parts.path.split("/") if part]
    if host not in _hub_hosts() or len(path) < 2:
        return DownloadSource(address=address)
    repository = "/".join(path[:2])
    entry = _published_in(repository, catalogue)
    if len(path) == 2 and not path[1].lower().endswith(".gguf"):
        return DownloadSource(repository, entry=entry)
    if len(path) > 4 and path[2] in _FILE_PAGES and path[3] == "main":
        return DownloadSource(repository, "/".join(path[4:]), entry=entry)
    return DownloadSource(address=address)


def _hub_hosts() -> frozenset[str]:
    """Return the hosts whose addresses are those of repositories."""
    # Here, since only an address needs the hub's library at this point.
    from tui.models.hub.address import hub_endpoint

    endpoint = urlsplit(hub_endpoint()).hostname
    return _HUB_HOSTS | {endpoint} if endpoint else _HUB_HOSTS


def _published_in(repository: str, catalogue: Catalogue) -> CatalogueEntry | None:
    key = repository.casefold()
    return next((entry for entry in catalogue.entries if key in _repository_names(entry)), None)


def _repository_names(entry: CatalogueEntry) -> set[str]:
    return {entry.repository.casefold(), *(place.name.casefold() for place in entry.repositories)}


def _repository_with(entry: CatalogueEntry, quant: str) -> str:
    """Return the first repository of a model that has a quantization; its first one where none says so."""
    wanted = normalised(quant or entry.default_quant)
    return next(
        (place.name for place in entry.repositories if wanted in map(normalised, place.quants)),
        entry.repository,
    )
