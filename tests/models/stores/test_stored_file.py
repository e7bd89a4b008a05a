"""Facts of files in stores, and names that are not names of models."""

import os
from pathlib import Path

from tui.models.stores.stored_file import file_facts, plain_file


def test_facts_are_those_of_the_file_that_a_link_leads_to(tmp_path: Path):
    (tmp_path / "blob").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("blob")
    os.link(tmp_path / "blob", tmp_path / "second")

    facts = file_facts(tmp_path / "link")

    assert facts is not None
    assert (facts.size_bytes, facts.modified_ns) == (5, (tmp_path / "blob").stat().st_mtime_ns)
    assert facts == file_facts(tmp_path / "second")
    assert file_facts(tmp_path / "gone") is file_facts("a\0b") is None


def test_a_name_takes_the_place_of_a_file_name_that_says_nothing(tmp_path: Path):
    assert plain_file(tmp_path / "model.gguf", "jan", "id", "Llama").name == "Llama"
    assert plain_file(tmp_path / "Llama-Q4_0.gguf", "jan", "id", "other").name == ""


def test_a_part_of_a_download_is_one_by_its_name(tmp_path: Path):
    assert plain_file(tmp_path / "Llama-Q4_0.gguf", "jan").problem is None
    for ending in (".part", ".crdownload", ".downloadInProgress"):
        problem = plain_file(tmp_path / f"Llama-Q4_0.gguf{ending}", "jan").problem
        assert problem is not None
        assert problem.code == "models.download_unfinished"
