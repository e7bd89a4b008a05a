"""Rows of the model list: every file on this disk, then the other models of the catalogue."""

from collections.abc import Iterable, Sequence

from tui.models.active_weights import weigh
from tui.models.catalogue.catalogue import Catalogue, normalised
from tui.models.model import CatalogueEntry, Model, ModelFile


def catalogue_models(catalogue: Catalogue, library_files: Sequence[ModelFile]) -> list[Model]:
    """List a row for each file, with its entry, and one for each entry without a usable file on this disk.

    A row without a file stands at the entry's default quantization, weighed by the types of its tensors.
    """
    by_name = _index(catalogue.entries)
    rows: list[Model] = []
    on_disk: set[str] = set()
    for file in library_files:
        entry = _entry_of(file, by_name)
        if entry is not None and file.error is None:
            on_disk.add(entry.name)
        rows.append(file_model(file, entry))
    rows += [
        catalogue_model(entry, weights_bytes=catalogue.default_bytes.get(entry.name))
        for entry in catalogue.entries
        if entry.name not in on_disk
    ]
    return rows


def file_model(file: ModelFile, entry: CatalogueEntry | None) -> Model:
    """Return the row of a file, and of the entry that knows it by name; None for no entry."""
    return Model(file.name, file.quant, file.weights_bytes, file.shape, file, entry)


def catalogue_model(
    entry: CatalogueEntry, quant: str | None = None, *, weights_bytes: int | None = None
) -> Model:
    """Return the row of an entry that is not on this disk, at its default quantization or another one.

    It is weighed by the types of its tensors unless `weights_bytes` is given.

    Raises:
        UnknownQuantError: the sizes of that quantization are not known.
    """
    quant = quant or entry.default_quant
    if weights_bytes is None:
        weights_bytes = weigh(entry.shape, quant).bytes
    return Model(entry.name, quant, weights_bytes, entry.shape, None, entry)


def with_quant(rows: Sequence[Model], entry: CatalogueEntry, quant: str) -> list[Model]:
    """Change the row of an entry that is not on this disk to another quantization, or add such a row.

    Raises:
        UnknownQuantError: the sizes of that quantization are not known.
    """
    replacement = catalogue_model(entry, quant)
    changed = [replacement if not row.on_disk and row.entry == entry else row for row in rows]
    return changed if replacement in changed else [*changed, replacement]


def find_entry(catalogue: Catalogue, name: str) -> CatalogueEntry | None:
    """Return the entry of this name, whatever its case and punctuation; None if there is none."""
    return _index(catalogue.entries).get(normalised(name))


def _index(entries: Iterable[CatalogueEntry]) -> dict[str, CatalogueEntry]:
    """Index entries by the names of their files: as they are, or with the publisher in front."""
    index: dict[str, CatalogueEntry] = {}
    for entry in entries:
        index[normalised(entry.name)] = entry
        index.setdefault(normalised(entry.publisher + entry.name), entry)
    return index


def _entry_of(file: ModelFile, by_name: dict[str, CatalogueEntry]) -> CatalogueEntry | None:
    # Files are also named `account_model`, after the hub account of the original weights.
    # Programs that keep files by their content give them names of their own, and the header has the maker's.
    for name in (file.name, file.name.partition("_")[2], file.header_name):
        entry = by_name.get(normalised(name)) if name else None
        if entry is not None and _has_shape_of(file, entry):
            return entry
    return None


def _has_shape_of(file: ModelFile, entry: CatalogueEntry) -> bool:
    """Return False for a file with the name of an entry and the dimensions of another model."""
    if file.shape is None:
        return True
    return (entry.shape.layers, entry.shape.embedding) == (file.shape.layers, file.shape.embedding)
