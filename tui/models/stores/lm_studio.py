"""Models of LM Studio. Its home is in a pointer file, and its folder of models in its settings.

Facts from lmstudio.js (findLMStudioHome.ts) and lms (importCmd.ts).
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from tui.models.stores.environment import Environment
from tui.models.stores.stored_file import StoredFile, plain_file
from tui.models.stores.visit import Visit

CODE = "lm_studio"


class _LmSettings(msgspec.Struct):
    downloadsFolder: str = ""


def read_lm_studio(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the GGUF files of the models folder, and of the models that come with the program."""
    home = _home(environment, visit)
    settings = visit.read_json(home / "settings.json", _LmSettings) or _LmSettings()
    chosen = environment.expand(settings.downloadsFolder) if settings.downloadsFolder else home / "models"
    for folder in (chosen, home / ".internal" / "bundled-models"):
        if visit.look_in(folder):
            for path in visit.model_files(folder):
                # PUBLISHER/REPOSITORY/FILE
                repository = path.parent.relative_to(folder).as_posix()
                yield plain_file(path, CODE, "" if repository == "." else repository, path.parent.name)


def _home(environment: Environment, visit: Visit) -> Path:
    pointer = visit.read_text(environment.home / ".lmstudio-home-pointer").strip()
    if pointer:
        return environment.expand(pointer)
    older = environment.home / ".cache" / "lm-studio"
    return older if visit.look_at(older) else environment.home / ".lmstudio"
