"""Damaged headers: whatever is changed in a file, reading it ends, with a header or with a typed error."""

import tempfile
import tracemalloc
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gguf_files import Tensor, Typed, header_bytes, llama_metadata, llama_tensors
from tui.models.gguf.header import GgufError, Header
from tui.models.gguf.reader import read_header
from tui.models.model_file import model_file
from tui.services.sentences import sentence

QUIET = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
MOST_MEMORY = 64 << 20

GENERATED = header_bytes(
    llama_metadata()
    | {
        "tokenizer.ggml.tokens": ["a", "bc", "", "d" * 300],
        "tokenizer.ggml.scores": Typed("float32", [0.0] * 4),
        "x.flags": [True, False, True],
        "general.alignment": 32,
        "tokenizer.chat_template": "{{ messages }}",
    },
    llama_tensors(),
) + b"\x00" * sum(tensor.bytes + 31 for tensor in llama_tensors())

# Numbers at which sums and products go wrong.
AWKWARD = st.sampled_from(
    [0, 1, 7, 8, 9, 255, 1 << 31, (1 << 32) - 1, 1 << 62, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]
)


def header_or_error(path: Path) -> Header | GgufError:
    try:
        return read_header(path)
    except GgufError as error:
        return error


def survives(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gguf"
        path.write_bytes(data)
        tracemalloc.start()
        try:
            outcome = header_or_error(path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < MOST_MEMORY
        if isinstance(outcome, GgufError):
            assert sentence(outcome.reason)
            assert 0 <= outcome.offset <= len(data)
        else:
            ends = [outcome.data_offset + tensor.offset + tensor.bytes for tensor in outcome.tensors]
            assert max(ends, default=0) <= len(data)
        model = model_file(path, "here")
        assert model.error or model.shape or model.shape_reason


@QUIET
@given(offset=st.integers(0, len(GENERATED) - 1), flip=st.integers(1, 255))
def test_one_flipped_byte_of_a_small_model(offset: int, flip: int) -> None:
    data = bytearray(GENERATED)
    data[offset] ^= flip
    survives(bytes(data))


@QUIET
@given(offset=st.integers(0, len(GENERATED) - 8), number=AWKWARD)
def test_one_awkward_number_anywhere_in_a_small_model(offset: int, number: int) -> None:
    survives(GENERATED[:offset] + number.to_bytes(8, "little") + GENERATED[offset + 8 :])


@QUIET
@given(offset=st.integers(0, len(GENERATED)))
def test_a_small_model_cut_anywhere(offset: int) -> None:
    survives(GENERATED[:offset])


@QUIET
@given(data=st.binary(max_size=400))
def test_any_bytes_after_the_magic(data: bytes) -> None:
    survives(b"GGUF" + data)


@QUIET
@given(
    names=st.lists(st.text(max_size=70), max_size=5),
    dims=st.lists(st.integers(0, 1 << 20), max_size=4),
)
def test_any_names_and_dimensions(names: list[str], dims: list[int]) -> None:
    dims = dims[:1] + [dim % 4 for dim in dims[1:]]
    survives(header_bytes({}, [Tensor(name, tuple(dims), "F16") for name in names]))


@settings(QUIET, max_examples=40)
@given(offset=st.integers(0, 3000), number=AWKWARD)
def test_one_awkward_number_in_a_real_header(smollm2_header: bytes, offset: int, number: int) -> None:
    survives(smollm2_header[:offset] + number.to_bytes(8, "little") + smollm2_header[offset + 8 :])


@settings(QUIET, max_examples=40)
@given(data=st.data())
def test_flipped_bytes_in_a_real_header(smollm2_header: bytes, data: st.DataObject) -> None:
    changed = bytearray(smollm2_header)
    for _ in range(data.draw(st.integers(1, 5))):
        # Keys, tokens, merges and the table of tensors, which is at the end.
        offset = data.draw(
            st.one_of(st.integers(0, 2000), st.integers(1_760_000, 1_785_000), st.integers(0, 1_785_000))
        )
        changed[offset] ^= data.draw(st.integers(1, 255))
    survives(bytes(changed))
