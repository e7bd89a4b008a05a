"""Names of model files: the model, the quantization and the number of the shard."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tui.models.gguf.ggml_types import FILE_TYPES
from tui.models.gguf.header import Header, TensorInfo
from tui.text import clean_line

_SPLIT = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})")
_QUANT = re.compile(
    r"(?:^|[-_. ])(?:i1-|UD-)*"
    r"(?P<quant>I?Q\d(?:_[A-Z0-9]+)*|TQ\d_\d|MXFP4(?:_MOE)?|NVFP4|BF16|FP?16|FP?32)$",
    re.IGNORECASE,
)
_UNINFORMATIVE = frozenset({"", "model", "ggml-model", "gguf", "unsloth", "main"})
_SUFFIXES = frozenset({".gguf", ".llamafile"})
_DIGEST = re.compile(r"(?:sha\d+[-_])?[0-9a-f]{32,}")
"""Name that a download by its content gives a file."""
_SYNONYMS = {"FP16": "F16", "FP32": "F32", "MXFP4_MOE": "MXFP4"}
_RECIPES = ("_L", "_XL", "_XXL")
"""Endings of quantizations that publishers make by recipes of their own, which the header cannot name."""


class Shard(msgspec.Struct, frozen=True):
    """Number of a file in a model that is split over several: `…-00001-of-00003.gguf`."""

    stem: str
    number: int
    """From 1."""
    count: int

    def file_name(self, number: int) -> str:
        """Return the name of another file of the same model."""
        return f"{self.stem}-{number:05d}-of-{self.count:05d}.gguf"


def shard_of(path: Path) -> Shard | None:
    """Return the shard that the name of a file claims to be; None for a model in one file."""
    match = _SPLIT.fullmatch(path.stem)
    if match is None or path.suffix != ".gguf":
        return None
    number, count = int(match["number"]), int(match["count"])
    return Shard(match["stem"], number, count) if 1 <= number <= count else None


def says_nothing(path: Path) -> bool:
    """Return True for a file whose name is no model's: `model.gguf`, `Q4_K_M.gguf`, or a digest."""
    name = clean_line(_without_quant(_stem(path)))
    return name.lower() in _UNINFORMATIVE or _DIGEST.fullmatch(name) is not None


def model_name(path: Path, header: Header | None) -> str:
    """Return the file's name without quantization and shard number; people know their files by it.

    Where nothing remains, as for `Q4_K_M.gguf`, or only a digest, it is the name in the header, or else the
    full file name.
    """
    if not says_nothing(path):
        return clean_line(_without_quant(_stem(path)))
    header_name = header.metadata.get("general.name") if header else None
    header_name = clean_line(header_name) if isinstance(header_name, str) else ""
    return header_name or clean_line(path.stem) or ascii(path.stem)


def quantization(path: Path, header: Header | None, tensors: Sequence[TensorInfo]) -> str:
    """Return the quantization, such as `Q4_K_M`: from the header, the file name, or the type of most weights.

    The recipe of a publisher (`Q4_K_XL`) stands in the file name only, which is then believed.
    Empty when unknown.
    """
    match = _QUANT.search(_stem(path))
    quant = match["quant"].upper() if match else ""
    quant = _SYNONYMS.get(quant, quant)
    if quant.endswith(_RECIPES) and quant not in FILE_TYPES.values():
        return quant
    file_type = header.metadata.get("general.file_type") if header else None
    if isinstance(file_type, int) and file_type in FILE_TYPES:
        return FILE_TYPES[file_type]
    return quant or _dominant_type(tensors)


def _dominant_type(tensors: Sequence[TensorInfo]) -> str:
    elements: Counter[str] = Counter()
    for tensor in tensors:
        if len(tensor.dims) > 1:
            elements[tensor.type] += tensor.elements
    return elements.most_common(1)[0][0] if elements else ""


def _stem(path: Path) -> str:
    shard = shard_of(path)
    if shard is not None:
        return shard.stem
    return path.name[: -len(path.suffix)] if path.suffix.lower() in _SUFFIXES else path.name


def _without_quant(stem: str) -> str:
    match = _QUANT.search(stem)
    return stem[: match.start()] if match else stem
