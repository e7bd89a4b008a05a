"""Files of a quantization, out of the files of a repository."""

import re
from pathlib import Path

import pytest

from tests.models.catalogue.entries import SHIPPED
from tui.models.catalogue.repositories import (
    entry_repositories,
    file_pattern,
    files_of,
    repositories_with,
    usual_file_name,
)
from tui.models.listing import find_entry
from tui.models.model import CatalogueRepository

REPOSITORIES = {repository.name: repository for entry in SHIPPED.entries for repository in entry.repositories}
RECORDED: dict[str, list[str]] = {}
"""Paths of recorded files, by repository."""
for line in Path(__file__).with_name("listings.txt").read_text("utf-8").splitlines()[1:]:
    recorded_repository, recorded_path = line.split(" ", 1)
    RECORDED.setdefault(recorded_repository, []).append(recorded_path)
OTHER_FILES = re.compile(r"mmproj|^mtp-|NVFP4")
"""Files of a repository that are no model, or at a quantization that is not known here."""
PLAIN = CatalogueRepository("someone/Model-7B-GGUF", "Model-7B-{quant}.gguf", ("Q4_K_M", "MXFP4", "F16"))


@pytest.mark.parametrize(
    ("repository", "file_name"),
    [
        ("bartowski/Llama-3.2-3B-Instruct-GGUF", "Llama-3.2-3B-Instruct-{quant}.gguf"),
        ("prism-ml/Bonsai-8B-gguf", "Bonsai-8B-{quant}.gguf"),
        ("someone/Model", "Model-{quant}.gguf"),
    ],
)
def test_file_name_is_that_of_the_repository_unless_it_is_given(repository: str, file_name: str) -> None:
    assert usual_file_name(repository) == file_name


def test_repositories_stand_in_the_order_of_the_entry() -> None:
    values = {
        "repository": "a/Model-GGUF",
        "quants": ["Q8_0", "Q4_K_M"],
        "other_repositories": [{"repository": "b/Model-GGUF", "files": "M.{quant}.gguf", "quants": ["Q8_0"]}],
    }

    first, second = entry_repositories(values)

    assert (first.name, first.files, first.quants) == (
        "a/Model-GGUF",
        "Model-{quant}.gguf",
        ("Q4_K_M", "Q8_0"),
    )
    assert (second.name, second.files, second.quants) == ("b/Model-GGUF", "M.{quant}.gguf", ("Q8_0",))


def test_only_repositories_with_the_quantization_are_listed() -> None:
    entry = find_entry(SHIPPED, "Qwen3-8B")
    assert entry is not None
    assert repositories_with(entry, entry.default_quant)[0].name == entry.repository
    assert repositories_with(entry, "Q5_0") == ()


@pytest.mark.parametrize(
    ("quant", "path"),
    [
        ("Q4_K_M", "Model-7B-Q4_K_M.gguf"),
        ("Q4_K_M", "model-7b-q4_k_m.gguf"),
        ("Q4_K_M", "Q4_K_M/Model-7B-Q4_K_M-00001-of-00003.gguf"),
        ("F16", "Model-7B-fp16.gguf"),
        ("MXFP4", "Model-7B-MXFP4_MOE.gguf"),
    ],
)
def test_spellings_of_a_file_name_match(quant: str, path: str) -> None:
    assert file_pattern(PLAIN, quant).fullmatch(path)


@pytest.mark.parametrize(
    "path",
    [
        "Model-7B-Q4_K_S.gguf",
        "mmproj-Model-7B-Q4_K_M.gguf",
        "Model-7B-Q4_K_M.gguf.part1of2",
    ],
)
def test_other_files_do_not_match(path: str) -> None:
    assert not file_pattern(PLAIN, "Q4_K_M").fullmatch(path)


def test_shards_are_in_their_order_and_a_whole_file_is_preferred() -> None:
    shards = [f"Q4_K_M/Model-7B-Q4_K_M-0000{number}-of-00003.gguf" for number in (2, 3, 1)]

    assert files_of(PLAIN, "Q4_K_M", ["README.md", *shards]) == tuple(sorted(shards))
    assert files_of(PLAIN, "Q4_K_M", [*shards, "Model-7B-Q4_K_M.gguf"]) == ("Model-7B-Q4_K_M.gguf",)


def test_plain_quantization_comes_before_one_by_a_recipe() -> None:
    by_recipe = "Model-7B-UD-Q4_K_M.gguf"

    assert files_of(PLAIN, "Q4_K_M", [by_recipe, "Model-7B-Q4_K_M.gguf"]) == ("Model-7B-Q4_K_M.gguf",)
    assert files_of(PLAIN, "Q4_K_M", [by_recipe]) == (by_recipe,)


@pytest.mark.parametrize("name", RECORDED)
def test_every_recorded_file_of_a_model_belongs_to_one_quantization(name: str) -> None:
    repository = REPOSITORIES[name]
    paths = [path for path in RECORDED[name] if not OTHER_FILES.search(path)]

    for path in paths:
        quants = [quant for quant in repository.quants if file_pattern(repository, quant).fullmatch(path)]
        assert len(quants) == 1, path
        files = files_of(repository, quants[0], RECORDED[name])
        assert path in files
        assert list(files) == sorted(files)


def test_many_repositories_were_recorded() -> None:
    assert len(RECORDED) >= 60


def test_a_split_model_with_a_missing_file_is_not_offered() -> None:
    assert files_of(PLAIN, "Q4_K_M", ["Model-7B-Q4_K_M-00001-of-00002.gguf"]) == ()
    assert files_of(PLAIN, "Q4_K_M", []) == ()
