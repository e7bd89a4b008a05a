"""Sources of downloads: names of the catalogue, repositories and addresses."""

from pathlib import Path

import msgspec
import pytest

from tests.gguf_files import write_llama
from tests.models.hub.loopback_hub import LoopbackHub
from tui.models.catalogue.catalogue import Catalogue, load_catalogue
from tui.models.hub.record import write_record
from tui.models.hub.remote_file import RemoteFile
from tui.models.listing import catalogue_model, find_entry
from tui.models.model import CatalogueRepository, Model
from tui.models.model_file import model_file
from tui.services.downloads.source import find_source, source_name
from tui.services.finding import FindingError


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.mark.parametrize("name", ["Qwen3-0.6B", "qwen3 0.6b", " Qwen3-0.6B "])
def test_name_of_the_catalogue_is_its_repository(catalogue: Catalogue, name: str) -> None:
    source = find_source(name, catalogue)
    assert source.repository == "unsloth/Qwen3-0.6B-GGUF"
    assert source.wanted == ""
    assert source.entry is not None
    assert source.entry.name == "Qwen3-0.6B"


def test_quantization_or_file_follows_a_colon(catalogue: Catalogue) -> None:
    assert find_source("Qwen3-0.6B:q4_k_m", catalogue).wanted == "q4_k_m"
    source = find_source("maker/model-GGUF:sub/model-Q8_0.gguf", catalogue)
    assert (source.repository, source.wanted, source.entry) == (
        "maker/model-GGUF",
        "sub/model-Q8_0.gguf",
        None,
    )


def test_repository_of_the_catalogue_has_its_entry(catalogue: Catalogue) -> None:
    entry = find_source("Unsloth/qwen3-0.6b-gguf", catalogue).entry
    assert entry is not None
    assert entry.name == "Qwen3-0.6B"


@pytest.mark.parametrize(
    ("address", "repository", "wanted"),
    [
        ("https://huggingface.co/maker/model-GGUF", "maker/model-GGUF", ""),
        ("https://hf.co/maker/model-GGUF/", "maker/model-GGUF", ""),
        ("https://huggingface.co/maker/model-GGUF/tree/main/Q8_0", "maker/model-GGUF", "Q8_0"),
        ("https://huggingface.co/m/g/blob/main/sub/m-Q8_0.gguf", "m/g", "sub/m-Q8_0.gguf"),
        ("https://huggingface.co/m/g/resolve/main/m%20x.gguf?download=true", "m/g", "m x.gguf"),
        ("https://huggingface.co/m/g/resolve/v2/m.gguf", "", ""),
        ("https://example.org/m.gguf", "", ""),
        ("http://[x/y.gguf", None, None),
    ],
)
def test_address_of_the_hub_is_its_repository(
    catalogue: Catalogue, address: str, repository: str | None, wanted: str
) -> None:
    if repository is None:
        with pytest.raises(FindingError, match=r"hub\.bad_address"):
            find_source(address, catalogue)
        return
    source = find_source(address, catalogue)
    assert (source.repository, source.wanted) == (repository, wanted)
    assert source.address == ("" if repository else address)


def test_address_of_another_hub_is_its_repository(catalogue: Catalogue, hub: LoopbackHub) -> None:
    assert find_source(f"{hub.url}/maker/model", catalogue).repository == "maker/model"


@pytest.mark.parametrize(
    ("name", "code", "hint"),
    [
        ("", "services.model_name_empty", None),
        ("Qwen3-0", "services.model_unknown", "services.did_you_mean"),
        ("Quen3-0.6B", "services.model_unknown", "services.did_you_mean"),
        ("xyzzy", "services.model_unknown", "hub.name_forms"),
        ("../etc/passwd", "services.model_unknown", "hub.name_forms"),
    ],
)
def test_other_names_are_refused(catalogue: Catalogue, name: str, code: str, hint: str | None) -> None:
    with pytest.raises(FindingError) as caught:
        find_source(name, catalogue)
    assert caught.value.reason.code == code
    assert (caught.value.hint.code if caught.value.hint else None) == hint


def test_repository_is_the_first_one_that_has_the_quantization(catalogue: Catalogue) -> None:
    entry = msgspec.structs.replace(
        catalogue.entries[0],
        name="Two places",
        repository="first/place",
        default_quant="Q8_0",
        repositories=(
            CatalogueRepository("first/place", "m-{quant}.gguf", ("Q8_0",)),
            CatalogueRepository("second/place", "m.{quant}.gguf", ("Q4_K_M", "Q8_0")),
        ),
    )
    own = Catalogue((entry,), ())
    assert find_source("two places", own).repository == "first/place"
    assert find_source("two places:q4_k_m", own).repository == "second/place"
    assert find_source("two places:Q2_K", own).repository == "first/place"
    assert find_source("second/place", own).entry == entry


def test_row_of_the_catalogue_is_downloaded_from_its_repository(catalogue: Catalogue) -> None:
    entry = find_entry(catalogue, "Qwen3-0.6B")
    assert entry is not None
    assert source_name(catalogue_model(entry)) == entry.repository
    other = next(quant for quant in entry.quants if quant != entry.default_quant)
    name = source_name(catalogue_model(entry, other))
    assert name is not None
    assert name.endswith(f":{other}")


def test_quantization_is_downloaded_from_the_repository_that_has_it(catalogue: Catalogue) -> None:
    entry, second, quant = next(
        (entry, repository, quant)
        for entry in catalogue.entries
        for repository in entry.repositories[1:]
        for quant in repository.quants
        if not any(quant in other.quants for other in entry.repositories if other != repository)
    )
    assert source_name(catalogue_model(entry, quant)) == f"{second.name}:{quant}"


def test_file_is_known_by_its_record(tmp_path: Path) -> None:
    path = write_llama(tmp_path / "own-Q8_0.gguf")
    model = Model("own", "Q8_0", 1, None, model_file(path, "file"), None)
    assert source_name(model) is None
    remote = RemoteFile("http://hub/own-Q8_0.gguf", path.name, path.stat().st_size, repository="maker/own")
    write_record(path, remote, "1" * 64)
    assert source_name(model) == "maker/own"
    write_record(path, msgspec.structs.replace(remote, repository=""), "1" * 64)
    assert source_name(model) == "http://hub/own-Q8_0.gguf"
