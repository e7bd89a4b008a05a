"""The tensors of a file on this disk, for sizing it at other quantizations whatever its architecture."""

from tui.models.gguf.reader import read_header
from tui.models.model import ModelFile
from tui.models.tensors.model_tensors import Tensor


def file_tensors(file: ModelFile) -> tuple[Tensor, ...]:
    """Every tensor in the headers of a model's files. Reads the disk.

    Raises:
        GgufError: a file changed since it was listed and cannot be read any more.
    """
    return tuple(
        Tensor(tensor.name, tensor.dims) for shard in file.shards for tensor in read_header(shard).tensors
    )
