"""Quantizations of one model side by side, each with its weight, its verdict and its loss of quality."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from tui.fit.verdict import Fit
from tui.models.catalogue.catalogue import normalised
from tui.models.model import Model, Shape
from tui.models.quality_loss import Quality, quality
from tui.models.quantizations import QUANTS, bits_of, choose_types, padded_bytes
from tui.models.tensors.model_tensors import Tensor, UnknownArchitectureError, tensors
from tui.sentences import Reason, reason

FULL_PRECISION = ("F32", "BF16", "F16")
"""Types that leave nothing out, or nearly."""

_USUAL = (
    "F32",
    "Q8_0",
    "Q6_K",
    "Q5_K_M",
    "Q5_K_S",
    "Q4_K_M",
    "Q4_K_S",
    "IQ4_XS",
    "Q4_0",
    "Q3_K_L",
    "Q3_K_M",
    "Q3_K_S",
    "IQ3_M",
    "Q2_K",
)
"""Quantizations shown of any model, besides one of 16 bits and those published or on the disk."""


class QuantRow(msgspec.Struct, frozen=True):
    """One quantization of a model."""

    model: Model
    """The model at this quantization: the one on the disk where there is one."""
    fit: Fit
    """Its verdict, footprint and speed."""
    bits_per_weight: float | None
    """Average over all tensors; None when they are not known."""
    quality: Quality
    current: bool = False
    """True for the quantization that the table was asked for."""
    published: bool = False
    """True when the catalogue says that it can be downloaded."""

    @property
    def quant(self) -> str:
        """Name of the quantization: `Q4_K_M`."""
        return self.model.quant

    @property
    def on_disk(self) -> bool:
        """True when a file of it is on this disk."""
        return self.model.on_disk


class QuantTable(msgspec.Struct, frozen=True):
    """The quantizations of one model, from the heaviest to the lightest."""

    rows: tuple[QuantRow, ...]
    reason: Reason | None = None
    """Reason why there is only the model itself; None for a whole table."""


def quant_rows(
    model: Model,
    judge: Callable[[Model], Fit],
    models: Iterable[Model] = (),
    own_tensors: Sequence[Tensor] | None = None,
) -> QuantTable:
    """Return the quantizations of a model; a pure function of its arguments.

    Args:
        model: the one to start from; its own row has the true weights of its file.
        judge: the verdict on a model, with the settings and on the machine in question.
        models: the list it is in, for quantizations of it that are on this disk.
        own_tensors: the tensors of its file, read where `needs_tensors` says so.
    """
    model_tensors, why = _tensors(model, own_tensors)
    published = model.entry.quants if model.entry else ()

    def row(row_model: Model, bits: float | None) -> QuantRow:
        is_current = row_model.quant == model.quant
        is_published = row_model.quant in published
        return QuantRow(row_model, judge(row_model), bits, quality(row_model.quant), is_current, is_published)

    if not model_tensors or model.shape is None:
        return QuantTable((row(model, None),), why)
    available = available_quants(model, models)
    rows = [
        row(*_model_at(model, model.shape, model_tensors, quant, available))
        for quant in _selection(available, published)
    ]
    rows.sort(key=lambda row: row.model.weights_bytes, reverse=True)
    return QuantTable(tuple(rows), why)


def needs_tensors(model: Model) -> bool:
    """Return True when only the tensors in its file say what it weighs at another quantization."""
    return model.can_load and _tensors(model, None)[0] == ()


def available_quants(model: Model, models: Iterable[Model]) -> dict[str, Model]:
    """Return the model itself and its quantizations on this disk among `models`, by quantization."""
    available = {model.quant: model}
    for candidate in models:
        same_quant = available.get(candidate.quant)
        if not candidate.can_load or (same_quant is not None and same_quant.on_disk):
            continue
        if _is_same_model(model, candidate):
            available[candidate.quant] = candidate
    return available


def _tensors(model: Model, own_tensors: Sequence[Tensor] | None) -> tuple[Sequence[Tensor], Reason | None]:
    """Return the tensors that the model is made of, or none and the reason."""
    if model.shape is None:
        file = model.file
        why = (file.error or file.shape_reason) if file else None
        return (), why or reason("fit.parts_unknown")
    if own_tensors:
        return own_tensors, None
    try:
        return tensors(model.shape), None
    except UnknownArchitectureError as error:
        return (), reason("fit.quantizations_unsized", why=error.reason)


def _selection(available: Iterable[str], published: Iterable[str]) -> list[str]:
    """Return the quantizations to show, each once, one of 16 bits among them."""
    sizable = [quant for quant in published if quant in QUANTS]
    quants = list(dict.fromkeys([*_USUAL, *sizable, *available]))
    return quants if {"F16", "BF16"} & set(quants) else [*quants, "F16"]


def _model_at(
    model: Model,
    shape: Shape,
    model_tensors: Sequence[Tensor],
    quant: str,
    available: Mapping[str, Model],
) -> tuple[Model, float]:
    """Return the model at a quantization and its bits per weight; true weights where there is a file."""
    candidate = available.get(quant)
    if candidate is not None and (candidate.on_disk or quant not in QUANTS):
        return candidate, 8 * candidate.weights_bytes / sum(tensor.elements for tensor in model_tensors)
    typed = choose_types(shape, model_tensors, quant)
    if candidate is None:
        name = model.entry.name if model.entry else model.name
        candidate = Model(name, quant, padded_bytes(typed), shape, None, model.entry)
    return candidate, bits_of(typed)


def _is_same_model(model: Model, candidate: Model) -> bool:
    """Return True for two files of one model: of one catalogue entry, or of one name and the same layers."""
    if model.entry is not None or candidate.entry is not None:
        return model.entry == candidate.entry
    if normalised(model.name) != normalised(candidate.name):
        return False
    return (
        model.shape is None
        or candidate.shape is None
        or (model.shape.layers, model.shape.embedding) == (candidate.shape.layers, candidate.shape.embedding)
    )
