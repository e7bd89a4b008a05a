"""Models of LocalAI: GGUF files and records that name them, in the folder that a variable names.

Without the variable LocalAI keeps them below the folder that it was started in, which nobody else knows.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tui.models.stores.environment import Environment
from tui.models.stores.stored_file import StoredFile, plain_file
from tui.models.stores.visit import Visit

CODE = "local_ai"
_MODEL = re.compile(r"""^\s+model:\s*["']?(.+?)["']?\s*$""", re.MULTILINE)


def read_local_ai(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the GGUF files, under the names of their records where they have one."""
    folder = environment.path("LOCALAI_MODELS_PATH", "MODELS_PATH")
    if folder is None or not visit.look_in(folder):
        return
    names: dict[Path, str] = {}
    for entry in visit.entries(folder):
        record = Path(entry.path)
        if record.suffix in (".yaml", ".yml"):
            for match in _MODEL.finditer(visit.read_text(record)):
                names[folder / match[1]] = record.stem
    for path in visit.model_files(folder):
        yield plain_file(path, CODE, names.get(path, ""), names.get(path, ""))
