"""Identity of the content of model files: what tells that two names mean the same model."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tui.models.model import ModelFile, OtherPlace

_HEADER_BYTES = 64 << 10
_SAMPLE_BYTES = 4 << 10
_SAMPLES = 8
"""Samples of the weights: two finetunes of one model may have headers that are equal."""


def content_print(model: ModelFile) -> str:
    """Return a hash of the beginning of each file and of samples from all over it; empty if unreadable.

    Reading all of it would take minutes. Files of one size whose print is equal are taken for the same.
    """
    try:
        samples = b"".join(_samples(path) for path in model.shards)
    except (OSError, ValueError):
        return ""
    return hashlib.sha256(samples).hexdigest()


def _samples(path: Path) -> bytes:
    with path.open("rb", buffering=0) as file:
        size = file.seek(0, 2)
        file.seek(0)
        parts = [size.to_bytes(8, "little"), file.read(_HEADER_BYTES)]
        for number in range(1, _SAMPLES + 1):
            file.seek(max(0, size - _SAMPLE_BYTES) * number // _SAMPLES)
            parts.append(file.read(_SAMPLE_BYTES))
    return b"".join(parts)


def one_row_each(models: Sequence[ModelFile], prints: Sequence[str]) -> list[ModelFile]:
    """Return the first of the models of each content, with the places of the other ones.

    Two models are the same when their stores give both the same hash, or where not both have one, when their
    sizes and their prints are equal.
    """
    rows: list[ModelFile] = []
    by_hash: dict[str, int] = {}
    by_print: dict[tuple[int, str], list[int]] = {}
    for model, content in zip(models, prints, strict=True):
        # A file that is broken or cut off has not the content that its store promises.
        named_hash = model.sha256 if model.error is None or model.kind else ""
        index = by_hash.get(named_hash) if named_hash else None
        if index is None and content:
            alike = by_print.get((model.size_bytes, content), ())
            index = next((row for row in alike if _may_be_same(rows[row], model)), None)
        if index is None:
            index = len(rows)
            rows.append(model)
        else:
            rows[index] = _joined(rows[index], model)
        if named_hash:
            by_hash.setdefault(named_hash, index)
        if content:
            by_print.setdefault((model.size_bytes, content), []).append(index)
    return rows


def _may_be_same(model: ModelFile, twin: ModelFile) -> bool:
    return not (model.sha256 and twin.sha256 and model.sha256 != twin.sha256)


def _joined(model: ModelFile, twin: ModelFile) -> ModelFile:
    place = OtherPlace(twin.path, twin.found_in, twin.stored_as)
    places = [*model.elsewhere, *(item for item in (place, *twin.elsewhere) if item not in model.elsewhere)]
    return msgspec.structs.replace(model, sha256=model.sha256 or twin.sha256, elsewhere=tuple(places))
