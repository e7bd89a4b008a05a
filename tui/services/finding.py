"""Finding models: everything on this disk and in the catalogue, or one by its name, path, or address."""

import difflib
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from tui.models.catalogue.catalogue import Catalogue, normalised
from tui.models.catalogue.catalogue_cache import cached_catalogues
from tui.models.library import Library, StoreReport, scan_folder, scan_library
from tui.models.list_cache import load_list, save_list
from tui.models.listing import catalogue_model, catalogue_models, find_entry
from tui.models.model import CatalogueEntry, Model, ModelFile
from tui.models.model_file import model_file
from tui.models.model_folders import whole_path
from tui.models.quantizations import QUANTS, UnknownQuantError
from tui.models.stores.named_paths import FILE
from tui.models.stores.visit import OnFolder
from tui.sentences import Reason, ReasonedError, reason
from tui.services.loading import unusable
from tui.settings.app_folders import cache_folder
from tui.text import full_path, without_secrets

_ALIKE = 0.4
"""Similarity, 0 to 1, from which a name is suggested in place of one that is not known."""

_SHORTEST_PART = 2
"""Letters and digits of the shortest part of a name that counts as one."""
_LISTED_NAMES = 20
_QUICK_LIST_BYTES = 500_000
"""Size of a cached list of about eight hundred models, which is read in a hundredth of a second."""
_WORDS = re.compile(r"[^\W_]+")
_PARTS = re.compile(r"[^\W\d_]+|\d+")


class SearchPaths(msgspec.Struct, frozen=True):
    """Paths to look for models in, besides the stores of this and of other programs."""

    folders: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    skipped: tuple[str, ...] = ()
    """Codes of the stores that are left out."""


class ModelScan(msgspec.Struct, frozen=True):
    """Every model on this disk and in the catalogue."""

    catalogue: Catalogue
    models: list[Model]
    problems: tuple[Reason, ...] = ()
    """Entries, files and folders that could not be read."""
    stores: tuple[StoreReport, ...] = ()
    watched: dict[str, int] = {}
    """Time of change in nanoseconds of each path whose change makes this scan old; 0 for a missing one."""


class FindingError(ReasonedError):
    """No model goes by that name, or it cannot be used for what was asked."""


def search_paths(
    named: Sequence[Path], configured: Sequence[str], skipped: Sequence[str] = ()
) -> SearchPaths:
    """Sort the paths of the command line and those of the settings into folders and files.

    A path that does not exist counts as a folder unless it is named like a model: it may be a disk that is
    not plugged in.
    """
    paths = [full_path(path) for path in (*named, *map(Path, configured))]
    files = [
        path
        for path in paths
        if is_there(path, "file") or (path.suffix.lower() == ".gguf" and not is_there(path, "folder"))
    ]
    return SearchPaths(tuple(path for path in paths if path not in files), tuple(files), tuple(skipped))


def is_there(path: Path, kind: Literal["file", "folder", "any"] = "any") -> bool:
    """Return True for a file or folder that is there, as far as that can be looked up."""
    try:
        return {"file": path.is_file, "folder": path.is_dir, "any": path.exists}[kind]()
    except OSError:
        # Too long for a name, or in a folder that is closed to this user: whoever reads it says so.
        return False


def scan_models(
    paths: SearchPaths,
    on_files: Callable[[Sequence[Model]], None] = lambda _models: None,
    *,
    on_folder: OnFolder = lambda _folder: None,
) -> ModelScan:
    """Look for models on the disk and read the catalogue; problems are part of the result.

    `on_files` is told the models on the disk before the catalogue is read, which takes longer; and while many
    files are read, again and again with those that have not been read by their names only. `on_folder` is
    called with each folder before it is searched.
    """

    def list_files(files: Sequence[ModelFile]) -> None:
        on_files(catalogue_models(Catalogue(()), files))

    library = scan_library(
        paths.folders, paths.files, skipped=paths.skipped, on_early=list_files, on_folder=on_folder
    )
    list_files(library.files)
    catalogue = cached_catalogues()
    problems = (*(problem.reason for problem in catalogue.problems), *library.problems)
    models = catalogue_models(catalogue, library.files)
    return ModelScan(catalogue, models, problems, library.stores, library.watched)


def remembered_models(paths: SearchPaths, *, quickly: bool = False) -> list[Model] | None:
    """Return the models that the same search found last, though files may have changed; None for none.

    `quickly` returns none of a long list either, which takes longer than a few milliseconds.
    """
    return load_list(_search_of(paths), most_bytes=_QUICK_LIST_BYTES if quickly else None)


def remember_models(paths: SearchPaths, models: Sequence[Model]) -> None:
    """Keep the result of a search for the next start."""
    save_list(_search_of(paths), models)


def _search_of(paths: SearchPaths) -> str:
    """Return what tells one search from another."""
    # Paths on the command line may be relative.
    return repr((str(Path.cwd()), msgspec.structs.astuple(paths)))


def find_models(
    names: Sequence[str],
    scan: ModelScan,
    quant: str | None = None,
    on_folder: OnFolder = lambda _folder: None,
) -> list[Model]:
    """Return the models of these names in their order; every model of the scan for no name.

    Args:
        names: names or parts of them, repositories, each with a quantization behind a colon where one is
            wanted, paths of files or folders, or addresses of files on a web server.
        scan: what is on this disk and in the catalogue.
        quant: quantization of the models that are not on this disk; None for the usual one.
        on_folder: called with each folder before it is searched.

    Raises:
        FindingError: a name is no model, or the quantization is not known.
    """
    if not names:
        return [_at_quantization(model, quant) for model in scan.models]
    models: list[Model] = []
    for name in names:
        if not name.strip():
            raise FindingError(reason("services.model_name_empty"))
        if name.lower().startswith(("https://", "http://")):
            models.append(_from_address(name, scan.catalogue))
        elif published := _of_repository(name, scan):
            models.append(_best(published, quant or name.partition(":")[2]))
        elif _is_path(name):
            models += _from_path(full_path(Path(name)), scan.catalogue, on_folder)
        else:
            models.append(_by_name(name, quant, scan))
    return models


def find_loadable_model(name: str, scan: ModelScan, on_folder: OnFolder = lambda _folder: None) -> Model:
    """Return the one model of this name that is on this disk and readable.

    A part of a name has to be unique among the models on this disk only. `on_folder` is as for `find_models`.

    Raises:
        FindingError: there is none, or there are several.
    """
    models = find_models([name], _narrowed(name, scan), on_folder=on_folder)
    if len(models) > 1:
        raise FindingError(
            reason("services.several_models", name=name, count=len(models)), reason("services.give_file_path")
        )
    if refusal := unusable(models[0]):
        raise FindingError(refusal.reason, refusal.hint)
    return models[0]


def _is_path(name: str) -> bool:
    return name.lower().endswith(".gguf") or os.sep in name or name.startswith("~") or is_there(Path(name))


def _from_path(path: Path, catalogue: Catalogue, on_folder: OnFolder) -> list[Model]:
    if is_there(path, "folder"):
        folder = whole_path(path)
        library = scan_folder(folder, on_folder)
        files = library.files
        if not files:
            raise FindingError(_no_file_reason(folder, library), reason("services.looked_for_gguf"))
    else:
        files = [model_file(whole_path(path), FILE)]
    return [model for model in catalogue_models(catalogue, files) if model.on_disk]


def _no_file_reason(folder: Path, library: Library) -> Reason:
    """Return why a folder yields no model: it cannot be read, or there is none."""
    unread = [problem for problem in library.problems if problem.code != "models.no_model_in_folder"]
    return unread[0] if unread else reason("services.no_file_in_folder", path=str(folder))


def _from_address(address: str, catalogue: Catalogue) -> Model:
    # Here, since nothing else needs what speaks to servers, and the dashboard starts without it.
    from tui.models.hub.errors import TransferError
    from tui.models.hub.remote_header import read_web_header

    try:
        file = read_web_header(address, header_folder()).model
    except TransferError as error:
        why = reason("services.address_failed", address=without_secrets(address), why=error.reason)
        raise FindingError(why, error.hint) from error
    model = next(model for model in catalogue_models(catalogue, [file]) if model.on_disk)
    return msgspec.structs.replace(model, file=None, remote=file)


def header_folder() -> Path:
    """Return the folder of the headers of files on servers, which can be read again at any time."""
    return cache_folder() / "headers"


def is_whole_name(name: str, model: Model) -> bool:
    """Return True for the whole name of a model, its path or its address; False for a part of the name."""
    if _is_path(name) or name.lower().startswith(("https://", "http://")):
        return True
    entry_name = normalised(model.entry.name) if model.entry else ""
    return normalised(name) in _names(model) or normalised(name.partition(":")[0]) in (
        normalised(model.name),
        entry_name,
    )


def _by_name(name: str, quant: str | None, scan: ModelScan) -> Model:
    wanted = normalised(name)
    named = [model for model in scan.models if model.on_disk and wanted in _names(model)]
    on_disk = [model for model in named if quant is None or normalised(model.quant) == normalised(quant)]
    if on_disk:
        # Of several quantizations on this disk, the best that goes by this name is the largest.
        return max(on_disk, key=lambda model: model.weights_bytes)
    base_name, _colon, suffix = name.partition(":")
    entry = find_entry(scan.catalogue, base_name)
    if entry is not None:
        return _weighed(entry, quant or suffix or None)
    if named:
        raise FindingError(
            reason("services.no_other_quantization", name=named[0].name), reason("services.leave_out_quant")
        )
    matching = _matching(name, scan) or _matching(base_name, scan)
    titles = {normalised(model.name): model.name for model in matching}
    if len(titles) == 1:
        return _best(matching, quant or ("" if _matching(name, scan) else suffix))
    if titles:
        raise FindingError(
            reason("services.several_names", name=name, count=len(titles)),
            reason("services.could_be", names=_listed(sorted(titles.values(), key=str.casefold))),
        )
    alike = difflib.get_close_matches(name, [model.name for model in scan.models], 1, _ALIKE)
    raise FindingError(
        reason("services.model_unknown", name=name),
        reason("services.did_you_mean", name=alike[0]) if alike else reason("services.list_models"),
    )


def _matching(part: str, scan: ModelScan) -> list[Model]:
    """Return the models whose name has this part or, where none has it, all of its words.

    A part begins where a word or a number of the name begins.
    """
    if len(normalised(part)) < _SHORTEST_PART or not part.isprintable():
        return []
    names = [(model, _tails(f"{model.name} {model.quant}")) for model in scan.models]
    for wanted in ([part], _WORDS.findall(part)):
        starts = tuple(map(normalised, wanted))
        if matching := [
            model
            for model, tails in names
            if all(any(tail.startswith(start) for tail in tails) for start in starts)
        ]:
            return matching
    return []


def _tails(name: str) -> list[str]:
    """Return the normalised name from each of its words and numbers on."""
    return [normalised(name[match.start() :]) for match in _PARTS.finditer(name)]


def _narrowed(name: str, scan: ModelScan) -> ModelScan:
    """Leave the models on this disk only, where the name is a part of one of theirs."""
    on_disk = msgspec.structs.replace(scan, models=[model for model in scan.models if model.on_disk])
    if _is_path(name) or find_entry(scan.catalogue, name.partition(":")[0]) is not None:
        return scan
    return on_disk if _matching(name, on_disk) or _matching(name.partition(":")[0], on_disk) else scan


def _of_repository(name: str, scan: ModelScan) -> list[Model]:
    """Return the models that are published in the repository of this name; none where it is a path."""
    if is_there(Path(name)):
        return []
    repository = name.partition(":")[0].casefold()
    return [model for model in scan.models if model.entry and model.entry.repository.casefold() == repository]


def _best(models: Sequence[Model], quant: str) -> Model:
    """Return the largest of these models of one name that is on this disk, or the one of the catalogue.

    `quant` is the quantization that it must have; empty for any.
    """
    on_disk = [
        model
        for model in models
        if model.on_disk and (not quant or normalised(model.quant) == normalised(quant))
    ]
    if on_disk:
        return max(on_disk, key=lambda model: model.weights_bytes)
    entry = next((model.entry for model in models if model.entry is not None), None)
    if entry is None:
        raise FindingError(
            reason("services.no_other_quantization", name=models[0].name), reason("services.leave_out_quant")
        )
    return _weighed(entry, quant or None)


def _listed(names: Sequence[str]) -> str:
    """Return names in one line, so many that it can still be read."""
    return ", ".join([*names[:_LISTED_NAMES], *("…" for _name in names[_LISTED_NAMES : _LISTED_NAMES + 1])])


def _names(model: Model) -> set[str]:
    return {normalised(model.name), normalised(model.name + model.quant), normalised(model.key)}


def _at_quantization(model: Model, quant: str | None) -> Model:
    entry = model.entry
    if quant is None or model.on_disk or entry is None:
        return model
    return _weighed(entry, quant)


def _weighed(entry: CatalogueEntry, quant: str | None) -> Model:
    # People write q4_k_m as often as Q4_K_M.
    quant = next((name for name in QUANTS if quant and name.lower() == quant.lower()), quant)
    try:
        return catalogue_model(entry, quant)
    except UnknownQuantError as error:
        raise FindingError(
            reason("services.quantization_unknown", quant=str(quant)),
            reason("services.quantizations_known", names=", ".join(QUANTS)),
        ) from error
