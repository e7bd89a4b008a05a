"""From what the user calls a model to the model: a path, a name, or a name with its quantization."""

import difflib
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tui.cli.output import UserError, print_note
from tui.i18n import _
from tui.models.catalogue.catalogue import Catalogue, load_catalogues, normalised
from tui.models.library import scan_library
from tui.models.listing import catalogue_model, catalogue_models, find_entry
from tui.models.model import CatalogueEntry, Model
from tui.models.model_file import model_file
from tui.models.quantizations import QUANTS, UnknownQuantError
from tui.services.sentences import sentence
from tui.settings.app_folders import cache_folder
from tui.settings.settings import Settings
from tui.text import full_path


def split_paths(given: Sequence[Path], folders: Sequence[str]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Folders and files of the command line and the settings, apart.

    What is not there counts as a folder unless it is named like a model: a disk that is not plugged in.
    """
    paths = [full_path(path) for path in (*given, *map(Path, folders))]
    files = [
        path for path in paths if path.is_file() or (path.suffix.lower() == ".gguf" and not path.is_dir())
    ]
    return tuple(path for path in paths if path not in files), tuple(files)


def every_model(settings: Settings) -> tuple[Catalogue, list[Model]]:
    """The whole list, on this disk and in the catalogue; problems are told on stderr."""
    catalogue = load_catalogues()
    folders, files = split_paths((), settings.folders)
    library = scan_library(folders, files)
    for problem in (*(problem.reason for problem in catalogue.problems), *library.problems):
        print_note(sentence(problem))
    return catalogue, catalogue_models(catalogue, library.files)


def listed_models(settings: Settings) -> list[Model]:
    """The same list without a word about problems."""
    folders, files = split_paths((), settings.folders)
    return catalogue_models(load_catalogues(), scan_library(folders, files).files)


def find_models(names: Sequence[str], settings: Settings, quant: str | None = None) -> list[Model]:
    """The models of these names, in their order; all of them for no name.

    Raises:
        UserError: a name is no model, or the quantization is not known.
    """
    catalogue, models = every_model(settings)
    if not names:
        return [_at(model, quant) for model in models]
    found: list[Model] = []
    for name in names:
        if not name.strip():
            raise UserError(_("A model needs a name or a path; this one is empty."))
        if name.lower().startswith(("https://", "http://")):
            found.append(_from_url(name, catalogue))
        elif _is_path(name):
            found += _from_path(full_path(Path(name)), catalogue)
        else:
            found.append(_by_name(name, quant, catalogue, models))
    return found


def find_file(name: str, settings: Settings) -> Model:
    """The one model of this name that is on this disk and readable.

    Raises:
        UserError: there is none; says what to do.
    """
    model, *others = find_models([name], settings)
    if others:
        raise UserError(
            _("{name} holds {count} models.").format(name=name, count=len(others) + 1),
            _("Give the path of one file."),
        )
    if model.path is None:
        repository = model.entry.repository if model.entry else ""
        raise UserError(
            _("{model} is not on this disk.").format(model=model.label),
            _("Get a GGUF file of {repository} and give its path.").format(repository=repository),
        )
    if model.file_error:
        raise UserError(f"{model.path.name}: {sentence(model.file_error)}")
    return model


def _is_path(name: str) -> bool:
    return name.lower().endswith(".gguf") or os.sep in name or name.startswith("~") or Path(name).exists()


def _from_path(path: Path, catalogue: Catalogue) -> list[Model]:
    if path.is_dir():
        library = scan_library((path,), packages=())
        inside = [file for file in library.files if path.absolute() in file.path.parents]
        if not inside:
            raise UserError(_("There is no GGUF file in {path}.").format(path=path))
        return [model for model in catalogue_models(catalogue, inside) if model.on_disk]
    file = model_file(path.absolute(), _("command line"))
    return [model for model in catalogue_models(catalogue, [file]) if model.on_disk]


def _from_url(url: str, catalogue: Catalogue) -> Model:
    # Here, since nothing else needs what speaks to servers, and the dashboard starts without it.
    from tui.models.web_header import WebHeaderError, read_web_header

    # One folder an address, so that two files of one name keep apart.
    folder = cache_folder() / "headers" / hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = read_web_header(url, folder)
    except WebHeaderError as error:
        raise UserError(f"{url}: {sentence(error.reason)}", sentence(error.hint)) from error
    except OSError as error:
        raise UserError(
            _("{folder} cannot be written ({why}).").format(folder=folder, why=error.strerror)
        ) from error
    model = next(model for model in catalogue_models(catalogue, [file]) if model.on_disk)
    return msgspec.structs.replace(model, file=None, remote=file)


def _by_name(name: str, quant: str | None, catalogue: Catalogue, models: Sequence[Model]) -> Model:
    wanted = normalised(name)
    named = [model for model in models if model.on_disk and wanted in _names(model)]
    here = [model for model in named if quant is None or normalised(model.quant) == normalised(quant)]
    if here:
        # Where several quantizations lie here, the best that was asked for by this name is the largest.
        return max(here, key=lambda model: model.weights_bytes)
    base, _colon, after = name.partition(":")
    entry = find_entry(catalogue, base)
    if entry is not None:
        return _weighed(entry, quant or after or None)
    if named:
        raise UserError(
            _("{name} is not in the catalogue, so no other quantization of it can be weighed.").format(
                name=named[0].name
            ),
            _("Leave --quant out for the file on this disk."),
        )
    near = difflib.get_close_matches(name, [model.name for model in models], 1, 0.4)
    raise UserError(
        _("There is no model called {name}.").format(name=name),
        _("Did you mean {near}?").format(near=near[0])
        if near
        else _('"llmtui fit" lists the models; a file is given by its path.'),
    )


def _names(model: Model) -> set[str]:
    return {normalised(model.name), normalised(model.name + model.quant), normalised(model.key)}


def _at(model: Model, quant: str | None) -> Model:
    entry = model.entry
    if quant is None or model.on_disk or entry is None:
        return model
    return _weighed(entry, quant)


def _weighed(entry: CatalogueEntry, quant: str | None) -> Model:
    # People write q4_k_m as often as Q4_K_M.
    quant = next((known for known in QUANTS if quant and known.lower() == quant.lower()), quant)
    try:
        return catalogue_model(entry, quant)
    except UnknownQuantError as error:
        known = ", ".join(QUANTS)
        raise UserError(
            _("There is no quantization {quant}.").format(quant=quant),
            _("Known: {known}.").format(known=known),
        ) from error
