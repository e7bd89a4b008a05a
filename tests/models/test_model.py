"""Model: what its properties say of a file here, a bad file, a header from a server, and none."""

from pathlib import Path

import msgspec

from tui.models.catalogue.catalogue import load_catalogue
from tui.models.model import Model, ModelFile
from tui.sentences import reason

FILE = ModelFile(
    path=Path("/models/Small-Q4_0.gguf"),
    shards=(Path("/models/Small-Q4_0.gguf"),),
    size_bytes=2000,
    modified_ns=0,
    name="Small",
    quant="Q4_0",
    found_in="file",
    weights_bytes=1000,
    shape=None,
)
GOOD = Model("Small", "Q4_0", 1000, None, FILE, None)
BAD = msgspec.structs.replace(
    GOOD, file=msgspec.structs.replace(FILE, error=reason("models.header_cut_off", byte=9))
)
ABSENT = msgspec.structs.replace(GOOD, file=None)
ON_A_SERVER = msgspec.structs.replace(ABSENT, remote=FILE)


def test_a_good_file_is_on_disk_and_can_be_loaded() -> None:
    assert (GOOD.on_disk, GOOD.can_load, GOOD.file_error) == (True, True, None)
    assert GOOD.load_path == GOOD.path == FILE.path


def test_a_bad_file_is_on_disk_and_cannot_be_loaded() -> None:
    assert (BAD.on_disk, BAD.path) == (True, FILE.path)
    assert (BAD.can_load, BAD.load_path) == (False, None)
    assert BAD.file_error is not None


def test_a_model_without_a_file_is_neither_on_disk_nor_broken() -> None:
    assert (ABSENT.on_disk, ABSENT.path) == (False, None)
    assert (ABSENT.can_load, ABSENT.load_path, ABSENT.file_error) == (False, None, None)


def test_a_header_from_a_server_describes_a_model_that_is_not_on_disk() -> None:
    assert ON_A_SERVER.source == FILE
    assert (ON_A_SERVER.on_disk, ON_A_SERVER.can_load) == (False, False)


def test_the_label_is_name_and_quantization_and_no_blank_for_an_unknown_one() -> None:
    assert GOOD.label == "Small Q4_0"
    assert msgspec.structs.replace(GOOD, quant="").label == "Small"


def test_the_key_is_the_path_of_a_file_and_else_name_and_quantization() -> None:
    assert GOOD.key == ON_A_SERVER.key == str(FILE.path)
    assert ABSENT.key == "Small:Q4_0"


def test_a_model_at_another_place_cannot_be_loaded_here() -> None:
    served = msgspec.structs.replace(ABSENT, place="localhost:8080")
    assert (GOOD.runs_here, served.runs_here) == (True, False)
    assert (served.can_load, served.load_path) == (False, None)
    # Not even where a file of it happens to be on this disk.
    assert not msgspec.structs.replace(GOOD, place="localhost:8080").can_load


def test_models_of_one_name_at_two_places_have_two_keys() -> None:
    places = ("", "localhost:8080", "localhost:9090")
    assert len({msgspec.structs.replace(ABSENT, place=place).key for place in places}) == 3


def test_a_model_that_is_misaligned_in_a_llamafile_is_sound_and_cannot_be_loaded() -> None:
    inside = msgspec.structs.replace(GOOD, file=msgspec.structs.replace(FILE, span=(4097, 100)))
    aligned = msgspec.structs.replace(GOOD, file=msgspec.structs.replace(FILE, span=(4096, 100)))

    assert (inside.file_error, inside.can_load, inside.load_path) == (None, False, None)
    assert inside.load_problem is not None
    assert inside.load_problem.code == "models.llamafile"
    assert aligned.can_load
    assert (GOOD.load_problem, BAD.load_problem, ABSENT.load_problem) == (None, BAD.file_error, None)


def test_every_entry_of_the_catalogue_can_be_the_key_of_a_cache() -> None:
    entries = load_catalogue().entries
    assert len(set(entries)) == len(entries)
