"""Writes GGUF files for tests: true headers, weights that are a hole of zeros in a sparse file."""

import os
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tui.models.gguf.ggml_types import TENSOR_TYPES
from tui.models.gguf.header import Header, TensorInfo

_TYPE_NUMBERS = {kind.name: number for number, kind in TENSOR_TYPES.items()}
_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
KINDS = {
    "uint8": 0,
    "int8": 1,
    "uint16": 2,
    "int16": 3,
    "uint32": 4,
    "int32": 5,
    "float32": 6,
    "bool": 7,
    "string": 8,
    "array": 9,
    "uint64": 10,
    "int64": 11,
    "float64": 12,
}


class Typed(NamedTuple):
    """A metadata value whose GGUF type matters: `Typed("uint64", 3)`, `Typed("uint8", [1, 2])`."""

    kind: str
    value: object


class Tensor(NamedTuple):
    """A tensor to write: name, dimensions with the row first, ggml's name of the type."""

    name: str
    dims: tuple[int, ...]
    type: str = "F32"

    @property
    def bytes(self) -> int:
        elements = 1
        for dim in self.dims:
            elements *= dim
        return TENSOR_TYPES[_TYPE_NUMBERS[self.type]].row_bytes(elements)


def string(text: str | bytes) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(data)) + data


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "uint32" if value >= 0 else "int32"
    return "float32" if isinstance(value, float) else "string"


def value_bytes(value: object) -> bytes:
    """A metadata value with its type in front: whole numbers as uint32, lists as their first item."""
    kind, plain = value if isinstance(value, Typed) else (None, value)
    if isinstance(plain, (list, tuple)):
        inner = kind or (_kind_of(plain[0]) if plain else "uint32")
        head = struct.pack("<IIQ", KINDS["array"], KINDS[inner], len(plain))
        if inner == "string":
            return head + b"".join(string(item) for item in plain)
        return head + struct.pack(f"<{len(plain)}{_FORMATS[KINDS[inner]]}", *plain)
    kind = kind or _kind_of(plain)
    if kind == "string":
        return struct.pack("<I", KINDS["string"]) + string(plain)
    return struct.pack(f"<I{_FORMATS[KINDS[kind]]}", KINDS[kind], plain)


def header_bytes(
    metadata: Mapping[str, object],
    tensors: Sequence[Tensor] = (),
    *,
    version: int = 3,
    alignment: int = 32,
) -> bytes:
    """The header up to the first tensor's data, padding included."""
    parts = [b"GGUF", struct.pack("<IQQ", version, len(tensors), len(metadata))]
    parts += [string(key) + value_bytes(value) for key, value in metadata.items()]
    offset = 0
    for tensor in tensors:
        parts.append(string(tensor.name))
        parts.append(struct.pack(f"<I{len(tensor.dims)}Q", len(tensor.dims), *tensor.dims))
        parts.append(struct.pack("<IQ", _TYPE_NUMBERS[tensor.type], offset))
        offset += -(-tensor.bytes // alignment) * alignment
    data = b"".join(parts)
    return data + b"\x00" * (-len(data) % alignment)


def write_gguf(
    path: Path,
    metadata: Mapping[str, object],
    tensors: Sequence[Tensor] = (),
    *,
    version: int = 3,
    alignment: int = 32,
) -> Path:
    """A complete file: the header, and a hole as long as the weights."""
    data = header_bytes(metadata, tensors, version=version, alignment=alignment)
    path.write_bytes(data)
    weights = sum(-(-tensor.bytes // alignment) * alignment for tensor in tensors)
    os.truncate(path, len(data) + weights)
    return path


def llama_tensors(
    *,
    layers: int = 2,
    embedding: int = 64,
    feed_forward: int = 128,
    heads: int = 4,
    kv_heads: int = 2,
    vocabulary: int = 256,
    type: str = "F16",
    tied: bool = False,
) -> list[Tensor]:
    """The tensors of a dense llama model, norms in F32."""
    head = embedding // heads
    tensors = [
        Tensor("token_embd.weight", (embedding, vocabulary), type),
        Tensor("output_norm.weight", (embedding,)),
    ]
    if not tied:
        tensors.append(Tensor("output.weight", (embedding, vocabulary), type))
    for layer in range(layers):
        tensors += [
            Tensor(f"blk.{layer}.attn_norm.weight", (embedding,)),
            Tensor(f"blk.{layer}.attn_q.weight", (embedding, embedding), type),
            Tensor(f"blk.{layer}.attn_k.weight", (embedding, head * kv_heads), type),
            Tensor(f"blk.{layer}.attn_v.weight", (embedding, head * kv_heads), type),
            Tensor(f"blk.{layer}.attn_output.weight", (embedding, embedding), type),
            Tensor(f"blk.{layer}.ffn_norm.weight", (embedding,)),
            Tensor(f"blk.{layer}.ffn_gate.weight", (embedding, feed_forward), type),
            Tensor(f"blk.{layer}.ffn_up.weight", (embedding, feed_forward), type),
            Tensor(f"blk.{layer}.ffn_down.weight", (feed_forward, embedding), type),
        ]
    return tensors


def llama_metadata(
    *,
    layers: int = 2,
    embedding: int = 64,
    feed_forward: int = 128,
    heads: int = 4,
    kv_heads: int = 2,
    vocabulary: int = 256,
    context: int = 512,
    **more: object,
) -> dict[str, object]:
    """The keys that the engine needs to load a llama model without a tokenizer; `more` adds or replaces."""
    return {
        "general.architecture": "llama",
        "general.type": "model",
        "llama.block_count": layers,
        "llama.context_length": context,
        "llama.embedding_length": embedding,
        "llama.feed_forward_length": feed_forward,
        "llama.attention.head_count": heads,
        "llama.attention.head_count_kv": kv_heads,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.vocab_size": vocabulary,
        "tokenizer.ggml.model": "none",
        **more,
    }


def write_llama(path: Path, *, type: str = "F16", metadata: Mapping[str, object] = {}, **sizes: int) -> Path:
    """A small dense llama model of zeros, which the engine loads; `metadata` adds or replaces keys."""
    shape_sizes = {key: value for key, value in sizes.items() if key != "context"}
    # Without a key of its own each file would be the same model under another name.
    keys = llama_metadata(**sizes) | {"general.source.url": os.fsencode(path.name)} | dict(metadata)
    return write_gguf(path, keys, llama_tensors(type=type, **shape_sizes))


def write_split(folder: Path, stem: str, shards: int, *, metadata: Mapping[str, object] = {}) -> list[Path]:
    """A llama model in `shards` files, its tensors dealt out in order."""
    tensors = llama_tensors()
    size = -(-len(tensors) // shards)
    paths: list[Path] = []
    for index in range(shards):
        split = {
            "split.no": Typed("uint16", index),
            "split.count": Typed("uint16", shards),
            "split.tensors.count": Typed("int32", len(tensors)),
        }
        keys = llama_metadata(**metadata) | split if index == 0 else split
        path = folder / f"{stem}-{index + 1:05d}-of-{shards:05d}.gguf"
        paths.append(write_gguf(path, keys, tensors[index * size : (index + 1) * size]))
    return paths


def bare_header(architecture: str, tensors: tuple[TensorInfo, ...] = (), /, **keys: object) -> Header:
    """A header of the given keys; `__` stands for the dot and what most architectures need is filled in."""
    usual = {"block_count": 12, "context_length": 4096, "embedding_length": 1024, "vocab_size": 1000}
    own = {key.replace("__", "."): value for key, value in keys.items()}
    metadata = {f"{architecture}.{key}": value for key, value in (usual | own).items()}
    return Header(3, {"general.architecture": architecture, **metadata}, tensors, 32, 0, 0)


ATTENTION = {"attention__head_count": 8, "attention__head_count_kv": 2, "feed_forward_length": 4096}
