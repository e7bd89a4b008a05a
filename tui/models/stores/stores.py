"""Table of the stores that models are looked for in, in the order in which they name a model."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import msgspec

from tui.models.stores.desktop_apps import ANYTHING_LLM, MSTY, read_anything_llm, read_msty
from tui.models.stores.docker import read_docker
from tui.models.stores.environment import Environment
from tui.models.stores.gpt4all import read_gpt4all
from tui.models.stores.hugging_face import read_hugging_face
from tui.models.stores.jan import read_jan
from tui.models.stores.llama_cpp import read_llama_cpp
from tui.models.stores.lm_studio import read_lm_studio
from tui.models.stores.local_ai import read_local_ai
from tui.models.stores.named_paths import FILE, FOLDER, read_named_files, read_named_folders
from tui.models.stores.ollama import read_ollama
from tui.models.stores.own_folder import read_own_folder
from tui.models.stores.packages import read_packages
from tui.models.stores.ramalama import read_ramalama
from tui.models.stores.stored_file import StoredFile
from tui.models.stores.visit import OnFolder, Visit
from tui.sentences import Reason, reason

Reader = Callable[[Environment, Visit], Iterator[StoredFile]]


class Store(msgspec.Struct, frozen=True):
    """A place where models lie; its words are `models.store_CODE` and `models.remove_CODE`."""

    code: str
    read: Reader
    is_program: bool = True
    """True for the store of another program, which a setting leaves out."""

    @property
    def title(self) -> Reason:
        """Its name for a person."""
        return store_title(self.code)


STORES: tuple[Store, ...] = (
    Store(FILE, read_named_files, is_program=False),
    Store("own", read_own_folder, is_program=False),
    Store("package", read_packages, is_program=False),
    Store(FOLDER, read_named_folders, is_program=False),
    Store("hugging_face", read_hugging_face),
    Store("llama_cpp", read_llama_cpp),
    Store("ollama", read_ollama),
    Store("lm_studio", read_lm_studio),
    Store("jan", read_jan),
    Store("gpt4all", read_gpt4all),
    Store("docker", read_docker),
    Store("ramalama", read_ramalama),
    Store("local_ai", read_local_ai),
    Store(ANYTHING_LLM, read_anything_llm),
    Store(MSTY, read_msty),
)
PROGRAMS = frozenset(store.code for store in STORES if store.is_program)
"""Codes of the stores of other programs."""
OLLAMA_ENGINE = frozenset({"ollama", ANYTHING_LLM, MSTY})
"""Codes of the stores of Ollama, whose own engine runs files that no other one reads."""


class StoreContents(msgspec.Struct, frozen=True):
    """Result of a visit to one store."""

    store: str
    """Its code."""
    roots: tuple[Path, ...]
    """Folders in which it was looked for."""
    files: tuple[StoredFile, ...]
    folders: dict[str, int]
    """Time of change in nanoseconds of each folder and settings file that was read; 0 for a missing one."""
    problems: tuple[Reason, ...]
    """Folders and files that could not be read."""


def read_stores(
    environment: Environment,
    skipped: Collection[str] = (),
    on_folder: OnFolder = lambda _folder: None,
) -> list[StoreContents]:
    """Visit every store but the skipped ones; `on_folder` takes each folder before it is searched."""
    return [_read(store, environment, on_folder) for store in STORES if store.code not in skipped]


def _read(store: Store, environment: Environment, on_folder: OnFolder) -> StoreContents:
    visit = Visit(store.code, on_folder)
    files = tuple(store.read(environment, visit))
    return StoreContents(store.code, tuple(visit.roots), files, visit.folders, tuple(visit.problems))


def store_title(code: str) -> Reason:
    """Return the name of a store for a person."""
    return reason(f"models.store_{code}")


def origin_reason(code: str, stored_as: str) -> Reason:
    """Return the origin of a model for a person: the store, and its name there."""
    if not stored_as:
        return store_title(code)
    return reason("models.origin", store=store_title(code), name=stored_as)
