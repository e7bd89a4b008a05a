"""Scan of this disk for models."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import msgspec

from tui.models.file_names import shard_of
from tui.models.library_cache import (
    CachedModel,
    FileVersions,
    cache_path,
    file_versions,
    load_cache,
    save_cache,
)
from tui.models.model import ModelFile
from tui.models.model_file import model_file
from tui.models.model_folders import (
    files_below,
    files_in_packages,
    models_folder,
    package_folders,
    whole_path,
)
from tui.sentences import Reason, reason
from tui.text import clean_line, full_path

_NAMED = "command line"
"""Source of a file that the user named."""
_READER_THREADS = 4
"""Reading a header is mostly waiting for the disk when it is cold."""


class Library(msgspec.Struct, frozen=True):
    """Result of a scan."""

    files: tuple[ModelFile, ...]
    """Good and bad models, by name and quantization."""
    problems: tuple[Reason, ...]
    """Folders that could not be searched, and those of the user without a model."""


def scan_library(
    folders: Sequence[Path] = (),
    files: Sequence[Path] = (),
    *,
    packages: Sequence[Path] | None = None,
    cache: Path | None = None,
) -> Library:
    """List every GGUF model in the models folder, in installed packages, and in the given folders and files.

    Args:
        folders: searched with the folders below them.
        files: named by the user; a file that does not exist is listed with the reason.
        packages: folders of installed packages; where Python finds them when None.
        cache: file that remembers the headers that were read; the one in the cache folder when None.
    """
    problems: list[Reason] = []
    paths = _find_paths(folders, files, package_folders() if packages is None else packages, problems)
    cache = cache_path() if cache is None else cache
    cached = load_cache(cache)
    with ThreadPoolExecutor(_READER_THREADS, thread_name_prefix="headers") as pool:
        results = list(pool.map(partial(_cached_or_read, cached), paths))
    usable = {
        str(model.path): CachedModel(versions, model)
        for versions, model in results
        if versions and model.error is None
    }
    if any(cached.get(path) != entry for path, entry in usable.items()):
        # Models of folders that only another scan searches stay cached as long as their files exist.
        still_there = {path: entry for path, entry in cached.items() if Path(path).exists()}
        save_cache(cache, still_there | usable)
    models = sorted((model for _, model in results), key=lambda model: (model.name.casefold(), model.quant))
    return Library(tuple(models), tuple(problems))


def _cached_or_read(
    cached: dict[str, CachedModel], path_and_source: tuple[Path, str]
) -> tuple[FileVersions | None, ModelFile]:
    """Return the cached model when its files are unchanged, else the model as read now."""
    path, found_in = path_and_source
    entry = cached.get(str(path))
    if entry is not None and file_versions(entry.model.shards) == entry.files:
        return entry.files, msgspec.structs.replace(entry.model, found_in=found_in)
    model = model_file(path, found_in)
    return file_versions(model.shards), model


def _find_paths(
    folders: Sequence[Path], files: Sequence[Path], packages: Sequence[Path], problems: list[Reason]
) -> list[tuple[Path, str]]:
    """List the first shards of all models, each with its source in words; a file is listed once."""
    paths: list[tuple[Path, str]] = [(full_path(path).absolute(), _NAMED) for path in files]
    downloads = models_folder()
    if downloads.is_dir():
        paths += [(path, "models folder") for path in files_below(downloads, problems)]
    paths += [(path, f"package {name}") for path, name in files_in_packages(packages)]
    for folder in folders:
        paths += _paths_in_named(folder, problems)
    # A name with the ending goes before the one that it is a link to.
    return _without_repeats(sorted(paths, key=lambda item: item[1] != _NAMED and not _has_ending(item[0])))


def _paths_in_named(folder: Path, problems: list[Reason]) -> list[tuple[Path, str]]:
    """List the models in a folder that the user named; a problem where there is none."""
    full_folder = whole_path(folder)
    problem_count = len(problems)
    files = files_below(full_folder, problems, open_others=True)
    if not files and len(problems) == problem_count:
        problems.append(reason("models.no_model_in_folder", folder=str(full_folder)))
    return [(path, f"folder {clean_line(str(folder))}") for path in files]


def _has_ending(path: Path) -> bool:
    return path.suffix.lower() == ".gguf"


def _without_repeats(paths: Iterable[tuple[Path, str]]) -> list[tuple[Path, str]]:
    first_shards: dict[Path, tuple[Path, str]] = {}
    for path, found_in in paths:
        shard = shard_of(path)
        first = path.with_name(shard.file_name(1)) if shard else path
        # Shards of one model are recognised by their names, even where the names are links.
        first_shards.setdefault(_real(first), (first, found_in))
    return list(first_shards.values())


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        # A link in a circle or an impossible name: reading the file gives the reason.
        return path
