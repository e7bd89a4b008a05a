"""One model on the disk: its header read, its shards found, and what is wrong with it in words."""

from pathlib import Path

from tui.models.active_weights import active_bytes, prompt_weights
from tui.models.file_names import Split, model_name, quantization, split_of
from tui.models.gguf.header import ArrayInfo, GgufError, Header, TensorInfo, padded
from tui.models.gguf.metadata import ShapeError
from tui.models.gguf.reader import read_header
from tui.models.header_shape import shape_from_header
from tui.models.model import HeaderLayout, ModelFile, Shape
from tui.models.tensors.tensor import Tensor
from tui.text import clean_line

_NOT_ALONE = {
    "mmproj": "This is the vision or audio part of a model; it is not a language model by itself",
    "adapter": "This is a LoRA adapter; it is not a language model by itself",
    "imatrix": "This is an importance matrix for quantizing; it is not a language model",
    "vocab": "This holds a vocabulary only; it is not a language model by itself",
    "embedding": "This is an embedding model; it does not write text",
    "draft": "This is a draft model that speeds up another one; it is not a language model by itself",
    "speech": "This is a speech model; it does not write text",
    "diffusion": "This is a diffusion language model, which the chat cannot run",
}
_ARCHITECTURES = {
    "mmproj": "clip",
    "embedding": "bert eurobert gemma-embedding jina-bert-v2 jina-bert-v3 llama-embed modern-bert neo-bert "
    "nomic-bert nomic-bert-moe t5encoder",
    "draft": "dflash eagle3 gemma4-assistant",
    "speech": "pockettts qwen3tts wavtokenizer-dec",
    "diffusion": "dream llada llada-moe rnd1",
}
_BY_ARCHITECTURE = {name: kind for kind, names in _ARCHITECTURES.items() for name in names.split()}
_USE = "Choose the file of the model itself"


def model_file(path: Path, found_in: str) -> ModelFile:
    """The model that `path` belongs to, the whole of it when it is one shard of several.

    Never raises for what is in the file: `error` says what is wrong and what to do.
    """
    split = split_of(path)
    shards = _shards(path, split)
    size, modified = _disk_facts(shards)
    header: Header | None = None
    tensors: list[TensorInfo] = []
    weights = 0
    error: str | None = None
    try:
        for number, shard in enumerate(shards):
            part = _read_shard(shard, split)
            header = part if number == 0 else header
            tensors += part.tensors
            weights += sum(padded(tensor.bytes, part.alignment) for tensor in part.tensors)
        error = _not_a_model(header, tensors) or _unspeakable(path)
    except GgufError as problem:
        error = str(problem)
    shape, reason = _shape(header, tensors, error)
    experts = (shape.experts, shape.experts_used) if shape else (0, 0)
    return ModelFile(
        path=shards[0],
        shards=shards,
        size_bytes=size,
        modified_ns=modified,
        name=model_name(path, header),
        quant=quantization(path, header, tensors),
        found_in=found_in,
        weights_bytes=weights,
        shape=shape,
        shape_reason=reason,
        active_bytes=active_bytes(tensors, *experts) if error is None else {},
        prompt_weights=prompt_weights(tensors, *experts) if error is None else {},
        vocabulary=_vocabulary(header) if header is not None else "",
        layout=_layout(header) if header is not None else None,
        chat_template=header is not None and "tokenizer.chat_template" in header.metadata,
        error=clean_line(error) if error else None,
    )


def file_tensors(file: ModelFile) -> tuple[Tensor, ...]:
    """Return every tensor in the headers of a model's files, whatever its architecture. Reads the disk.

    Raises:
        GgufError: a file changed since it was listed and cannot be read any more.
    """
    return tuple(
        Tensor(tensor.name, tensor.dims) for shard in file.shards for tensor in read_header(shard).tensors
    )


def _unspeakable(path: Path) -> str | None:
    """What is wrong with a path that cannot be told to the engine, nor written down; None for any other."""
    try:
        str(path.absolute()).encode()
    except UnicodeEncodeError:
        return "The name of this file or of its folder is not UTF-8. Rename it."
    return None


def _vocabulary(header: Header) -> str:
    """Files of one family share it, and so what it takes in memory."""
    kinds = [header.metadata.get(f"tokenizer.ggml.{key}") for key in ("model", "pre")]
    tokens, merges = (header.metadata.get(f"tokenizer.ggml.{key}") for key in ("tokens", "merges"))
    counts = [str(part.count) if isinstance(part, ArrayInfo) else "0" for part in (tokens, merges)]
    if not isinstance(tokens, ArrayInfo):
        return ""
    return clean_line(":".join([*(kind if isinstance(kind, str) else "-" for kind in kinds), *counts]))


def _layout(header: Header) -> HeaderLayout:
    lists = sorted(
        (value.offset, value.bytes)
        for key, value in header.metadata.items()
        if key.startswith("tokenizer.") and isinstance(value, ArrayInfo) and value.type != "char"
    )
    return HeaderLayout(tuple(lists), header.table_end, header.data_offset, header.alignment)


def _shards(path: Path, split: Split | None) -> tuple[Path, ...]:
    if split is None:
        return (path,)
    return tuple(path.with_name(split.file_name(number)) for number in range(1, split.count + 1))


def _disk_facts(shards: tuple[Path, ...]) -> tuple[int, int]:
    """Bytes of the files that are there, together, and when the newest was changed."""
    size = modified = 0
    for shard in shards:
        try:
            facts = shard.stat()
        except (OSError, ValueError):
            # Reading the file comes to the same end and says so in words.
            continue
        size += facts.st_size
        modified = max(modified, facts.st_mtime_ns)
    return size, modified


def _read_shard(shard: Path, split: Split | None) -> Header:
    """The header of one file, with the file's name in the error when it is one of several."""
    if split is None:
        header = read_header(shard)
        count = header.metadata.get("split.count")
        if isinstance(count, int) and count > 1:
            raise GgufError(
                f"This is one of {count} files of a split model under another name",
                0,
                "Give it back its name, which ends in -00001-of-" + f"{count:05d}.gguf",
            )
        return header
    try:
        return read_header(shard)
    except GgufError as problem:
        if not shard.exists():
            raise GgufError(
                f"The model is split over {split.count} files and {shard.name} is missing",
                0,
                "Download that file into the same folder",
            ) from None
        raise GgufError(f"{shard.name}: {problem.message}", problem.offset, problem.hint) from None


def _not_a_model(header: Header | None, tensors: list[TensorInfo]) -> str | None:
    """Why a sound GGUF file is no model to talk to, or None."""
    if header is None:
        return None
    kind = header.metadata.get("general.type")
    architecture = header.metadata.get("general.architecture")
    if not isinstance(kind, str) or kind not in _NOT_ALONE:
        kind = _BY_ARCHITECTURE.get(architecture, "") if isinstance(architecture, str) else ""
    if not kind and not tensors:
        kind = "vocab"
    return f"{_NOT_ALONE[kind]}. {_USE}." if kind else None


def _shape(
    header: Header | None, tensors: list[TensorInfo], error: str | None
) -> tuple[Shape | None, str | None]:
    if header is None or error is not None:
        return None, "The file cannot be used"
    try:
        return shape_from_header(header, tensors), None
    except ShapeError as problem:
        return None, clean_line(f"The model cannot be sized: {problem}")
