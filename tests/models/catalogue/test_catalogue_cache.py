"""Cache of the catalogue: as it was read, until a file or the code changes."""

from pathlib import Path

import msgspec
import pytest

from tui.models import active_weights
from tui.models.active_weights import active_bytes_of, weigh
from tui.models.catalogue import catalogue_cache
from tui.models.catalogue.catalogue import Catalogue, load_catalogues, user_path
from tui.models.catalogue.catalogue_cache import cached_catalogues
from tui.models.listing import catalogue_models


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A word for each time that the files of the catalogue were read."""
    words: list[str] = []

    def load() -> Catalogue:
        words.append("read")
        return load_catalogues()

    monkeypatch.setattr(catalogue_cache, "load_catalogues", load)
    return words


def test_the_second_time_the_same_catalogue_comes_from_the_cache(tmp_path: Path, loads: list[str]) -> None:
    file = tmp_path / "catalogue"
    first, second = cached_catalogues(file), cached_catalogues(file)
    assert loads == ["read"]
    assert first == second
    assert first.entries == load_catalogues().entries
    # AND its rows weigh what the tensors weigh
    assert catalogue_models(second, ()) == catalogue_models(load_catalogues(), ())


def test_the_weights_of_its_models_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "catalogue"
    cached_catalogues(file)
    expected = [active_bytes_of(row) for row in catalogue_models(cached_catalogues(file), ())]
    weigh.cache_clear()
    # WHEN no tensor can be listed THEN they are known all the same
    monkeypatch.setattr(active_weights, "equal_tensors", None)
    assert [active_bytes_of(row) for row in catalogue_models(cached_catalogues(file), ())] == expected
    assert None not in expected


def test_a_cache_that_lacks_weights_is_replaced(tmp_path: Path, loads: list[str]) -> None:
    file = tmp_path / "catalogue"
    cached_catalogues(file)
    stored = msgspec.msgpack.decode(file.read_bytes())
    stored["default_weights"].popitem()
    file.write_bytes(msgspec.msgpack.encode(stored))
    assert cached_catalogues(file) == cached_catalogues(file)
    assert len(loads) == 2


def test_a_catalogue_of_the_users_own_is_noticed(tmp_path: Path, loads: list[str]) -> None:
    file = tmp_path / "catalogue"
    cached_catalogues(file)
    user_path().parent.mkdir(parents=True)
    user_path().write_text("broken = 1\n")
    for _ in range(2):
        assert cached_catalogues(file).problems
    # A file with a mistake is read each time, so that the mistake is told each time.
    assert len(loads) == 3
    user_path().unlink()
    assert not cached_catalogues(file).problems
    assert len(loads) == 3


def test_a_cache_of_other_code_is_ignored(
    tmp_path: Path, loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "catalogue"
    cached_catalogues(file)
    monkeypatch.setattr(catalogue_cache, "code_version", lambda: 1)
    cached_catalogues(file)
    assert len(loads) == 2


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff", b"\x93\x01\x02\x03"])
def test_a_broken_cache_is_replaced(tmp_path: Path, loads: list[str], data: bytes) -> None:
    file = tmp_path / "catalogue"
    file.write_bytes(data)
    assert cached_catalogues(file).entries
    assert cached_catalogues(file).entries
    assert len(loads) == 1


def test_the_cache_is_in_the_folder_of_caches(own_home: Path) -> None:
    cached_catalogues()
    assert [path.name for path in own_home.rglob("*.msgpack")] == ["catalogue.msgpack"]
