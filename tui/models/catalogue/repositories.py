"""Hub repositories of an entry of the catalogue, and the names of the files in them."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import cast

from tui.models.model import CatalogueEntry, CatalogueRepository
from tui.models.quantizations import QUANTS

PLACEHOLDER = "{quant}"
"""Stands for the quantization in a file name."""
_SYNONYMS = {"F16": "F16|FP16", "F32": "F32|FP32", "MXFP4": "MXFP4(?:_MOE)?"}
"""Other spellings of a quantization in file names."""
_RECIPE = "UD-"
"""Before the quantization: Unsloth's own choice of types, near the size of the plain one."""


def entry_repositories(values: Mapping[str, object]) -> tuple[CatalogueRepository, ...]:
    """Return the repositories in the checked values of an entry, the preferred one first."""
    others = cast(list[dict[str, object]], values.get("other_repositories", []))
    return tuple(_repository(table) for table in (values, *others))


def _repository(table: Mapping[str, object]) -> CatalogueRepository:
    name = cast(str, table["repository"])
    files = cast(str | None, table.get("files")) or usual_file_name(name)
    return CatalogueRepository(name, files, in_size_order(cast(list[str], table["quants"])))


def usual_file_name(repository: str) -> str:
    """Return the name that files have in most repositories: that of the repository, and the quantization."""
    stem = re.sub(r"[-_.]gguf$", "", repository.rpartition("/")[2], flags=re.IGNORECASE)
    return f"{stem}-{PLACEHOLDER}.gguf"


def in_size_order(quants: Collection[str]) -> tuple[str, ...]:
    """Sort quantizations from few bits per weight to many."""
    return tuple(sorted(quants, key=QUANTS.index))


def repositories_with(entry: CatalogueEntry, quant: str) -> tuple[CatalogueRepository, ...]:
    """Return the repositories of an entry that offer this quantization, the preferred one first."""
    return tuple(repository for repository in entry.repositories if quant in repository.quants)


def file_pattern(repository: CatalogueRepository, quant: str) -> re.Pattern[str]:
    """Return the pattern of the paths that files of a quantization have in a repository.

    A file may lie in a folder, as large quantizations do, and be one of several: the groups `number` and
    `count` are then those of the shard. The group `recipe` is there for files that a publisher made by a
    recipe of its own. The pattern matches the whole path, in any case of letters.
    """
    spelling = _SYNONYMS.get(quant, re.escape(quant))
    before, _placeholder, after = repository.files.removesuffix(".gguf").partition(PLACEHOLDER)
    name = f"{re.escape(before)}(?P<recipe>{_RECIPE})?(?:{spelling}){re.escape(after)}"
    shard = r"(?:-(?P<number>\d{5})-of-(?P<count>\d{5}))?"
    return re.compile(rf"(?:[^/]+/)?{name}{shard}\.gguf", re.IGNORECASE)


def files_of(repository: CatalogueRepository, quant: str, listing: Iterable[str]) -> tuple[str, ...]:
    """Return the files of a quantization, out of the paths of all files of a repository, in their order.

    Empty where the listing has none, or not all files of a split model. The plain quantization comes before
    one by a recipe, and a model in one file before the same model in several.
    """
    pattern = file_pattern(repository, quant)
    matches = sorted(
        (match for path in listing if (match := pattern.fullmatch(path))),
        key=lambda match: (
            bool(match["recipe"]),
            int(match["count"] or 0),
            match.string.count("/"),
            match.string,
        ),
    )
    if not matches:
        return ()
    first = matches[0]
    if first["count"] is None:
        return (first.string,)
    stem = first.string[: first.start("number")]
    shards = [match.string for match in matches if match.string.startswith(stem)]
    return tuple(shards) if len(shards) == int(first["count"]) else ()
