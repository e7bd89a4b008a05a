"""Models by name, path or address, and the scan of all of them."""

import os
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.gguf_files import write_llama
from tests.reasons import sentence_of
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.library import scan_library
from tui.models.listing import catalogue_models
from tui.models.model import Model
from tui.models.model_file import model_file
from tui.services.finding import (
    FindingError,
    ModelScan,
    SearchPaths,
    find_loadable_model,
    find_models,
    is_whole_name,
    scan_models,
    search_paths,
)

CATALOGUE = load_catalogue()


def scan_of(*paths: Path) -> ModelScan:
    """A scan that found these files."""
    return ModelScan(CATALOGUE, catalogue_models(CATALOGUE, [model_file(path, "test") for path in paths]))


NOTHING_HERE = scan_of()


def refusal(name: str, scan: ModelScan = NOTHING_HERE, quant: str | None = None) -> FindingError:
    """Expect that no model is found, and return why."""
    with pytest.raises(FindingError) as caught:
        find_models([name], scan, quant)
    return caught.value


def one(name: str, scan: ModelScan = NOTHING_HERE, quant: str | None = None) -> Model:
    (model,) = find_models([name], scan, quant)
    return model


# Where to look


def test_missing_path_counts_as_a_folder_unless_named_like_a_model(tmp_path: Path) -> None:
    (tmp_path / "one.gguf").touch()
    (tmp_path / "notes.txt").touch()
    names = ("", "one.gguf", "notes.txt", "unplugged", "gone.gguf")
    paths = search_paths((), [*(str(tmp_path / name) for name in names), "~nobody-here/models"])
    assert paths.folders == (tmp_path, tmp_path / "unplugged", Path("~nobody-here/models"))
    assert paths.files == tuple(tmp_path / name for name in ("one.gguf", "notes.txt", "gone.gguf"))
    # AND the scan says what is not there
    library = scan_library(paths.folders, paths.files, packages=(), cache=tmp_path / "cache")
    assert [problem.code for problem in library.problems] == ["models.no_such_folder"] * 2
    assert {file.path.name for file in library.files} == {"one.gguf", "notes.txt", "gone.gguf"}


def test_paths_of_the_command_line_come_before_those_of_the_settings(tmp_path: Path) -> None:
    paths = search_paths([tmp_path / "named"], [str(tmp_path / "configured"), "~/models"])
    assert paths.folders == (tmp_path / "named", tmp_path / "configured", Path.home() / "models")


def test_a_folder_whose_name_ends_like_a_model_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "odd.gguf").mkdir()
    assert search_paths([tmp_path / "odd.gguf"], []) == SearchPaths((tmp_path / "odd.gguf",))


# The scan


def test_scan_lists_files_then_the_catalogue_and_problems(tmp_path: Path) -> None:
    write_llama(tmp_path / "mine-F16.gguf")
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.gguf").write_text("not a model")
    scan = scan_models(SearchPaths((tmp_path, tmp_path / "empty", tmp_path / "gone")))
    own = {model.name: model for model in scan.models if model.path and tmp_path in model.path.parents}
    assert set(own) == {"mine", "bad"}
    assert own["mine"].can_load
    # A bad file is a row with its reason, and no problem of the scan.
    assert (own["bad"].can_load, own["bad"].file_error is not None) == (False, True)
    assert [problem.code for problem in scan.problems] == [
        "models.no_model_in_folder",
        "models.no_such_folder",
    ]
    on_disk = [model.on_disk for model in scan.models]
    assert on_disk == sorted(on_disk, reverse=True)
    assert on_disk.count(False) > 20


# All models


def test_no_name_means_every_model() -> None:
    assert find_models([], NOTHING_HERE) == NOTHING_HERE.models


def test_general_quantization_changes_only_models_to_download(tmp_path: Path) -> None:
    scan = scan_of(write_llama(tmp_path / "mine-F16.gguf"))
    models = find_models([], scan, "q8_0")
    assert [model.quant for model in models if model.on_disk] == ["F16"]
    assert {model.quant for model in models if not model.on_disk} == {"Q8_0"}


def test_several_names_give_their_models_in_that_order(tmp_path: Path) -> None:
    path = write_llama(tmp_path / "mine.gguf")
    models = find_models(["qwen3-8b", str(path), "gemma-3-270m-it"], NOTHING_HERE)
    assert [model.name for model in models] == ["Qwen3-8B", "mine", "gemma-3-270m-it"]


# By name


@pytest.mark.parametrize(
    "name", ["Llama-3.2-1B-Instruct", "llama 3.2 1b instruct", "LLAMA_3.2_1B_INSTRUCT", "llama321binstruct"]
)
def test_case_and_punctuation_of_a_name_do_not_count(name: str) -> None:
    model = one(name)
    assert (model.name, model.quant, model.on_disk) == ("Llama-3.2-1B-Instruct", "Q4_K_M", False)


@pytest.mark.parametrize(
    ("name", "quant"), [("qwen3-8b", "q8_0"), ("qwen3-8b:Q8_0", None), ("Qwen3-8B:", "Q8_0")]
)
def test_a_quantization_is_an_option_or_stands_after_a_colon(name: str, quant: str | None) -> None:
    model = one(name, quant=quant)
    assert (model.name, model.quant) == ("Qwen3-8B", "Q8_0")
    assert model.weights_bytes > one("qwen3-8b").weights_bytes


@pytest.mark.parametrize(("name", "quant"), [("qwen3-8b", "Q9"), ("qwen3-8b:Q9", None)])
def test_an_unknown_quantization_lists_the_known_ones(name: str, quant: str | None) -> None:
    error = refusal(name, quant=quant)
    assert (error.reason.code, error.reason.facts) == ("services.quantization_unknown", {"quant": "Q9"})
    assert "Q4_K_M" in sentence_of(error.hint)


def test_a_file_on_this_disk_comes_before_the_catalogue(smollm2: Path) -> None:
    scan = scan_of(smollm2)
    for name in ("smollm2-135m-instruct", "SmolLM2-135M-Instruct Q4_1", str(smollm2)):
        assert one(name, scan).path == smollm2
    assert one("smollm2-135m-instruct", scan, "q4_1").path == smollm2


def test_of_several_quantizations_on_this_disk_the_largest_is_meant_unless_one_is_named(
    tmp_path: Path,
) -> None:
    small = write_llama(tmp_path / "own-Q8_0.gguf", type="Q8_0")
    large = write_llama(tmp_path / "own-F16.gguf")
    for scan in (scan_of(small, large), scan_of(large, small)):
        assert one("own", scan).path == large
        assert one("own", scan, "q8_0").path == small
        assert one("own:q8_0", scan).path == small


def test_other_quantization_than_on_disk_is_sized_by_the_catalogue(smollm2: Path) -> None:
    for name, quant in (("smollm2-135m-instruct", "Q8_0"), ("smollm2-135m-instruct:Q8_0", None)):
        model = one(name, scan_of(smollm2), quant)
        assert (model.path, model.quant) == (None, "Q8_0")


def test_other_quantization_of_an_unlisted_file_cannot_be_sized(tmp_path: Path) -> None:
    error = refusal("own", scan_of(write_llama(tmp_path / "own-F16.gguf")), "Q8_0")
    assert error.reason.code == "services.no_other_quantization"
    assert "--quant" in sentence_of(error.hint)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("llama-3.2-3b", "Llama-3.2-3B-Instruct"),
        ("mistral-nemo", "Mistral-Nemo-Instruct-2407"),
        ("llama 70b", "Llama-3.3-70B-Instruct"),
        ("bartowski/Llama-3.2-3B-Instruct-GGUF", "Llama-3.2-3B-Instruct"),
        ("BARTOWSKI/llama-3.2-3b-instruct-gguf", "Llama-3.2-3B-Instruct"),
    ],
)
def test_a_part_that_only_one_name_has_is_enough_and_so_is_the_repository(part: str, name: str) -> None:
    assert one(part).name == name
    assert one(f"{part}:q8_0").quant == one(part, quant="Q8_0").quant == "Q8_0"


def test_a_part_of_several_names_lists_what_it_could_be() -> None:
    error = refusal("gemma-3n")
    assert sentence_of(error.reason) == "gemma-3n could be 2 models."
    assert sentence_of(error.hint) == "Write more of one of these: gemma-3n-E2B-it, gemma-3n-E4B-it."
    # AND of very many names some are listed
    assert sentence_of(refusal("q4_k_m").hint).endswith(", ….")


def test_what_is_loaded_has_to_be_unique_on_this_disk_only(smollm2: Path, tmp_path: Path) -> None:
    scan = scan_of(smollm2, write_llama(tmp_path / "own-F16.gguf"))
    assert find_loadable_model("smollm2", scan).path == smollm2
    assert find_loadable_model("smollm2:q4_1", scan).path == smollm2
    assert refusal("smollm2", scan).reason.code == "services.several_names"
    # AND a model that is not here is said to be not here
    with pytest.raises(FindingError) as caught:
        find_loadable_model("llama-3.2-3b", scan)
    assert caught.value.reason.code == "services.not_on_disk"


def test_a_folder_goes_before_a_repository_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "bartowski" / "Llama-3.2-3B-Instruct-GGUF"
    folder.mkdir(parents=True)
    path = write_llama(folder / "own.gguf")
    assert one("bartowski/Llama-3.2-3B-Instruct-GGUF").path == path


def test_whole_names_and_paths_are_told_from_parts(smollm2: Path) -> None:
    model = one(str(smollm2), scan_of(smollm2))
    whole_names = (
        "smollm2-135m-instruct",
        "SmolLM2 135M Instruct:Q4_1",
        str(smollm2),
        "smollm2-135m-instruct:q4_1",
    )
    assert all(is_whole_name(name, model) for name in whole_names)
    assert not is_whole_name("smollm2", model)


def test_an_unknown_name_suggests_the_nearest_one(tmp_path: Path) -> None:
    error = refusal("Lama-3.2-1B-Instruct")
    assert sentence_of(error.reason) == "There is no model called Lama-3.2-1B-Instruct."
    assert sentence_of(error.hint) == "Did you mean Llama-3.2-1B-Instruct?"
    # AND files of this disk are among them
    scan = scan_of(write_llama(tmp_path / "zebrafish.gguf"))
    assert "zebrafish" in sentence_of(refusal("zebrafisch", scan).hint)


def test_a_name_like_no_other_points_to_the_list_of_models() -> None:
    error = refusal("zzzzzzzz")
    assert error.hint is not None
    assert error.hint.code == "services.list_models"


@pytest.mark.parametrize("name", ["", " ", "\n\t"])
def test_an_empty_name_is_no_model(name: str) -> None:
    assert refusal(name).reason.code == "services.model_name_empty"


@pytest.mark.parametrize("name", ["a" * 300, "nul\0in it", "qwen\udcff"])
def test_name_that_is_no_valid_path_is_treated_as_a_name(name: str) -> None:
    assert refusal(name).reason.code == "services.model_unknown"


# By path


def test_a_path_means_its_file_and_a_folder_every_file_in_it(tmp_path: Path) -> None:
    path = write_llama(tmp_path / "one.gguf")
    (tmp_path / "below").mkdir()
    write_llama(tmp_path / "below" / "two.gguf")
    assert one(str(path)).path == path
    assert [model.name for model in find_models([str(tmp_path)], NOTHING_HERE)] == ["one", "two"]


def test_a_folder_without_models_is_a_failure(tmp_path: Path) -> None:
    error = refusal(str(tmp_path))
    assert sentence_of(error.reason) == f"There is no GGUF file in {tmp_path}."
    assert "begin with the letters GGUF" in sentence_of(error.hint)


def test_a_folder_is_named_in_full_however_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    for name, folder in ((".", "below"), ("..", ""), ("../below/", "below")):
        assert refusal(name).reason.facts == {"path": str(tmp_path / folder)}
    path = write_llama(tmp_path / "one.gguf")
    assert one("..").path == one("../one.gguf").path == path


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_not_said_to_be_empty(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    try:
        assert refusal(str(tmp_path)).reason.code == "models.folder_forbidden"
    finally:
        tmp_path.chmod(0o700)


def test_a_file_in_the_working_folder_needs_no_slash_and_one_at_home_has_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    path = write_llama(tmp_path / "one.gguf")
    path.rename(tmp_path / "no-suffix")
    for name in ("no-suffix", "~/no-suffix", "./no-suffix"):
        assert one(name).path == tmp_path / "no-suffix"


@pytest.mark.parametrize("name", ["gone.gguf", "gone/", "gone/gone", "a" * 300 + ".gguf"])
def test_missing_path_is_a_row_with_its_reason(tmp_path: Path, name: str) -> None:
    model = one(f"{tmp_path}/{name}")
    assert model.file_error is not None
    assert not model.can_load


def test_a_file_belongs_to_the_entry_of_its_name(smollm2: Path) -> None:
    entry = one(str(smollm2)).entry
    assert entry is not None
    assert entry.name == "SmolLM2-135M-Instruct"


# By address


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Address of a server with one model, in two folders."""
    for folder in ("a", "b"):
        (tmp_path / "served" / folder).mkdir(parents=True)
        write_llama(tmp_path / "served" / folder / "far-Q8_0.gguf", layers=2 if folder == "a" else 3)
    handler = partial(_QuietHandler, directory=str(tmp_path / "served"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_file_on_a_server_has_the_shape_of_its_header_and_is_not_on_this_disk(server: str) -> None:
    first, second = find_models([f"{server}/a/far-Q8_0.gguf", f"{server}/b/far-Q8_0.gguf"], NOTHING_HERE)
    assert (first.name, first.quant) == ("far", "Q8_0")
    assert (first.on_disk, first.can_load, first.file_error) == (False, False, None)
    # AND files of one name keep apart
    assert first.key != second.key
    assert [model.shape.layers for model in (first, second) if model.shape] == [2, 3]
    with pytest.raises(FindingError) as caught:
        find_loadable_model(f"{server}/a/far-Q8_0.gguf", NOTHING_HERE)
    assert caught.value.reason.code == "services.not_on_disk"


def test_an_address_without_a_file_fails_with_the_cause(server: str) -> None:
    error = refusal(f"{server}/none.gguf?signature=1")
    assert error.reason.code == "services.address_failed"
    assert "404" in sentence_of(error.reason)
    assert "signature" not in sentence_of(error.reason)


# One to load


def test_one_model_to_load_is_found_by_its_name_and_its_path(smollm2: Path) -> None:
    scan = scan_of(smollm2)
    for name in ("smollm2-135m-instruct", str(smollm2)):
        assert find_loadable_model(name, scan).load_path == smollm2


def test_ambiguous_name_cannot_be_loaded(tmp_path: Path) -> None:
    for name in ("one.gguf", "two.gguf"):
        (tmp_path / name).write_text("any")
    with pytest.raises(FindingError) as caught:
        find_loadable_model(str(tmp_path), NOTHING_HERE)
    error = caught.value
    assert sentence_of(error.reason) == f"{tmp_path} holds 2 models."
    assert sentence_of(error.hint) == "Give the path of one file."


def test_missing_models_and_bad_files_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_text("not a model")
    for name, code in (
        ("qwen3-8b", "services.not_on_disk"),
        (str(tmp_path / "bad.gguf"), "services.file_unusable"),
        (str(tmp_path / "gone.gguf"), "services.file_unusable"),
    ):
        with pytest.raises(FindingError) as caught:
            find_loadable_model(name, NOTHING_HERE)
        assert caught.value.reason.code == code
