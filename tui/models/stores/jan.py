"""Models of Jan: a `model.yml` for each, with the file beside it or anywhere else.

Facts from Jan's src-tauri/src/core/app and extensions/llamacpp-extension.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tui.models.stores.endings import is_model_name
from tui.models.stores.environment import Environment
from tui.models.stores.stored_file import StoredFile, file_facts, plain_file
from tui.models.stores.visit import Visit

CODE = "jan"
_RECORD = "model.yml"
_PAIR = re.compile(r"^(?P<key>\w+):[ \t]*(?P<value>\S.*?)?[ \t]*$", re.MULTILINE)
"""A pair at the top of a YAML file: Jan writes nothing else that is needed."""


class _JanSettings(msgspec.Struct):
    data_folder: str = ""
    gguf_scan_paths: list[str] = []


def read_jan(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the models of Jan's data folder, of its predecessor, and of the folders that the user added."""
    settings = _settings(environment, visit)
    named = environment.path("JAN_DATA_FOLDER")
    if named is None and settings.data_folder:
        named = environment.expand(settings.data_folder)
    data = named or _data_root(environment) / "Jan" / "data"
    listed: set[Path] = set()
    folders = (data / "llamacpp" / "models", data / "models", environment.home / "cortexcpp" / "models")
    for folder in folders:
        if visit.look_in(folder):
            for file in _models(folder, data, visit):
                if file.path not in listed:
                    listed.add(file.path)
                    yield file
    for folder in map(environment.expand, settings.gguf_scan_paths):
        if visit.look_in(folder):
            yield from (plain_file(path, CODE) for path in visit.model_files(folder) if path not in listed)


def _data_root(environment: Environment) -> Path:
    named = environment.path("JAN_DATA_ROOT")
    if named is not None:
        return named
    return environment.config_folder if environment.system == "windows" else environment.data_folder


def _settings(environment: Environment, visit: Visit) -> _JanSettings:
    root = _data_root(environment)
    folders = [root / "jan.ai.app", root / "Jan", environment.config_folder / "Jan"]
    read = (visit.read_json(folder / "settings.json", _JanSettings) for folder in folders)
    return next((settings for settings in read if settings is not None), _JanSettings())


def _models(folder: Path, data: Path, visit: Visit) -> Iterator[StoredFile]:
    """Yield the files that the records name, then those that lie there without a record."""
    records: list[Path] = []
    files: list[Path] = []
    for entry in visit.walk(folder):
        if entry.name == _RECORD:
            records.append(Path(entry.path))
        elif is_model_name(entry.name):
            files.append(Path(entry.path))
    for record in records:
        pairs = {match["key"]: _plain(match["value"]) for match in _PAIR.finditer(visit.read_text(record))}
        name = record.parent.relative_to(folder).as_posix()
        for key, kind in (("model_path", ""), ("mmproj_path", "mmproj")):
            if pairs.get(key):
                # An absolute path takes the place of the folder.
                path = data / pairs[key]
                facts = file_facts(path)
                # Jan calls every file `model.gguf`; those that were imported keep their names.
                yield StoredFile(path, CODE, name, "" if kind else name, kind=kind, facts=facts)
    yield from (
        plain_file(path, CODE, path.parent.relative_to(folder).as_posix(), path.parent.name) for path in files
    )


def _plain(value: str | None) -> str:
    """Return a YAML scalar without its quotes."""
    value = value or ""
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
