"""Question before a model is deleted."""

from pathlib import Path

import msgspec

from tests.ui.model_samples import model
from tui.models.model import OtherPlace
from tui.services.deleting import Deletion
from tui.ui.models.deletion_question import deletion_question
from tui.units import GIB

HERE = model("Tiny", is_local=True)


def test_names_the_model_its_files_and_the_bytes_that_come_back():
    text = deletion_question(Deletion(HERE, (Path("/models/Tiny-Q4_K_M.gguf"),), 2 * GIB))

    assert text.splitlines() == [
        "Delete Tiny Q4_K_M, 1 file, from this disk?",
        "/models/Tiny-Q4_K_M.gguf",
        "2.00 GiB comes back.",
    ]


def test_says_where_the_content_stays_and_that_nothing_comes_back():
    assert HERE.file is not None
    places = (OtherPlace(Path("/x"), "ollama", "tiny:1b"),)
    file = msgspec.structs.replace(HERE.file, shards=(Path("/a"), Path("/b")), elsewhere=places)

    lines = deletion_question(Deletion(msgspec.structs.replace(HERE, file=file), (), 0)).splitlines()

    assert lines[0] == "Delete Tiny Q4_K_M, 2 files, from this disk?"
    assert lines[2:] == [
        "Nothing comes back: the content has another name on this disk.",
        "It stays in Ollama: tiny:1b.",
    ]
