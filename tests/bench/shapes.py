"""Models of the usual sizes whose weights are all zero: as large as real ones, and quick to write."""

from pathlib import Path
from typing import NamedTuple

import gguf

from tests.gguf_files import Typed, llama_metadata, llama_tensors, write_gguf


class ZeroModel(NamedTuple):
    """The dimensions of a dense llama model, in elements."""

    name: str
    layers: int
    embedding: int
    feed_forward: int
    heads: int
    kv_heads: int
    vocabulary: int
    type: str


ZERO_MODELS = (
    ZeroModel("0.5B, few KV heads", 24, 896, 4864, 14, 2, 49_152, "Q8_0"),
    ZeroModel("1B, wide", 16, 2048, 8192, 32, 8, 49_152, "Q4_0"),
    ZeroModel("1B, 128k vocabulary", 16, 2048, 8192, 32, 8, 128_256, "Q4_0"),
    ZeroModel("0.4B, f16", 12, 1024, 4096, 16, 16, 49_152, "F16"),
)


def write_zero_model(path: Path, model: ZeroModel, tokenizer_of: Path) -> Path:
    """Write such a model with the tokenizer of another, padded to its vocabulary."""
    sizes = {
        "layers": model.layers,
        "embedding": model.embedding,
        "feed_forward": model.feed_forward,
        "heads": model.heads,
        "kv_heads": model.kv_heads,
        "vocabulary": model.vocabulary,
    }
    metadata = llama_metadata(context=32_768, **sizes) | _tokenizer(tokenizer_of, model.vocabulary)
    return write_gguf(path, metadata, llama_tensors(type=model.type, tied=True, **sizes))


def _tokenizer(path: Path, vocabulary: int) -> dict[str, object]:
    keys: dict[str, object] = {}
    for name, field in gguf.GGUFReader(path).fields.items():
        if not name.startswith("tokenizer.") or name == "tokenizer.chat_template":
            continue
        value = field.contents()
        if isinstance(value, list):
            kind = field.types[1].name.lower()
            keys[name] = Typed(kind, _padded(name, value, vocabulary))
        else:
            keys[name] = Typed(field.types[0].name.lower(), value)
    return keys


def _padded(name: str, values: list[object], vocabulary: int) -> list[object]:
    missing = vocabulary - len(values)
    if name == "tokenizer.ggml.tokens":
        return values + [f"<|unused{number}|>" for number in range(missing)]
    if name in ("tokenizer.ggml.token_type", "tokenizer.ggml.scores"):
        return values + [values[-1]] * missing
    return values
