"""Repositories on the hub: their GGUF files by quantization, as the hub's library lists them."""

import json
import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec

import tui
from tui.models.file_names import Shard, shard_of
from tui.models.hub.address import check_online, hub_endpoint, hub_library
from tui.models.hub.errors import TransferError, connection_error, host_of, status_error
from tui.models.hub.lengths import is_possible_length
from tui.models.hub.remote_file import RemoteFile, check_name
from tui.sentences import reason
from tui.text import clean_line

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ModelInfo

log = logging.getLogger(__name__)

_LISTING_SECONDS = 30.0
_LABEL = re.compile(
    r"(?:^|[-_. ])(?P<label>(?:UD-)?"
    r"(?:I?Q\d(?:_(?:K|\d|XXS|XS|S|M|L|XL|XXL|NL))*|TQ\d_\d|MXFP4(?:_MOE)?|NVFP4|BF16|FP?16|FP?32))"
    r"(?=$|[-_. ])",
    re.IGNORECASE,
)
_SYNONYMS = {"FP16": "F16", "FP32": "F32", "MXFP4_MOE": "MXFP4"}
_NO_MODEL = re.compile(r"(?:^|[-_./])(?:mmproj|imatrix)|imatrix(?:$|[-_.])", re.IGNORECASE)
"""Names of files that go with a model and are none: projectors for pictures, importance matrices."""
_NAMES_SHOWN = 30
_REVISION = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z_.-]{0,99}")
_SHA256 = re.compile(r"(?:[0-9a-fA-F]{64})?")


class PublishedQuantization(msgspec.Struct, frozen=True):
    """A quantization in a repository: one file, or the shards of one model, which are one download."""

    label: str
    """Its name as published, `Q4_K_M` or `UD-Q4_K_XL`; that of the file where it has none or shares it."""
    files: tuple[RemoteFile, ...]
    """In order of the shards."""

    @property
    def size_bytes(self) -> int:
        """Size of all its files together."""
        return sum(file.size_bytes for file in self.files)


class Repository(msgspec.Struct, frozen=True):
    """A repository as it was listed, at one revision."""

    name: str
    """`owner/name`."""
    revision: str
    """Commit that the addresses of its files name, so that they stay the same files."""
    page: str
    """Address of its page."""
    gated: bool
    """True where its authors want their terms accepted before a download."""
    license: str
    """Short name of its licence; empty where it names none."""
    quantizations: tuple[PublishedQuantization, ...]
    """From small to large."""
    extras: tuple[RemoteFile, ...] = ()
    """GGUF files that are no model by themselves, such as projectors; they are not downloaded."""


def list_repository(name: str) -> Repository:
    """Return the GGUF files of a repository, by quantization.

    Files of impossible names or sizes are left out.

    Raises:
        TransferError: there is none of this name, the hub cannot be reached or refuses, its answer cannot be
            read, or it has no GGUF.
    """
    check_online()
    try:
        return _repository(name, _ask(name))
    except TransferError:
        raise
    except Exception as error:
        # The hub's library and the code here raise this and that for an answer of another form.
        log.warning("The hub's answer about %s cannot be read: %s", name, f"{error!r:.300}")
        raise _unreadable(name) from error


def _ask(name: str) -> "ModelInfo":
    import httpx2
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    api = HfApi(library_name="llmtui", library_version=tui.__version__)
    try:
        return api.model_info(name, files_metadata=True, timeout=_LISTING_SECONDS)
    except HFValidationError as error:
        raise TransferError(reason("hub.bad_name", name=name), reason("hub.name_forms")) from error
    except HfHubHTTPError as error:
        raise status_error(error.response, name) from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise connection_error(error, hub_endpoint()) from error
    except json.JSONDecodeError as error:
        if not error.doc.lstrip().startswith("<"):
            raise
        # The page of a network that asks to log in.
        raise TransferError(
            reason("hub.page_instead", host=host_of(hub_endpoint())), reason("hub.log_in")
        ) from error


def _repository(name: str, info: Any) -> Repository:
    """Return what the hub's answer says; its values may be of any type."""
    endpoint = hub_endpoint()
    revision: object = info.sha
    if revision is not None and not (isinstance(revision, str) and _REVISION.fullmatch(revision)):
        raise _unreadable(name)
    files: list[RemoteFile] = []
    refusals: list[TransferError] = []
    for sibling in info.siblings or ():
        try:
            file = _remote_file(name, sibling, revision or "", endpoint)
        except TransferError as error:
            log.warning("A file of %s is left out: %s", name, error)
            refusals.append(error)
        else:
            files += [file] if file is not None else []
    models = [file for file in files if not _NO_MODEL.search(file.path)]
    if not models and refusals:
        raise refusals[0]
    if not models:
        raise TransferError(reason("hub.no_gguf", repository=name), reason("hub.find_gguf"))
    return Repository(
        name=name,
        revision=revision or "",
        page=f"{endpoint}/{name}",
        gated=bool(info.gated),
        license=_license(info),
        quantizations=group_files(models),
        extras=tuple(file for file in files if _NO_MODEL.search(file.path)),
    )


def _remote_file(name: str, sibling: Any, revision: str, endpoint: str) -> RemoteFile | None:
    """Return a file of a listing; None for one that is no GGUF.

    Raises:
        TransferError: its name, size or hash is impossible.
    """
    path: object = sibling.rfilename
    if not isinstance(path, str):
        raise _unreadable(name)
    if not path.lower().endswith(".gguf"):
        return None
    lfs = sibling.lfs
    size: object = sibling.size if sibling.size is not None else (lfs.size if lfs else None)
    sha256: object = (lfs.sha256 or "") if lfs else ""
    if not isinstance(size, int) or not is_possible_length(size):
        raise TransferError(
            reason("hub.impossible_size", repository=name, file=path), reason("hub.answer_again")
        )
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise _unreadable(name)
    check_name(name, path)
    address = hub_library().hf_hub_url(name, path, revision=revision or None, endpoint=endpoint)
    return RemoteFile(address, path, size, sha256.lower(), name, revision)


def _unreadable(name: str) -> TransferError:
    return TransferError(reason("hub.unreadable_answer", repository=name), reason("hub.answer_again"))


def _license(info: Any) -> str:
    card: Any = info.card_data
    tags: Iterable[Any] = info.tags or ()
    name = getattr(card, "license", None) or next(
        (tag.partition(":")[2] for tag in tags if isinstance(tag, str) and tag.startswith("license:")), ""
    )
    return clean_line(name) if isinstance(name, str) else ""


def group_files(files: Iterable[RemoteFile]) -> tuple[PublishedQuantization, ...]:
    """Return the quantizations that files make up, from small to large.

    A model with a missing shard is left out.
    """
    groups: dict[str, list[tuple[Shard | None, RemoteFile]]] = {}
    for file in files:
        path = PurePosixPath(file.path)
        shard = _shard(path)
        groups.setdefault(str(path.with_name(shard.stem)) if shard else file.path, []).append((shard, file))
    complete = {key: _in_order(group) for key, group in groups.items() if _is_complete(group)}
    labels = {key: quantization_label(group[0].path) for key, group in complete.items()}
    counts = list(labels.values())
    return tuple(
        sorted(
            (
                PublishedQuantization(
                    labels[key] if labels[key] and counts.count(labels[key]) == 1 else clean_line(key), group
                )
                for key, group in complete.items()
            ),
            key=lambda quantization: (quantization.size_bytes, quantization.label),
        )
    )


def quantization_label(path: str) -> str:
    """Return the quantization that a path names, in its file name or else its folders; empty for none."""
    pure = PurePosixPath(path)
    shard = _shard(pure)
    for part in (shard.stem if shard else pure.stem, *reversed(pure.parts[:-1])):
        if matches := list(_LABEL.finditer(part)):
            label = matches[-1]["label"].upper()
            return _SYNONYMS.get(label, label)
    return ""


def find_quantization(repository: Repository, wanted: str) -> PublishedQuantization:
    """Return the quantization of a name, or the one that a file belongs to.

    `UD-Q4_K_XL` goes by `Q4_K_XL`, too, where that is not ambiguous. Case does not matter.

    Raises:
        TransferError: the repository has none of this name.
    """
    key = wanted.casefold()
    quantizations = repository.quantizations
    for matches in (
        [item for item in quantizations if item.label.casefold() == key],
        [
            item
            for item in quantizations
            if any(key in (file.path.casefold(), file.name.casefold()) for file in item.files)
        ],
        [item for item in quantizations if quantization_label(item.files[0].path).casefold() == key],
        [item for item in quantizations if item.label.casefold().removeprefix("ud-") == key],
    ):
        if len(matches) == 1:
            return matches[0]
    names = [item.label for item in quantizations]
    raise TransferError(
        reason("hub.no_quantization", repository=repository.name, wanted=wanted),
        reason(
            "hub.has_quantizations",
            names=", ".join(
                [*names[:_NAMES_SHOWN], *("…" for _name in names[_NAMES_SHOWN : _NAMES_SHOWN + 1])]
            ),
        ),
    )


def _shard(path: PurePosixPath) -> Shard | None:
    from pathlib import Path

    return shard_of(Path(path.name))


def _is_complete(group: Sequence[tuple[Shard | None, RemoteFile]]) -> bool:
    first = group[0][0]
    return first is None or sorted(shard.number for shard, _file in group if shard) == list(
        range(1, first.count + 1)
    )


def _in_order(group: Sequence[tuple[Shard | None, RemoteFile]]) -> tuple[RemoteFile, ...]:
    return tuple(file for _shard, file in sorted(group, key=lambda item: item[0].number if item[0] else 0))
