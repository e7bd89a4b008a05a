"""Models of AnythingLLM and Msty: both keep a store of Ollama's in a folder of their own."""

from collections.abc import Iterator

from tui.models.stores.environment import Environment
from tui.models.stores.ollama import read_ollama_folder
from tui.models.stores.stored_file import StoredFile
from tui.models.stores.visit import Visit

ANYTHING_LLM, MSTY = "anything_llm", "msty"


def read_anything_llm(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the models of the desktop app, or of the server where its variable is set."""
    storage = environment.path("STORAGE_DIR")
    if storage is not None:
        yield from read_ollama_folder(storage / "models" / "ollama", visit, ANYTHING_LLM)
    folder = environment.config_folder / "anythingllm-desktop" / "storage" / "models" / "ollama"
    yield from read_ollama_folder(folder, visit, ANYTHING_LLM)


def read_msty(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the models of both generations of the app."""
    for name in ("Msty", "MstyStudio"):
        yield from read_ollama_folder(environment.config_folder / name / "models", visit, MSTY)
