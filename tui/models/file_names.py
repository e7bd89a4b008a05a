"""What a file's name says: the model, the quantization, the place in a split model."""

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
_SAYS_NOTHING = frozenset({"", "model", "ggml-model", "gguf", "unsloth", "main"})
_SAME = {"FP16": "F16", "FP32": "F32", "MXFP4_MOE": "MXFP4"}
_RECIPES = ("_L", "_XL", "_XXL")
"""Ends of quantizations that publishers make by recipes of their own, which the header cannot name."""


class Split(msgspec.Struct, frozen=True):
    """The place of a file in a model split over several: `…-00001-of-00003.gguf`."""

    stem: str
    number: int
    """From 1."""
    count: int

    def file_name(self, number: int) -> str:
        """The name of another file of the same model."""
        return f"{self.stem}-{number:05d}-of-{self.count:05d}.gguf"


def split_of(path: Path) -> Split | None:
    """The place that the file's name claims; None for a model in one file."""
    match = _SPLIT.fullmatch(path.stem)
    if match is None or path.suffix != ".gguf":
        return None
    number, count = int(match["number"]), int(match["count"])
    return Split(match["stem"], number, count) if 1 <= number <= count else None


def model_name(path: Path, header: Header | None) -> str:
    """The file's name without quantization and place; people know their files by it.

    Where it says nothing, as in `Q4_K_M.gguf`, the name in the header, and at last the whole file name.
    """
    name = clean_line(_without_quant(_stem(path)))
    if name.lower() not in _SAYS_NOTHING:
        return name
    inside = header.metadata.get("general.name") if header else None
    inside = clean_line(inside) if isinstance(inside, str) else ""
    return inside or clean_line(path.stem) or "(no name)"


def quantization(path: Path, header: Header | None, tensors: Sequence[TensorInfo]) -> str:
    """`Q4_K_M` and the like, from the header, else the file's name, else the type that most weights have.

    A publisher's own recipe (`Q4_K_XL`) stands in the name only; there the name is believed.
    Empty when unknown.
    """
    match = _QUANT.search(_stem(path))
    named = match["quant"].upper() if match else ""
    named = _SAME.get(named, named)
    if named.endswith(_RECIPES) and named not in FILE_TYPES.values():
        return named
    file_type = header.metadata.get("general.file_type") if header else None
    if isinstance(file_type, int) and file_type in FILE_TYPES:
        return FILE_TYPES[file_type]
    return named or _dominant_type(tensors)


def _dominant_type(tensors: Sequence[TensorInfo]) -> str:
    elements: Counter[str] = Counter()
    for tensor in tensors:
        if len(tensor.dims) > 1:
            elements[tensor.type] += tensor.elements
    return elements.most_common(1)[0][0] if elements else ""


def _stem(path: Path) -> str:
    split = split_of(path)
    if split is not None:
        return split.stem
    return path.stem if path.suffix.lower() == ".gguf" else path.name


def _without_quant(stem: str) -> str:
    match = _QUANT.search(stem)
    return stem[: match.start()] if match else stem
