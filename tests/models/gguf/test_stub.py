"""Stubs of models that are not here: what is written is what a reader finds, and nothing fills the disk."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.catalogue.entries import ALL_KINDS
from tui.models.architectures import ARCHITECTURES
from tui.models.gguf.reader import read_header
from tui.models.gguf.stub import StubError, write_stub
from tui.models.header_shape import shape_from_header
from tui.models.listing import find_entry
from tui.models.model import CatalogueEntry, Latent, Shape, StateSpace
from tui.models.quantizations import UnknownQuantError, tensor_types, weights_bytes
from tui.models.tensors.model_tensors import UnknownArchitectureError, parameters

SHIPPED = ALL_KINDS
LARGEST_STUB = 1 << 20


def shape_of(name: str) -> Shape:
    entry = find_entry(SHIPPED, name)
    assert entry is not None
    return entry.shape


@pytest.mark.parametrize("entry", SHIPPED.entries, ids=lambda entry: entry.name)
def test_the_shape_of_every_entry_is_read_back_from_its_stub(entry: CatalogueEntry, tmp_path: Path) -> None:
    path = tmp_path / "stub.gguf"

    write_stub(path, entry.shape, entry.default_quant)

    # The file counts its own parameters; the published number may leave out a few small tables.
    counted = msgspec.structs.replace(entry.shape, parameters=parameters(entry.shape))
    assert shape_from_header(read_header(path)) == counted


@pytest.mark.parametrize("name", ["Qwen3-8B", "GLM-4.7-Flash", "falcon-mamba-7b-instruct"])
def test_stub_is_a_sparse_file_of_the_models_length(name: str, tmp_path: Path) -> None:
    path = tmp_path / "stub.gguf"

    write_stub(path, shape_of(name), "Q4_K_M")

    header = read_header(path)
    status = path.stat()
    assert status.st_size == header.data_offset + weights_bytes(shape_of(name), "Q4_K_M")
    assert status.st_blocks * 512 < LARGEST_STUB


def test_a_stub_has_the_tensors_with_their_types(tmp_path: Path) -> None:
    path = tmp_path / "stub.gguf"

    write_stub(path, shape_of("granite-4.0-h-tiny"), "Q5_K_M")

    dims = {tensor.name: tensor.dims for tensor in read_header(path).tensors}
    assert dims == {
        tensor.name: tensor.dims for tensor in tensor_types(shape_of("granite-4.0-h-tiny"), "Q5_K_M")
    }


PLAIN = Shape("llama", 2, 64, 128, 4, (2, 2), 16, 16, 100, 512)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"architecture": "starcoder9"}, UnknownArchitectureError),
        ({"kv_heads": ()}, UnknownArchitectureError),
        ({"layers": 0, "kv_heads": ()}, UnknownArchitectureError),
        ({"architecture": "deepseek2"}, UnknownArchitectureError),
        ({"architecture": "mamba", "kv_heads": (0, 0)}, UnknownArchitectureError),
        ({"architecture": "falcon-h1"}, UnknownArchitectureError),
        ({"architecture": "lfm2", "embedding": 0, "kv_heads": (0, 0)}, UnknownArchitectureError),
        ({"latent": Latent(512, 64, 128, 128)}, UnknownArchitectureError),
        ({"feed_forward": 1 << 70}, StubError),
        ({"vocabulary": 1 << 62}, StubError),
        ({"context_length": 1 << 40}, StubError),
    ],
)
def test_impossible_shape_is_refused_and_writes_nothing(
    changes: dict[str, object], error: type[Exception], tmp_path: Path
) -> None:
    path = tmp_path / "stub.gguf"

    with pytest.raises(error):
        write_stub(path, msgspec.structs.replace(PLAIN, **changes), "Q4_K_M")

    assert not path.exists()


def test_an_unknown_quantization_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownQuantError):
        write_stub(tmp_path / "stub.gguf", PLAIN, "Q9_K")


SIZES = st.one_of(st.integers(0, 4), st.integers(5, 1 << 12), st.integers(1 << 31, 1 << 65))


@given(
    st.builds(
        Shape,
        architecture=st.sampled_from(ARCHITECTURES),
        layers=st.integers(0, 4),
        embedding=SIZES,
        feed_forward=SIZES,
        heads=SIZES,
        kv_heads=st.lists(SIZES, max_size=4).map(tuple),
        key_length=SIZES,
        value_length=SIZES,
        vocabulary=SIZES,
        context_length=SIZES,
        experts=SIZES,
        experts_used=SIZES,
        shared_feed_forward=SIZES,
        dense_layers=SIZES,
        feed_forward_only=st.lists(st.integers(-1, 5)).map(tuple),
        recurrent_state=SIZES,
        latent=st.none() | st.builds(Latent, SIZES, SIZES, SIZES, SIZES, SIZES),
        state_space=st.none() | st.builds(StateSpace, SIZES, SIZES, SIZES, SIZES, SIZES),
    )
)
@settings(max_examples=300, deadline=None)
def test_any_shape_is_written_or_refused(tmp_path_factory: pytest.TempPathFactory, shape: Shape) -> None:
    path = tmp_path_factory.getbasetemp() / "any.gguf"
    try:
        write_stub(path, shape, "Q4_K_M")
    except (UnknownArchitectureError, StubError, OSError):
        return
    assert len(read_header(path).tensors) == len(tensor_types(shape, "Q4_K_M"))
