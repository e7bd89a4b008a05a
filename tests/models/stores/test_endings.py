"""Names of model files and of parts of downloads."""

import pytest

from tui.models.stores.endings import finished_name, is_model_name, is_partial_name, may_be_model


@pytest.mark.parametrize("name", ["a.gguf", "A.GGUF", "模型.gguf", "a.llamafile", "a.llamafile.exe"])
def test_names_of_models(name: str):
    assert is_model_name(name)
    assert may_be_model(name)
    assert not is_partial_name(name)


@pytest.mark.parametrize("name", ["a.gguf.part", "a.gguf.incomplete", "a.gguf.tmp", "a.GGUF.crdownload"])
def test_names_of_parts(name: str):
    assert is_partial_name(name)
    assert may_be_model(name)
    assert not is_model_name(name)


def test_the_name_of_a_finished_download():
    assert finished_name("Tiny-Q4_0.gguf.part") == "Tiny-Q4_0.gguf"
    assert finished_name("Tiny.GGUF.0123.incomplete") == "Tiny.GGUF"
    assert finished_name("Tiny-Q4_0.gguf") == "Tiny-Q4_0.gguf"


@pytest.mark.parametrize(
    "name", ["gguf", "a.bin", "film.part", "a.gguf.etag", "a.gguf.json", "model.safetensors"]
)
def test_other_names(name: str):
    assert not may_be_model(name)
