"""Every quantization of one model side by side: what each weighs, whether it runs here, what it loses."""

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
"""What is shown of any model, besides one of 16 bits and what is published or on the disk."""


class QuantRow(msgspec.Struct, frozen=True):
    """One quantization of a model."""

    model: Model
    """The model at this quantization: the one on the disk where there is one."""
    fit: Fit
    """Its verdict, footprint and speed."""
    bits_per_weight: float | None
    """On average over all tensors; None when they are not known."""
    quality: Quality
    current: bool = False
    """True for the quantization that the table was asked for."""
    published: bool = False
    """True when the catalogue says that it can be downloaded."""

    @property
    def quant(self) -> str:
        """The name of the quantization."""
        return self.model.quant

    @property
    def on_disk(self) -> bool:
        """True when a file of it is on this disk."""
        return self.model.on_disk


class QuantTable(msgspec.Struct, frozen=True):
    """The quantizations of one model, from the heaviest to the lightest."""

    rows: tuple[QuantRow, ...]
    reason: Reason | None = None
    """Why there is only the model itself; None for a whole table."""


def quant_rows(
    model: Model,
    judge: Callable[[Model], Fit],
    models: Iterable[Model] = (),
    own_tensors: Sequence[Tensor] | None = None,
) -> QuantTable:
    """The quantizations of a model; a pure function of its arguments.

    Args:
        model: the one to start from; its own row has the true weights of its file.
        judge: the verdict on a model with the settings and on the machine that count.
        others: the list it is in, for quantizations of it that are on this disk.
        own_tensors: the tensors of its file, asked for where `needs_tensors` says so.
    """
    of, why = _tensors(model, own_tensors)
    published = model.entry.quants if model.entry else ()

    def row(at: Model, bits: float | None) -> QuantRow:
        mine = at.quant == model.quant
        return QuantRow(at, judge(at), bits, quality(at.quant), mine, at.quant in published)

    if not of or model.shape is None:
        return QuantTable((row(model, None),), why)
    here = available_quants(model, models)
    found = [row(*_at(model, model.shape, of, quant, here)) for quant in _selection(here, published)]
    found.sort(key=lambda one: one.model.weights_bytes, reverse=True)
    return QuantTable(tuple(found), why)


def needs_tensors(model: Model) -> bool:
    """True when only the tensors in its file tell what it weighs at another quantization."""
    return model.can_load and _tensors(model, None)[0] == ()


def available_quants(model: Model, others: Iterable[Model]) -> dict[str, Model]:
    """The model itself and its other quantizations on this disk, by quantization."""
    here = {model.quant: model}
    for other in others:
        known = here.get(other.quant)
        if not other.can_load or (known is not None and known.on_disk):
            continue
        if _same(model, other):
            here[other.quant] = other
    return here


def _tensors(model: Model, own_tensors: Sequence[Tensor] | None) -> tuple[Sequence[Tensor], Reason | None]:
    """What the model is made of, or nothing and why not."""
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


def _selection(here: Iterable[str], published: Iterable[str]) -> list[str]:
    known = [quant for quant in published if quant in QUANTS]
    wanted = list(dict.fromkeys([*_USUAL, *known, *here]))
    return wanted if {"F16", "BF16"} & set(wanted) else [*wanted, "F16"]


def _at(
    model: Model, shape: Shape, of: Sequence[Tensor], quant: str, here: Mapping[str, Model]
) -> tuple[Model, float]:
    """The model at a quantization and its bits per weight; true weights where there is a file."""
    known = here.get(quant)
    if known is not None and (known.on_disk or quant not in QUANTS):
        return known, 8 * known.weights_bytes / sum(tensor.elements for tensor in of)
    typed = choose_types(shape, of, quant)
    if known is None:
        name = model.entry.name if model.entry else model.name
        known = Model(name, quant, padded_bytes(typed), shape, None, model.entry)
    return known, bits_of(typed)


def _same(model: Model, other: Model) -> bool:
    """True for two files of one model: of one catalogue entry, or of one name and the same layers."""
    if model.entry is not None or other.entry is not None:
        return model.entry == other.entry
    if normalised(model.name) != normalised(other.name):
        return False
    return (
        model.shape is None
        or other.shape is None
        or (model.shape.layers, model.shape.embedding) == (other.shape.layers, other.shape.embedding)
    )
