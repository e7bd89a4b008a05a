"""The rows of the model list: every file on this disk, then what the catalogue knows besides."""

from collections.abc import Iterable, Sequence

from tui.models.active_weights import weigh
from tui.models.catalogue.catalogue import Catalogue, normalised
from tui.models.model import CatalogueEntry, Model, ModelFile


def catalogue_models(catalogue: Catalogue, library_files: Sequence[ModelFile]) -> list[Model]:
    """A row for each file, with the entry it belongs to, and one for each entry that has no usable file here.

    A row without a file stands at the entry's default quantization, weighed by the types of its tensors.
    """
    by_name = _index(catalogue.entries)
    rows: list[Model] = []
    here: set[str] = set()
    for file in library_files:
        entry = _entry_of(file, by_name)
        if entry is not None and file.error is None:
            here.add(entry.name)
        rows.append(Model(file.name, file.quant, file.weights_bytes, file.shape, file, entry))
    rows += [catalogue_model(entry) for entry in catalogue.entries if entry.name not in here]
    return rows


def catalogue_model(entry: CatalogueEntry, quant: str | None = None) -> Model:
    """The row of an entry that isn't on this disk, at its default quantization or another one.

    Raises:
        UnknownQuantError: the sizes of that quantization are not known.
    """
    quant = quant or entry.default_quant
    return Model(entry.name, quant, weigh(entry.shape, quant).bytes, entry.shape, None, entry)


def with_quant(rows: Sequence[Model], entry: CatalogueEntry, quant: str) -> list[Model]:
    """The rows with an entry's row that is not on this disk at another quantization, or with one more.

    Raises:
        UnknownQuantError: the sizes of that quantization are not known.
    """
    wanted = catalogue_model(entry, quant)
    found = [wanted if not row.on_disk and row.entry == entry else row for row in rows]
    return found if wanted in found else [*found, wanted]


def find_entry(catalogue: Catalogue, name: str) -> CatalogueEntry | None:
    """The entry of this name, whatever its case and punctuation; None if there is none."""
    return _index(catalogue.entries).get(normalised(name))


def _index(entries: Iterable[CatalogueEntry]) -> dict[str, CatalogueEntry]:
    """Entries by each way their files are named: as they are, or with the publisher in front."""
    index: dict[str, CatalogueEntry] = {}
    for entry in entries:
        index[normalised(entry.name)] = entry
        index.setdefault(normalised(entry.publisher + entry.name), entry)
    return index


def _entry_of(file: ModelFile, by_name: dict[str, CatalogueEntry]) -> CatalogueEntry | None:
    # Files are also named `account_model`, after the hub account of the original weights.
    for name in (file.name, file.name.partition("_")[2]):
        entry = by_name.get(normalised(name)) if name else None
        if entry is not None and _alike(file, entry):
            return entry
    return None


def _alike(file: ModelFile, entry: CatalogueEntry) -> bool:
    """False where a file has an entry's name and another model's dimensions."""
    if file.shape is None:
        return True
    ours, theirs = entry.shape, file.shape
    return (ours.layers, ours.embedding) == (theirs.layers, theirs.embedding)
