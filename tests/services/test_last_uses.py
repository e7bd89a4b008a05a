"""Times at which models were loaded."""

from pathlib import Path

import msgspec
import pytest

from tests.gguf_files import write_llama
from tui.models.model import ModelFile, OtherPlace
from tui.models.model_file import model_file
from tui.services import last_uses
from tui.services.last_uses import LastUses, last_use


@pytest.fixture
def file(tmp_path: Path) -> ModelFile:
    return model_file(write_llama(tmp_path / "a.gguf"), "own")


def test_a_use_is_remembered_by_path_or_content(tmp_path: Path, file: ModelFile):
    uses = LastUses(tmp_path / "state" / "uses.json", clock=lambda: 5.0)
    hashed = msgspec.structs.replace(file, path=Path("/b"), sha256="a" * 64)
    assert last_use(file, uses.read()) is None

    uses.add(file)
    uses.add(hashed)

    times = LastUses(tmp_path / "state" / "uses.json").read()
    assert last_use(file, times) == 5.0
    # The same content under another name.
    assert last_use(msgspec.structs.replace(hashed, path=Path("/c")), times) == 5.0
    twin = OtherPlace(file.path, "own", "")
    assert last_use(msgspec.structs.replace(hashed, sha256="", elsewhere=(twin,)), times) == 5.0


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"a": "b"}', b"\xff"])
def test_a_broken_file_is_ignored_and_replaced(tmp_path: Path, file: ModelFile, data: bytes):
    path = tmp_path / "uses.json"
    path.write_bytes(data)
    uses = LastUses(path, clock=lambda: 7.0)

    assert uses.read() == {}
    uses.add(file)
    assert last_use(file, uses.read()) == 7.0


def test_only_the_newest_are_kept(tmp_path: Path, file: ModelFile, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(last_uses, "_LIMIT", 2)
    for second in range(3):
        uses = LastUses(tmp_path / "uses.json", clock=lambda second=second: float(second))
        uses.add(msgspec.structs.replace(file, path=Path(f"/{second}")))

    assert set(LastUses(tmp_path / "uses.json").read()) == {"/1", "/2"}


def test_a_disk_that_takes_nothing_is_harmless(tmp_path: Path, file: ModelFile):
    (tmp_path / "state").write_bytes(b"a file")

    LastUses(tmp_path / "state" / "uses.json").add(file)
