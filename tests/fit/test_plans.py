"""The cache of dry runs: kept between starts, for one build, and by what a plan depends on."""

from pathlib import Path

import msgspec
import pytest

from tests.fit.machines import NOT_SIZED, SMALL
from tui.engine.options import LoadSettings
from tui.fit import plans
from tui.fit.plans import Plans, Sized, plan_key
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model
from tui.models.model import ModelFile

MODEL = catalogue_model(load_catalogue().entries[0])
SETTINGS = LoadSettings(context=4096)
FILE = ModelFile(Path("/m.gguf"), (Path("/m.gguf"),), 10, 7, "m", "Q4_0", "test", 9, None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "plans.json"


def test_plans_vocabularies_and_the_build_are_there_at_the_next_start(file: Path) -> None:
    saved = Plans("a build", file)
    saved.put("key", Sized(SMALL))
    saved.put_vocabulary("tokens", 123)
    saved.put_gpu_offload(True)
    saved.save()

    loaded = Plans("a build", file)

    assert loaded.get("key") == Sized(SMALL)
    assert (loaded.vocabularies, loaded.gpu_offload) == ({"tokens": 123}, True)
    assert loaded.get("another key") is None


def test_refusal_is_not_saved(file: Path) -> None:
    saved = Plans("a build", file)
    saved.put("key", Sized(None, NOT_SIZED))
    assert saved.get("key") == Sized(None, NOT_SIZED)
    saved.save()

    assert Plans("a build", file).get("key") is None


@pytest.mark.parametrize("build", ["another build", None])
def test_cache_of_another_build_is_discarded(file: Path, build: str | None) -> None:
    saved = Plans("a build", file)
    saved.put("key", Sized(SMALL))
    saved.save()

    assert Plans(build, file).get("key") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 2, "build": "a build", "plans": {}}'])
def test_unreadable_cache_is_discarded(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)

    assert Plans("a build", file).get("key") is None


def test_only_the_newest_plans_are_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_LIMIT", 2)
    saved = Plans("a build", file)
    for key in ("oldest", "older", "newest"):
        saved.put(key, Sized(SMALL))
    saved.save()

    loaded = Plans("a build", file)
    assert [loaded.get(key) is not None for key in ("oldest", "older", "newest")] == [False, True, True]


def test_unchanged_cache_is_not_written(file: Path) -> None:
    Plans("a build", file).save()

    assert not file.exists()


def test_failing_disk_keeps_the_plans_for_this_run(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("x")
    cache = Plans("a build", tmp_path / "in the way" / "plans.json")
    cache.put("key", Sized(SMALL))
    cache.save()

    assert cache.get("key") == Sized(SMALL)


def test_a_plan_depends_on_the_settings_but_for_the_threads() -> None:
    key = plan_key(MODEL, SETTINGS)

    assert key == plan_key(MODEL, msgspec.structs.replace(SETTINGS, threads=9))
    assert key != plan_key(MODEL, msgspec.structs.replace(SETTINGS, context=8192))
    assert key != plan_key(MODEL, msgspec.structs.replace(SETTINGS, gpu_layers=1))


def test_a_plan_of_a_model_without_a_file_depends_on_shape_and_quantization() -> None:
    renamed = msgspec.structs.replace(MODEL, name="Another name")

    assert plan_key(MODEL, SETTINGS) == plan_key(renamed, SETTINGS)
    assert plan_key(MODEL, SETTINGS) != plan_key(msgspec.structs.replace(MODEL, quant="Q2_K"), SETTINGS)
    assert plan_key(MODEL, SETTINGS) != plan_key(msgspec.structs.replace(MODEL, shape=None), SETTINGS)


@pytest.mark.parametrize("change", [{"path": Path("/n.gguf")}, {"size_bytes": 11}, {"modified_ns": 8}])
def test_a_plan_of_a_file_is_lost_when_the_file_changes(change: dict[str, object]) -> None:
    model = msgspec.structs.replace(MODEL, file=FILE)
    changed = msgspec.structs.replace(MODEL, file=msgspec.structs.replace(FILE, **change))

    assert plan_key(model, SETTINGS) != plan_key(changed, SETTINGS)
