"""Models inside llamafiles."""

from pathlib import Path

import pytest

from tests.models.stores.trees import gguf_bytes, llamafile
from tui.models.gguf.header import GgufError
from tui.models.gguf.llamafile import embedded_gguf, is_llamafile
from tui.models.gguf.reader import read_header
from tui.models.model_file import file_tensors, model_file
from tui.services.sentences import sentence


def test_the_header_is_read_at_its_offset(tmp_path: Path):
    data = gguf_bytes("Inside")
    path = llamafile(tmp_path / "Tiny-Q4_0.llamafile", data)

    embedded = embedded_gguf(path)

    start, length = embedded.span
    assert (embedded.name, length) == ("model.gguf", len(data))
    assert path.read_bytes()[start : start + 4] == b"GGUF"
    assert read_header(path, embedded.span).metadata["general.name"] == "Inside"


def test_the_model_is_sized_and_named_by_the_file(tmp_path: Path):
    data = gguf_bytes("Inside")
    (tmp_path / "plain-Q4_0.gguf").write_bytes(data)
    plain = model_file(tmp_path / "plain-Q4_0.gguf", "own")

    model = model_file(llamafile(tmp_path / "Tiny-Q4_0.llamafile", data), "own")

    assert (model.name, model.error, model.span is not None) == ("Tiny", None, True)
    assert (model.shape, model.weights_bytes, model.layout) == (
        plain.shape,
        plain.weights_bytes,
        plain.layout,
    )
    assert file_tensors(model) == file_tensors(plain)


def test_what_is_no_whole_llamafile_says_so(tmp_path: Path):
    data = gguf_bytes("Inside")
    cut = llamafile(tmp_path / "cut.llamafile", data)
    cut.write_bytes(cut.read_bytes()[:6000])
    files = {
        cut: "This is not a whole llamafile: no model is found in it",
        llamafile(
            tmp_path / "deflated.llamafile", data, compressed=True
        ): "The model in this llamafile is compressed",
        llamafile(tmp_path / "empty.llamafile", b"weights", name="x.txt"): "This llamafile holds no model",
        tmp_path / "gone.llamafile": "There is no such file",
    }

    for path, beginning in files.items():
        with pytest.raises(GgufError) as refusal:
            embedded_gguf(path)
        assert sentence(refusal.value.reason).startswith(beginning)
        assert model_file(path, "own").error == refusal.value.reason


def test_names_of_llamafiles():
    assert is_llamafile(Path("a.llamafile"))
    assert is_llamafile(Path("A.LLAMAFILE.EXE"))
    assert not is_llamafile(Path("a.gguf"))
