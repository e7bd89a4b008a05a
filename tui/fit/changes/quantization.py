"""A lighter quantization, as a step towards a better verdict."""

import functools
from collections.abc import Iterator, Sequence
from typing import ClassVar

import msgspec

from tui.fit.changes.step import Setup
from tui.fit.quants import available_quants
from tui.models.listing import catalogue_model
from tui.models.model import CatalogueEntry, Model
from tui.models.quantizations import UnknownQuantError
from tui.models.tensors.model_tensors import UnknownArchitectureError
from tui.sentences import Reason, reason


class LighterQuantization(msgspec.Struct, frozen=True):
    """Take the same model at a lighter quantization."""

    kind: ClassVar[str] = "quant"
    changes_settings: ClassVar[bool] = False
    gain_is_rough: ClassVar[bool] = False

    model: Model

    @property
    def downloads(self) -> bool:
        """True when the file is not on this disk."""
        return not self.model.on_disk

    def apply(self, setup: Setup) -> Setup:
        """Return the setup with this model."""
        return msgspec.structs.replace(setup, model=self.model)

    def describe(self) -> Reason:
        """Name the quantization and say where it is: `quantization Q4_K_M (on disk)`."""
        code = "fit.change_quant_to_download" if self.downloads else "fit.change_quant_on_disk"
        return reason(code, quant=self.model.quant)

    def describe_briefly(self) -> Reason:
        """Name the quantization: `Q4_K_M`."""
        return reason("fit.change_quant_brief", quant=self.model.quant)

    def cost(self) -> tuple[Reason, ...]:
        """Say what quality is lost, and what is to be downloaded."""
        quality = reason("fit.fewer_bits")
        if not self.downloads:
            return (quality,)
        return (quality, reason("fit.file_to_download", size=self.model.weights_bytes))


def lighter_files(model: Model, models: Sequence[Model]) -> list[Model]:
    """Return the lighter quantizations of a model among the files on this disk, the heaviest first."""
    lighter = [
        file for file in available_quants(model, models).values() if file.weights_bytes < model.weights_bytes
    ]
    return sorted(lighter, key=lambda file: file.weights_bytes, reverse=True)


def lighter_downloads(model: Model, models: Sequence[Model]) -> Iterator[Model]:
    """Yield the lighter quantizations that are published and not on this disk, the heaviest first."""
    entry = model.entry
    if entry is None:
        return
    on_disk = available_quants(model, models)
    for quant in reversed(entry.quants):
        published = _published(entry, quant) if quant not in on_disk else None
        if published is not None and published.weights_bytes < model.weights_bytes:
            yield published


@functools.lru_cache(maxsize=1024)
def _published(entry: CatalogueEntry, quant: str) -> Model | None:
    """Return the row of an entry at a quantization; None where its size is not known."""
    try:
        return catalogue_model(entry, quant)
    except (UnknownQuantError, UnknownArchitectureError):
        return None
