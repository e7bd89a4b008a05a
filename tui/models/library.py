"""Every model on this disk, found and read."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import msgspec

from tui.models.file_names import split_of
from tui.models.library_cache import Entry, Facts, cache_path, files_now, load_cache, save_cache
from tui.models.model import ModelFile
from tui.models.model_file import model_file
from tui.models.model_folders import files_below, files_in_packages, models_folder, package_folders
from tui.text import clean_line, full_path

_READERS_AT_ONCE = 4
"""Reading a header is mostly waiting for the disk when it is cold."""


class Library(msgspec.Struct, frozen=True):
    """What a scan found."""

    files: tuple[ModelFile, ...]
    """Good and bad models, by name and quantization."""
    problems: tuple[str, ...]
    """What could not be looked at, in words."""


def scan_library(
    folders: Sequence[Path] = (),
    files: Sequence[Path] = (),
    *,
    packages: Sequence[Path] | None = None,
    cache: Path | None = None,
) -> Library:
    """Every GGUF model in the models folder, in installed packages, and in the given folders and files.

    Args:
        folders: looked through with the folders below them.
        files: named by the user; those that do not exist are listed with the reason.
        packages: folders of installed packages; where Python finds them when None.
        cache: file that remembers what was read; the user's cache folder when None.
    """
    problems: list[str] = []
    places = _places(folders, files, package_folders() if packages is None else packages, problems)
    cache = cache_path() if cache is None else cache
    known = load_cache(cache)
    with ThreadPoolExecutor(_READERS_AT_ONCE, thread_name_prefix="headers") as pool:
        entries = list(pool.map(partial(_entry, known), places))
    fresh = {
        str(model.path): Entry(facts, model) for facts, model in entries if facts and model.error is None
    }
    if any(known.get(path) != entry for path, entry in fresh.items()):
        # What another scan of other folders knew stays known as long as its files are there.
        kept = {path: entry for path, entry in known.items() if Path(path).exists()}
        save_cache(cache, kept | fresh)
    found = sorted((model for _, model in entries), key=lambda model: (model.name.casefold(), model.quant))
    return Library(tuple(found), tuple(map(clean_line, problems)))


def _entry(known: dict[str, Entry], place: tuple[Path, str]) -> tuple[Facts | None, ModelFile]:
    """The model as remembered when its files are as they were, else as read now."""
    path, found_in = place
    entry = known.get(str(path))
    if entry is not None and files_now(entry.model.shards) == entry.files:
        return entry.files, msgspec.structs.replace(entry.model, found_in=found_in)
    model = model_file(path, found_in)
    return files_now(model.shards), model


def _places(
    folders: Sequence[Path], files: Sequence[Path], packages: Sequence[Path], problems: list[str]
) -> list[tuple[Path, str]]:
    """First shards of all models with the place each was found in; a file reached twice is listed once."""
    found: list[tuple[Path, str]] = [(full_path(path).absolute(), "command line") for path in files]
    own = models_folder()
    if own.is_dir():
        found += [(path, "models folder") for path in files_below(own, problems)]
    found += [(path, f"package {name}") for path, name in files_in_packages(packages)]
    for folder in folders:
        place = full_path(folder).absolute()
        found += [(path, f"folder {clean_line(str(folder))}") for path in files_below(place, problems)]
    return _without_repeats(found)


def _without_repeats(found: Iterable[tuple[Path, str]]) -> list[tuple[Path, str]]:
    firsts: dict[Path, tuple[Path, str]] = {}
    for path, found_in in found:
        split = split_of(path)
        first = path.with_name(split.file_name(1)) if split else path
        # Shards of one model are told apart by their names here, not by what the names are links to.
        firsts.setdefault(_real(first), (first, found_in))
    return list(firsts.values())


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        # A link in a circle or an impossible name: reading it will say so.
        return path
