"""Scan of this disk for models, in every store."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from tui.models.content import content_print, one_row_each
from tui.models.file_names import Shard, model_name, quantization, shard_of
from tui.models.library_cache import (
    CachedModel,
    FileVersions,
    cache_path,
    file_versions,
    load_cache,
    save_cache,
)
from tui.models.model import ModelFile, OtherPlace
from tui.models.model_file import model_file
from tui.models.purpose import kind_reason
from tui.models.stores.endings import finished_name
from tui.models.stores.environment import Environment, this_environment
from tui.models.stores.named_paths import FILE, FOLDER
from tui.models.stores.stored_file import FileFacts, StoredFile
from tui.models.stores.stores import PROGRAMS, StoreContents, read_stores
from tui.models.stores.visit import OnFolder
from tui.sentences import Reason, reason

_NAMED = (FILE, FOLDER)
_READER_THREADS = 4
"""Reading a header is mostly waiting for the disk when it is cold."""
_MANY_UNREAD = 200
"""Headers that are read in less time than it takes to look at a list twice."""
_REPORT_SECONDS = 2.0
"""Time between two reports of what has been read meanwhile."""


class StoreReport(msgspec.Struct, frozen=True):
    """Result of a scan of one store."""

    store: str
    """Its code."""
    folders: tuple[Path, ...]
    """Folders in which it was looked for."""
    models: int
    """Files of models, broken ones and those listed under another store included."""
    problems: tuple[Reason, ...]
    """Folders and files of it that could not be read."""


class Library(msgspec.Struct, frozen=True):
    """Result of a scan."""

    files: tuple[ModelFile, ...]
    """Good and bad models, by name and quantization; the same content is listed once."""
    problems: tuple[Reason, ...]
    """Folders that could not be searched, and those of the user without a model."""
    stores: tuple[StoreReport, ...] = ()
    watched: dict[str, int] = {}
    """Time of change in nanoseconds of each path whose change makes this result old; 0 for a missing one."""


class _Candidate(msgspec.Struct):
    """The files of one model as the stores have them, before its header is read."""

    file: StoredFile
    """The file under the name that the model is listed by; the first of a split model, there or not."""
    shards: tuple[Path, ...]
    facts: dict[Path, FileFacts]
    """Of the shards that could be looked at."""
    places: list[OtherPlace] = []
    """Its other names."""

    @property
    def versions(self) -> FileVersions | None:
        """Size and time of change of each file; None when one is missing or its name cannot be stored."""
        if len(self.facts) < len(self.shards):
            return file_versions(self.shards)
        try:
            str(self.file.path).encode()
        except UnicodeEncodeError:
            return None
        return tuple(
            (facts.size_bytes, facts.modified_ns) for facts in (self.facts[path] for path in self.shards)
        )


class _ReadModel(msgspec.Struct):
    """A model as its header and its store describe it."""

    model: ModelFile
    entry: CachedModel | None
    """To be kept for the next scan; None for a file that has to be read again."""
    candidate: _Candidate


def scan_library(
    folders: Sequence[Path] = (),
    files: Sequence[Path] = (),
    *,
    packages: Sequence[Path] | None = None,
    cache: Path | None = None,
    skipped: Collection[str] = (),
    environment: Environment | None = None,
    on_early: Callable[[Sequence[ModelFile]], None] = lambda _files: None,
    on_folder: OnFolder = lambda _folder: None,
) -> Library:
    """List every GGUF model in every store, and in the given folders and files.

    Args:
        folders: searched with the folders below them.
        files: named by the user; a file that does not exist is listed with the reason.
        packages: folders of installed packages; where Python finds them when None.
        cache: file that remembers the headers that were read; the one in the cache folder when None.
        skipped: codes of the stores that are left out.
        environment: of the user; this one when None.
        on_early: is told the files while many headers are being read, those that have not been read by their
            names only; every two seconds, with fewer of them each time.
        on_folder: called with each folder before it is searched.
    """
    environment = environment or this_environment()
    environment = msgspec.structs.replace(
        environment,
        folders=(*environment.folders, *folders),
        files=(*environment.files, *files),
        package_folders=environment.package_folders if packages is None else tuple(packages),
    )
    contents = read_stores(environment, skipped, on_folder)
    candidates = _candidates(file for store in contents for file in store.files)
    cache = cache_path() if cache is None else cache
    cached = load_cache(cache)
    with ThreadPoolExecutor(_READER_THREADS, thread_name_prefix="headers") as pool:
        results = _read_headers(candidates, cached, pool, on_early)
        models = _merged(results, pool)
    _save(cache, cached, results)
    watched = {path: changed_ns for store in contents for path, changed_ns in store.folders.items()}
    for result in results:
        if result.model.error is not None and result.candidate.file.problem is None:
            # A file that is still being written changes, and no folder does. The part of a download gets
            # another name in the end, which changes its folder.
            watched |= {str(path): facts.modified_ns for path, facts in result.candidate.facts.items()}
    return Library(
        tuple(_in_order(models)),
        tuple(dict.fromkeys(problem for store in contents for problem in store.problems)),
        tuple(map(_report, contents)),
        watched,
    )


def scan_folder(folder: Path, on_folder: OnFolder = lambda _folder: None) -> Library:
    """List the models in one folder and below it, and in no store."""
    environment = Environment(home=Path.home(), folders=(folder,))
    return scan_library(environment=environment, skipped=PROGRAMS, on_folder=on_folder)


def _report(contents: StoreContents) -> StoreReport:
    count = len({_group_key(file.path) for file in contents.files})
    return StoreReport(contents.store, contents.roots, count, contents.problems)


# Files of one model


def _group_key(path: Path) -> tuple[Path, str, int]:
    """Return the same for all files of a split model, which know one another by their names in one folder."""
    shard = shard_of(path)
    return (path.parent, shard.stem, shard.count) if shard else (path, "", 1)


def _candidates(files: Iterable[StoredFile]) -> list[_Candidate]:
    """Return one candidate a model: a file that is reached twice is one, under the first of its names."""
    groups: dict[tuple[Path, str, int], _Candidate] = {}
    # A name with the ending goes before the one that it is a link to.
    for file in sorted(files, key=lambda file: file.store == FOLDER and not _has_ending(file.path)):
        key = _group_key(file.path)
        candidate = groups.get(key)
        if candidate is None:
            shard = shard_of(file.path)
            shards = _shard_paths(file.path, shard)
            first = msgspec.structs.replace(file, path=shards[0])
            groups[key] = candidate = _Candidate(first, shards, {}, [])
        elif candidate.file.store in _NAMED and file.store not in _NAMED:
            # The user named a file or folder that a store has: its program is the one that deletes it.
            candidate.file = msgspec.structs.replace(file, path=candidate.file.path)
        elif file.stored_as not in (
            candidate.file.stored_as,
            *(place.stored_as for place in candidate.places),
        ):
            # Two names for one file, such as two tags.
            candidate.places.append(OtherPlace(file.path, file.store, file.stored_as))
        if file.facts is not None:
            candidate.facts[file.path] = file.facts
    by_inode: dict[tuple[int, int], _Candidate] = {}
    distinct: list[_Candidate] = []
    for candidate in groups.values():
        facts = candidate.facts.get(candidate.shards[0])
        twin = by_inode.setdefault(facts.inode, candidate) if facts and facts.inode else candidate
        if twin is candidate:
            distinct.append(candidate)
        elif twin.file.store == FOLDER or candidate.file.store != FOLDER:
            # A folder of the user's that lies in a store shows its files again, by another way.
            _join(twin, candidate)
    return distinct


def _join(candidate: _Candidate, twin: _Candidate) -> None:
    """Note the names of a twin as other places of a candidate."""
    file = twin.file
    places = [OtherPlace(file.path, file.store, file.stored_as), *twin.places]
    same_folder = candidate.file.store == file.store == FOLDER and not _has_ending(file.path)
    if not same_folder:
        candidate.places += [place for place in places if place not in candidate.places]


def _shard_paths(path: Path, shard: Shard | None) -> tuple[Path, ...]:
    if shard is None:
        return (path,)
    return tuple(path.with_name(shard.file_name(number)) for number in range(1, shard.count + 1))


def _has_ending(path: Path) -> bool:
    return path.suffix.lower() == ".gguf"


# Headers


def _read_headers(
    candidates: Sequence[_Candidate],
    cached: Mapping[str, CachedModel],
    pool: ThreadPoolExecutor,
    on_early: Callable[[Sequence[ModelFile]], None],
) -> list[_ReadModel]:
    """Return the cached models of unchanged files, and the others as read now, in the order given."""
    results: dict[int, _ReadModel] = {}
    unread: list[int] = []
    for index, candidate in enumerate(candidates):
        entry = cached.get(str(candidate.file.path))
        if candidate.file.problem is not None:
            results[index] = _ReadModel(_unread(candidate, candidate.file.problem), None, candidate)
        elif entry is not None and candidate.versions == entry.files:
            results[index] = _ReadModel(_as_stored(entry.model, candidate), entry, candidate)
        else:
            unread.append(index)
    if len(unread) > _MANY_UNREAD:
        on_early(_known_files(candidates, results))
    last_report = time.monotonic()
    # A task for the pool costs more than a look into the cache.
    for index, result in zip(unread, pool.map(_read, [candidates[index] for index in unread]), strict=True):
        results[index] = result
        if time.monotonic() - last_report > _REPORT_SECONDS and len(candidates) - len(results) > _MANY_UNREAD:
            on_early(_known_files(candidates, results))
            last_report = time.monotonic()
    return [results[index] for index in range(len(candidates))]


def _known_files(candidates: Sequence[_Candidate], results: Mapping[int, _ReadModel]) -> list[ModelFile]:
    """Return the files as they have been read, the others by their names."""
    why = reason("models.header_unread")
    files = [
        results[index].model if index in results else _unread(candidate, why)
        for index, candidate in enumerate(candidates)
    ]
    return _in_order(files)


def _in_order(files: Iterable[ModelFile]) -> list[ModelFile]:
    return sorted(files, key=lambda file: (file.name.casefold(), file.quant))


def _read(candidate: _Candidate) -> _ReadModel:
    model = model_file(candidate.file.path, candidate.file.store)
    versions = file_versions(model.shards)
    entry = CachedModel(versions, model) if versions and model.error is None else None
    return _ReadModel(_as_stored(model, candidate), entry, candidate)


def _unread(candidate: _Candidate, problem: Reason) -> ModelFile:
    """Return a model that cannot be used, as its store knows before any header is read."""
    path, facts = candidate.file.path, candidate.facts.values()
    return ModelFile(
        path=path,
        shards=candidate.shards,
        size_bytes=sum(item.size_bytes for item in facts),
        modified_ns=max((item.modified_ns for item in facts), default=0),
        name=candidate.file.name or model_name(path, None),
        quant=quantization(path.with_name(finished_name(path.name)), None, ()),
        found_in=candidate.file.store,
        weights_bytes=0,
        shape=None,
        shape_reason=reason("models.file_unusable"),
        error=problem,
        stored_as=candidate.file.stored_as,
        elsewhere=tuple(candidate.places),
        is_own_download=candidate.file.is_own_download,
    )


def _as_stored(model: ModelFile, candidate: _Candidate) -> ModelFile:
    """Return the model with what its store knows of it."""
    file = candidate.file
    kind, error = model.kind, model.error
    if file.kind and error is None:
        kind, error = file.kind, kind_reason(file.kind)
    return msgspec.structs.replace(
        model,
        found_in=file.store,
        stored_as=file.stored_as,
        name=file.name or model.name,
        sha256=file.sha256 if len(candidate.shards) == 1 else "",
        kind=kind,
        error=error,
        elsewhere=tuple(candidate.places),
        is_own_download=file.is_own_download,
    )


# The same content under two names


def _merged(results: Sequence[_ReadModel], pool: ThreadPoolExecutor) -> list[ModelFile]:
    """Return one row for each content, with its other places."""
    prints: dict[int, str] = {}
    unread: list[int] = []
    for index in _suspects(results):
        entry = results[index].entry
        if entry is not None and entry.content:
            prints[index] = entry.content
        else:
            unread.append(index)
    prints |= zip(unread, pool.map(content_print, [results[index].model for index in unread]), strict=True)
    for index, content in prints.items():
        result = results[index]
        if result.entry is not None and result.entry.content != content:
            result.entry = msgspec.structs.replace(result.entry, content=content)
    contents = [prints.get(index, "") for index in range(len(results))]
    return one_row_each([result.model for result in results], contents)


def _suspects(results: Sequence[_ReadModel]) -> list[int]:
    """List the results that may have the content of another: those of one size and one header's length."""
    by_size: dict[tuple[int, int], list[int]] = {}
    for index, result in enumerate(results):
        model = result.model
        if model.layout is not None and result.candidate.versions is not None:
            by_size.setdefault((model.size_bytes, model.layout.data_offset), []).append(index)
    return [index for indexes in by_size.values() if len(indexes) > 1 for index in indexes]


def _save(cache: Path, cached: Mapping[str, CachedModel], results: Sequence[_ReadModel]) -> None:
    usable = {str(result.entry.model.path): result.entry for result in results if result.entry is not None}
    if any(cached.get(path) != entry for path, entry in usable.items()):
        # Models of folders that only another scan searches stay cached as long as their files exist.
        still_there = {path: entry for path, entry in cached.items() if path in usable or Path(path).exists()}
        save_cache(cache, still_there | usable)
