"""Text to tokens."""

from pathlib import Path

import pytest

from tui.engine import llama
from tui.engine.options import LoadSettings


def test_a_vocabulary_without_a_token_for_the_blank_loses_nothing_of_the_text(tiny: dict[str, Path]) -> None:
    model = llama.LlamaModel(str(tiny["llama"]), LoadSettings(), dry=True)

    # Every blank is written as the three bytes of its sign: more tokens than the text has bytes.
    assert len(model.tokenize("a b " * 200, start=False)) == 200 * (2 + 2 * 3)
    assert len(model.tokenize("a b " * 200)) == 200 * (2 + 2 * 3) + 1


def test_a_model_inside_another_file_is_loaded_where_it_lies(tiny: dict[str, Path], tmp_path: Path) -> None:
    data = tiny["llama"].read_bytes()
    outer = tmp_path / "outer.llamafile"
    outer.write_bytes(bytes(4096) + data + b"a directory")
    plain = llama.LlamaModel(str(tiny["llama"]), LoadSettings(), dry=False)
    text = plain.tokenize("Hello there")

    model = llama.LlamaModel(str(outer), LoadSettings(), dry=False, offset=4096)

    assert (model.size_bytes, model.vocabulary) == (plain.size_bytes, plain.vocabulary)
    assert model.tokenize("Hello there") == text
    for opened in (plain, model):
        opened.close()


def test_a_misaligned_model_and_a_missing_file_are_refused(tiny: dict[str, Path], tmp_path: Path) -> None:
    outer = tmp_path / "outer.llamafile"
    outer.write_bytes(bytes(4097) + tiny["llama"].read_bytes())

    for path, offset in ((outer, 4097), (tmp_path / "gone", 4096)):
        with pytest.raises(llama.EngineError):
            llama.LlamaModel(str(path), LoadSettings(), dry=False, offset=offset)
