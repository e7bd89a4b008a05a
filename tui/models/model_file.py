"""One model on the disk: its shards, its header and the reason why it cannot be used."""

from pathlib import Path

from tui.models.active_weights import active_bytes, prompt_weights
from tui.models.file_names import Shard, model_name, quantization, shard_of
from tui.models.gguf.header import ArrayInfo, GgufError, Header, TensorInfo, padded
from tui.models.gguf.llamafile import EmbeddedGguf, embedded_gguf, is_llamafile
from tui.models.gguf.metadata import ShapeError
from tui.models.gguf.reader import read_header
from tui.models.header_shape import shape_from_header
from tui.models.model import HeaderLayout, ModelFile, Shape
from tui.models.purpose import kind_of_file, kind_reason
from tui.models.tensors.tensor import Tensor
from tui.sentences import Reason, reason
from tui.text import clean_line


def model_file(path: Path, found_in: str) -> ModelFile:
    """Read the model that `path` belongs to, with all its shards when it is split.

    `found_in` is the code of its store. Never raises for the contents: `error` is then the reason.
    """
    shard = shard_of(path)
    shards = _shard_paths(path, shard)
    size, modified = _size_and_change(shards)
    header: Header | None = None
    tensors: list[TensorInfo] = []
    weights = 0
    error: Reason | None = None
    kind = ""
    embedded: EmbeddedGguf | None = None
    try:
        embedded = embedded_gguf(path) if is_llamafile(path) else None
        for number, shard_path in enumerate(shards):
            part = _read_shard(shard_path, shard, embedded)
            header = part if number == 0 else header
            tensors += part.tensors
            weights += sum(padded(tensor.bytes, part.alignment) for tensor in part.tensors)
        kind = kind_of_file(header, tensors) if header is not None else ""
        error = kind_reason(kind) if kind else _name_problem(path)
    except GgufError as refusal:
        error = refusal.reason
    shape, shape_reason = _shape(header, tensors, error)
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
        shape_reason=shape_reason,
        active_bytes=active_bytes(tensors, *experts) if error is None else {},
        prompt_weights=prompt_weights(tensors, *experts) if error is None else {},
        vocabulary=_vocabulary(header) if header is not None else "",
        layout=_layout(header) if header is not None else None,
        reads_text=header is None or isinstance(header.metadata.get("tokenizer.ggml.tokens"), ArrayInfo),
        chat_template=header is not None and "tokenizer.chat_template" in header.metadata,
        kind=kind,
        error=error,
        architecture=_header_text(header, "general.architecture"),
        header_name=_header_text(header, "general.name"),
        span=embedded.span if embedded is not None else None,
    )


def file_tensors(file: ModelFile) -> tuple[Tensor, ...]:
    """Return every tensor in the headers of a model's files, whatever its architecture. Reads the disk.

    Raises:
        GgufError: a file changed since it was listed and cannot be read any more.
    """
    return tuple(
        Tensor(tensor.name, tensor.dims)
        for shard in file.shards
        for tensor in read_header(shard, file.span).tensors
    )


def _name_problem(path: Path) -> Reason | None:
    """Return the reason why a path cannot be passed to the engine or stored; None when it can."""
    try:
        str(path.absolute()).encode()
    except UnicodeEncodeError:
        return reason("models.name_not_utf8")
    return None


def _header_text(header: Header | None, key: str) -> str:
    value = header.metadata.get(key) if header is not None else None
    return clean_line(value) if isinstance(value, str) else ""


def _vocabulary(header: Header) -> str:
    """Return what identifies the vocabulary: files of one family share it, and so its size in memory."""
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


def _shard_paths(path: Path, shard: Shard | None) -> tuple[Path, ...]:
    if shard is None:
        return (path,)
    return tuple(path.with_name(shard.file_name(number)) for number in range(1, shard.count + 1))


def _size_and_change(shards: tuple[Path, ...]) -> tuple[int, int]:
    """Return the bytes of all files that are there, and the latest time of change in nanoseconds."""
    size = modified = 0
    for shard in shards:
        try:
            status = shard.stat()
        except (OSError, ValueError):
            # Reading the file fails in the same way and gives the reason.
            continue
        size += status.st_size
        modified = max(modified, status.st_mtime_ns)
    return size, modified


def _read_shard(path: Path, shard: Shard | None, embedded: EmbeddedGguf | None) -> Header:
    """Read the header of one file; the error names the file when it is one of several."""
    if shard is None:
        header = read_header(path, embedded.span if embedded is not None else None)
        count = header.metadata.get("split.count")
        if isinstance(count, int) and count > 1:
            raise GgufError(reason("models.renamed_shard", count=count, ending=f"-00001-of-{count:05d}.gguf"))
        return header
    try:
        return read_header(path)
    except GgufError as refusal:
        if not path.exists():
            raise GgufError(reason("models.shard_missing", count=shard.count, file=path.name)) from None
        raise GgufError(
            reason("models.bad_shard", file=path.name, why=refusal.reason, byte=refusal.offset)
        ) from None


def _shape(
    header: Header | None, tensors: list[TensorInfo], error: Reason | None
) -> tuple[Shape | None, Reason | None]:
    if header is None or error is not None:
        return None, reason("models.file_unusable")
    try:
        return shape_from_header(header, tensors), None
    except ShapeError as refusal:
        return None, reason("models.unsized", why=refusal.reason)
