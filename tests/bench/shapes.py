"""Models made up to be as large as real ones and quick to write: true shapes and vocabularies, and zeros."""

from collections.abc import Iterator
from pathlib import Path

from tests.gguf_files import Tensor, Typed, write_gguf
from tui.models.gguf.stub_metadata import StubValue, shape_keys
from tui.models.model import Shape
from tui.models.quantizations import tensor_types

_MERGES = {128_256: 280_147, 131_072: 269_443, 201_088: 446_189}
"""Of vocabularies that carry far more merges than tokens; the others have about as many."""
_SENTENCEPIECE_ARCHITECTURES = ("gemma", "gemma2", "gemma3", "gemma3n")
_SENTENCEPIECE_MOST = 32_768
"""Vocabularies no larger than this are SentencePiece ones, which have scores in the place of merges."""
_NORMAL, _BYTE = 1, 6
"""llama.cpp's kinds of tokens."""


def write_model(path: Path, shape: Shape, quant: str, name: str = "") -> Path:
    """Write a model of this shape: a header as long as a real one's, and a hole for the weights.

    `name` tells two vocabularies of the same size from each other; the same name is the same vocabulary.
    """
    keys = {
        key: value
        for key, value in shape_keys(shape).items()
        if not key.endswith(("vocab_size", "ggml.model"))
    }
    metadata = {key: _typed(value) for key, value in keys.items()} | vocabulary(shape, name)
    tensors = [Tensor(tensor.name, tensor.dims, tensor.type) for tensor in tensor_types(shape, quant)]
    return write_gguf(path, metadata, tensors)


def vocabulary(shape: Shape, name: str = "") -> dict[str, object]:
    """The keys of a made-up tokenizer with as many tokens, and as many merges, as a model of this shape has.

    Each lower-case letter is a token, and no two of them are ever merged into one.
    """
    count = shape.vocabulary
    if shape.architecture in _SENTENCEPIECE_ARCHITECTURES or count <= _SENTENCEPIECE_MOST:
        singles = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
        tokens = [*singles, *(f"▁{word}" if n % 2 else word for n, word in _words(count - len(singles)))]
        return {
            "tokenizer.ggml.model": "llama",
            "tokenizer.ggml.pre": f"default{name}",
            "tokenizer.ggml.tokens": tokens,
            "tokenizer.ggml.scores": Typed("float32", [-float(n) for n in range(count)]),
            "tokenizer.ggml.token_type": Typed(
                "int32", [_BYTE if 3 <= n < len(singles) else _NORMAL for n in range(count)]
            ),
        }
    singles = [chr(code) for code in _byte_letters()]
    tokens = [*singles, *(f"Ġ{word}" if n % 2 else word for n, word in _words(count - len(singles)))]
    # Cut behind the second letter or later: single letters never meet a rule.
    merges = [
        f"{word[: 2 + n % 3]} {word[2 + n % 3 :]}" for n, word in _words(_MERGES.get(count, count - 300))
    ]
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": f"gpt-2{name}",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": Typed("int32", [_NORMAL] * count),
        "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.eos_token_id": count - 1,
    }


def _words(count: int) -> Iterator[tuple[int, str]]:
    """Different words of five to nine letters, with their numbers: about as long as real tokens."""
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    for number in range(count):
        remainder, word = number, ""
        for _ in range(5):
            remainder, letter = divmod(remainder, 26)
            word += letters[letter]
        yield number, word + "ring"[: number % 5]


def _byte_letters() -> list[int]:
    """Code points that stand for the 256 bytes in a byte-level vocabulary, as GPT-2 assigns them."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [*plain, *range(256, 256 + 256 - len(plain))]


def _typed(value: StubValue) -> object:
    return Typed("int32", list(value)) if isinstance(value, tuple) else value
