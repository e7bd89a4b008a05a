"""The table of stores, and models that several of them have."""

import os
import shutil
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from tests.models.stores.trees import (
    environment,
    gguf_bytes,
    hub_repository,
    ollama_model,
    places,
    scan,
    sha256,
    write,
)
from tui.models.sentences import SENTENCES
from tui.models.stores.environment import System
from tui.models.stores.stores import OLLAMA_ENGINE, PROGRAMS, STORES, origin_reason, read_stores
from tui.services.sentences import sentence
from tui.settings.settings import StoreName

OLLAMA = "registry.ollama.ai/library"


def test_every_store_has_a_name_and_says_how_its_files_are_deleted():
    codes = [store.code for store in STORES]

    assert len(codes) == len(set(codes))
    for code in codes:
        assert f"models.store_{code}" in SENTENCES
        assert f"models.remove_{code}" in SENTENCES


def test_the_setting_knows_the_stores_of_other_programs():
    assert frozenset(get_args(StoreName)) == PROGRAMS
    assert OLLAMA_ENGINE < PROGRAMS


@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_nothing_is_there_for_a_new_user_and_nothing_is_written(tmp_path: Path, system: System):
    contents = read_stores(environment(tmp_path, system))

    assert [(store.files, store.problems) for store in contents] == [((), ())] * len(STORES)
    assert list(tmp_path.iterdir()) == []


def test_one_content_in_three_stores_is_one_row_with_its_other_places(tmp_path: Path):
    data = gguf_bytes("Tiny")
    hub_repository(tmp_path / ".cache/huggingface/hub", "org/Tiny", {"Tiny-Q4_0.gguf": data})
    ollama_model(tmp_path / ".ollama/models", f"{OLLAMA}/tiny/1b", [("model", data)])
    write(tmp_path / ".lmstudio/models/org/Tiny/Tiny-Q4_0.gguf", data)
    user = msgspec.structs.replace(environment(tmp_path), models_folder=tmp_path / "models")
    write(tmp_path / "models" / "mine.gguf", data)

    (model,) = scan(user).files

    assert (model.found_in, model.name, model.sha256) == ("own", "mine", sha256(data))
    assert places(model) == [("hugging_face", "org/Tiny"), ("ollama", "tiny:1b"), ("lm_studio", "org/Tiny")]
    # AND a second scan, from the cache, is the same
    assert scan(user).files == (model,)


def test_hard_links_and_links_between_stores_are_one_row(tmp_path: Path):
    data = gguf_bytes("Tiny")
    original = write(tmp_path / ".lmstudio/models/org/Tiny/Tiny.gguf", data)
    jan = tmp_path / ".local/share/Jan/data/llamacpp/models/tiny/tiny.gguf"
    jan.parent.mkdir(parents=True)
    os.link(original, jan)
    gpt4all = tmp_path / ".local/share/nomic.ai/GPT4All/Tiny.gguf"
    gpt4all.parent.mkdir(parents=True)
    gpt4all.symlink_to(original)

    (model,) = scan(environment(tmp_path)).files

    assert (model.found_in, places(model)) == ("lm_studio", [("jan", "tiny"), ("gpt4all", "")])


def test_files_of_one_size_and_header_with_other_weights_are_two_rows(tmp_path: Path):
    data = gguf_bytes("Tiny")
    tuned = data[:-4000] + b"\x01" * 4000
    write(tmp_path / ".lmstudio/models/org/Tiny/base.gguf", data)
    write(tmp_path / ".lmstudio/models/org/Tiny/tuned.gguf", tuned)
    shutil.copy(
        tmp_path / ".lmstudio/models/org/Tiny/base.gguf", tmp_path / ".lmstudio/models/org/again.gguf"
    )

    assert [model.name for model in scan(environment(tmp_path)).files] == ["again", "tuned"]


def test_a_skipped_store_is_not_read(tmp_path: Path):
    ollama_model(tmp_path / ".ollama/models", f"{OLLAMA}/tiny/1b", [("model", gguf_bytes("x"))])

    library = scan(environment(tmp_path), skipped=["ollama"])

    assert library.files == ()
    assert not any(".ollama" in str(path) for path in library.watched)


def test_an_origin_is_the_store_and_the_name_there():
    assert sentence(origin_reason("ollama", "llama3.2:3b")) == "Ollama: llama3.2:3b"
    assert sentence(origin_reason("own", "")) == "llmtui's models folder"
