"""Identity of contents."""

from pathlib import Path

import msgspec

from tests.gguf_files import write_llama, write_split
from tests.models.stores.trees import places
from tui.models.content import content_print, one_row_each
from tui.models.model_file import model_file


def test_prints_of_copies_are_equal_and_a_byte_in_a_sample_tells_two_apart(tmp_path: Path):
    path = write_llama(tmp_path / "a.gguf")
    copy = tmp_path / "b.gguf"
    copy.write_bytes(path.read_bytes())
    tuned = tmp_path / "c.gguf"
    tuned.write_bytes(path.read_bytes()[:-1] + b"\x01")

    prints = [content_print(model_file(file, "test")) for file in (path, copy, tuned)]

    assert prints[0] == prints[1] != prints[2]


def test_the_print_of_a_split_model_has_all_its_files(tmp_path: Path):
    shards = write_split(tmp_path, "Big", 2)
    model = model_file(shards[0], "test")
    first_print = content_print(model)
    shards[1].write_bytes(shards[1].read_bytes()[:-1] + b"\x01")

    assert content_print(model) != first_print
    shards[1].unlink()
    assert content_print(model) == ""


def test_hashes_of_the_stores_go_before_prints(tmp_path: Path):
    file = model_file(write_llama(tmp_path / "a.gguf"), "own")
    hashed = msgspec.structs.replace(file, found_in="ollama", sha256="a" * 64)
    other_hash = msgspec.structs.replace(file, found_in="docker", sha256="b" * 64)

    # Equal prints join what has no hash, and never two hashes that differ.
    rows = one_row_each([file, hashed, other_hash], ["print"] * 3)
    assert [(row.found_in, row.sha256[:1], places(row)) for row in rows] == [
        ("own", "a", [("ollama", "")]),
        ("docker", "b", []),
    ]
    assert len(one_row_each([hashed, other_hash, hashed], [""] * 3)) == 2


def test_a_broken_file_is_not_the_content_that_its_name_promises(tmp_path: Path):
    file = msgspec.structs.replace(model_file(write_llama(tmp_path / "a.gguf"), "own"), sha256="a" * 64)
    missing = msgspec.structs.replace(model_file(tmp_path / "gone", "ollama"), sha256="a" * 64)

    assert one_row_each([missing, file], ["", ""]) == [missing, file]
