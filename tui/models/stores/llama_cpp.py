"""Caches of llama.cpp: the flat folder of older versions, and a hub's layout where LLAMA_CACHE names it."""

import re
from collections.abc import Iterator
from pathlib import Path

from tui.models.stores.endings import may_be_model
from tui.models.stores.environment import Environment
from tui.models.stores.hugging_face import hub_folder, read_hub
from tui.models.stores.stored_file import StoredFile, plain_file
from tui.models.stores.visit import Visit, is_folder

CODE = "llama_cpp"
_MANIFEST = re.compile(r"manifest=(?P<organisation>[^=]+)=(?P<repository>[^=]+)=(?P<tag>[^=]+)\.json")


def read_llama_cpp(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the models of both layouts; a hub that is the Hugging Face cache itself is left to that store."""
    named = environment.path("LLAMA_CACHE")
    folders = [named] if named is not None else []
    folders.append(_usual_folder(environment))
    for folder in dict.fromkeys(folders):
        if not visit.look_in(folder):
            continue
        if folder != hub_folder(environment):
            yield from read_hub(folder, visit, CODE)
        yield from _flat(folder, visit)


def _usual_folder(environment: Environment) -> Path:
    return environment.cache_folder / "llama.cpp"


def _flat(folder: Path, visit: Visit) -> Iterator[StoredFile]:
    """Yield the files of the folder itself: what lies below it are tensors of remote devices."""
    entries = visit.entries(folder)
    repositories: dict[str, str] = {}
    for entry in entries:
        if match := _MANIFEST.fullmatch(entry.name):
            repositories[f"{match['organisation']}_{match['repository']}_"] = (
                f"{match['organisation']}/{match['repository']}"
            )
    for entry in entries:
        if may_be_model(entry.name) and not is_folder(entry):
            stored_as = next(
                (title for prefix, title in repositories.items() if entry.name.startswith(prefix)), ""
            )
            yield plain_file(Path(entry.path), CODE, stored_as)
