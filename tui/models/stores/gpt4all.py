"""Models of GPT4All: GGUF files in one folder, which its settings may name.

Facts from gpt4all-chat/src/mysettings.cpp and modellist.cpp.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tui.models.stores.endings import is_model_name
from tui.models.stores.environment import Environment
from tui.models.stores.stored_file import StoredFile, plain_file, unfinished
from tui.models.stores.visit import Visit, is_folder

CODE = "gpt4all"
_MODEL_PATH = re.compile(r"^modelPath\s*=\s*(.+?)\s*$", re.MULTILINE)
_PARTIAL = "incomplete-"


def read_gpt4all(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the models of the program's folder, and of the folder of its Python binding."""
    folders = (_folder(environment, visit), environment.home / ".cache" / "gpt4all")
    for folder in dict.fromkeys(folders):
        if not visit.look_in(folder):
            continue
        for entry in visit.entries(folder):
            if not is_model_name(entry.name) or is_folder(entry):
                continue
            file = plain_file(Path(entry.path), CODE)
            if entry.name.startswith(_PARTIAL):
                file = msgspec.structs.replace(
                    file, name=Path(entry.name.removeprefix(_PARTIAL)).stem, problem=unfinished(CODE)
                )
            yield file


def _folder(environment: Environment, visit: Visit) -> Path:
    base = environment.config_folder if environment.system == "windows" else environment.home / ".config"
    if environment.system == "linux":
        base = environment.config_folder
    match = _MODEL_PATH.search(visit.read_text(base / "nomic.ai" / "GPT4All.ini"))
    if match:
        # Qt doubles backslashes and puts some values in quotes.
        return environment.expand(match[1].strip('"').replace("\\\\", "\\"))
    return environment.data_folder / "nomic.ai" / "GPT4All"
