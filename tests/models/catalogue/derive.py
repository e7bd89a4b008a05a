"""Shapes in TOML from a table of published configurations, each checked by the parameters counted from it.

    python -m tests.models.catalogue.derive TABLE.tsv NAME ...

The table has a column for each name of `_COLUMNS`. Such tables are gathered by machine and have errors. A
shape whose count differs from the published one is printed with the difference, and not as an entry.
"""

import csv
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from tui.models.catalogue.entry import TOLERANCE
from tui.models.catalogue.shape import entry_shape
from tui.models.tensors.model_tensors import parameters

_COLUMNS = {
    "layers": "layers",
    "embedding": "hidden_size",
    "feed_forward": "moe_ffn",
    "heads": "heads",
    "kv_heads": "kv_heads",
    "key_length": "head_dim",
    "vocabulary": "vocab_size",
    "context": "context",
    "experts": "experts",
    "experts_used": "active_experts",
}
"""Keys of an entry, and the columns that have them."""
_ARCHITECTURES = {
    "apertus": "apertus",
    "exaone4": "exaone4",
    "gpt_oss": "gpt-oss",
    "granite": "granite",
    "granitemoehybrid": "granite",
    "hunyuan_v1_dense": "hunyuan-dense",
    "llama": "llama",
    "mistral": "llama",
    "olmo3": "olmo2",
    "phi3": "phi3",
    "qwen2": "qwen2",
    "qwen3": "qwen3",
    "qwen3_moe": "qwen3moe",
    "qwen3_vl": "qwen3vl",
    "seed_oss": "seed_oss",
    "smollm3": "smollm3",
}
"""GGUF's names of the architectures that these columns describe as a whole."""


class DerivedShape(msgspec.Struct, frozen=True):
    """The shape of one row of the table."""

    values: Mapping[str, object]
    """By the keys of an entry; empty when the columns cannot describe it."""
    published: int
    """Parameters by the table."""
    counted: int
    """Parameters counted from the shape."""

    @property
    def is_confirmed(self) -> bool:
        """True when the count agrees with the published one as an entry's must."""
        return bool(self.values) and abs(self.counted - self.published) <= TOLERANCE * self.published


def derive(row: Mapping[str, str]) -> DerivedShape:
    """Return the shape of a row, with the embedding tied or not: whichever has the published count."""
    published = int(row["parameters"] or 0)
    architecture = _ARCHITECTURES.get(row["architecture"])
    values: dict[str, object] = {key: int(row[column]) for key, column in _COLUMNS.items() if row[column]}
    if architecture is None or not set(_COLUMNS) - {"experts", "experts_used"} <= set(values):
        return DerivedShape({}, published, 0)
    candidates = [
        {"architecture": architecture, **values, **({"tied": True} if is_tied else {})}
        for is_tied in (False, True)
    ]
    shapes = [
        DerivedShape(candidate, published, parameters(entry_shape(candidate))) for candidate in candidates
    ]
    return min(shapes, key=lambda shape: abs(shape.counted - published))


def toml_lines(shape: DerivedShape) -> Iterable[str]:
    """Yield the lines of the entry for a shape."""
    yield f"parameters = {shape.counted:_}"
    for key, value in shape.values.items():
        yield f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}".replace("'", '"')


def main(arguments: list[str]) -> int:
    """Print the shapes of the named rows; return 1 where one is not confirmed."""
    with Path(arguments[0]).open(encoding="utf-8", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file, delimiter="\t")}
    failed = 0
    for name in arguments[1:]:
        shape = derive(rows[name])
        print(f"# {name}")
        if shape.is_confirmed:
            print("\n".join(toml_lines(shape)))
        else:
            failed = 1
            print(f"# not confirmed: {shape.published:_} are published, {shape.counted:_} are counted")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
