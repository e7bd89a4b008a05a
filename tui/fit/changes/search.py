"""One change to a model or its settings: what it gives, and the least of it that gives the most."""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from tui.engine.options import KV_TYPES, KvType, LoadSettings
from tui.fit.contexts import CONTEXTS
from tui.fit.quants import quants_here
from tui.fit.verdict import Fit, Verdict
from tui.hardware.programs import Program
from tui.models.listing import catalogue_model
from tui.models.model import CatalogueEntry, Model
from tui.models.quantize import UnknownQuantError
from tui.models.tensors.model_tensors import UnknownArchitectureError

Kind = Literal[
    "kv_type",
    "context",
    "close",
    "quant",
    "context+kv_type",
    "kv_type+quant",
    "context+quant",
    "context+kv_type+quant",
]
Judge = Callable[[Model, LoadSettings], Fit]

USABLE_CONTEXT = 4096
"""Tokens under which a conversation soon has no room: less costs more than any smaller type."""

RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}
"""Verdicts from the best, 0, on."""

_KV_BLOCK = 32
"""Elements of a block of the cache's smaller types (ggml's type table): a head must be whole blocks."""

_KINDS: dict[tuple[bool, bool, bool], Kind] = {
    (False, True, False): "kv_type",
    (True, False, False): "context",
    (False, False, True): "quant",
    (True, True, False): "context+kv_type",
    (False, True, True): "kv_type+quant",
    (True, False, True): "context+quant",
    (True, True, True): "context+kv_type+quant",
}
"""By what changes: context, KV type, quantization."""


class Change(msgspec.Struct, frozen=True):
    """One way to a better verdict, and what to apply for it."""

    kind: Kind
    frees_bytes: int
    """The difference of the two footprints; of programs, the memory they hold."""
    verdict: Verdict
    """What it would give."""
    settings: LoadSettings | None = None
    """The settings to go on with, as given but for what changes; None leaves them."""
    model: Model | None = None
    """The model at another quantization; None for the same."""
    programs: tuple[Program, ...] = ()
    """To ask to close."""

    @property
    def context(self) -> int | None:
        """The shorter context, in tokens; None where it stays."""
        return self.settings.context if self.settings and "context" in self.kind else None

    @property
    def kv_type(self) -> KvType | None:
        """The smaller type of the KV cache; None where it stays."""
        return self.settings.kv_type if self.settings and "kv_type" in self.kind else None

    @property
    def downloads(self) -> bool:
        """True when the file is not on this disk."""
        return self.model is not None and self.model.file is None

    @property
    def rank(self) -> int:
        """How good its verdict is, 0 for one that fits."""
        return RANKS[self.verdict]


class Question(msgspec.Struct, frozen=True):
    """What is asked: which model, under which verdict, and what may be changed about it."""

    model: Model
    fit: Fit
    settings: LoadSettings
    """The settings of the whole list; a model's own longest context may be shorter."""
    judge: Judge
    """The verdict on a model with other settings."""
    others: tuple[Model, ...] = ()
    """The list it is in, for its other quantizations on this disk."""


def smaller_types(asked: Question) -> tuple[KvType, ...]:
    """The KV types that take less, the largest first; none where the engine cannot cut a head into blocks."""
    shape = asked.model.shape
    if shape is not None and (shape.key_length % _KV_BLOCK or shape.value_length % _KV_BLOCK):
        return ()
    return KV_TYPES[KV_TYPES.index(asked.settings.kv_type) + 1 :]


def lighter_here(asked: Question) -> list[Model]:
    """Its lighter quantizations on this disk, the heaviest first."""
    model = asked.model
    found = [
        one for one in quants_here(model, asked.others).values() if one.weights_bytes < model.weights_bytes
    ]
    return sorted(found, key=lambda one: one.weights_bytes, reverse=True)


def lighter_published(asked: Question) -> Iterator[Model]:
    """Its lighter quantizations that are published and not on this disk, the heaviest first."""
    model, entry = asked.model, asked.model.entry
    if entry is None:
        return
    here = quants_here(model, asked.others)
    for quant in reversed(entry.quants):
        found = _published(entry, quant) if quant not in here else None
        if found is not None and found.weights_bytes < model.weights_bytes:
            yield found


def reach(
    asked: Question, *, model: Model | None = None, kv_type: KvType | None = None, shorter: bool = False
) -> Change | None:
    """The better verdict with another model or KV type; None when it does not get better.

    With `shorter`, at the longest shorter context of those that give the best verdict.
    """
    changed = {} if kv_type is None else {"kv_type": kv_type}
    kind = _KINDS[shorter, kv_type is not None, model is not None]

    def at(context: int | None) -> Change | None:
        more = changed if context is None else {**changed, "context": context}
        settings = msgspec.structs.replace(asked.settings, **more)
        fit = asked.judge(model or asked.model, settings)
        before, after = asked.fit.footprint, fit.footprint
        if before is None or after is None or RANKS[fit.verdict] >= RANKS[asked.fit.verdict]:
            return None
        return Change(
            kind, before.total_bytes - after.total_bytes, fit.verdict, settings if more else None, model
        )

    if not shorter:
        return at(None)
    contexts = [context for context in CONTEXTS if context < asked.fit.context]
    # If the shortest one does nothing, none does.
    if not contexts or at(contexts[0]) is None:
        return None
    return best(at(context) for context in reversed(contexts))


def best(found: Iterable[Change | None]) -> Change | None:
    """The first that fits, looking no further, else the first of those with the best verdict."""
    chosen: Change | None = None
    for change in found:
        if change is not None and (chosen is None or change.rank < chosen.rank):
            chosen = change
            if chosen.rank == 0:
                break
    return chosen


def most_usable(found: Sequence[Change | None]) -> Change | None:
    """Of the best verdict, the first with a context that can be worked with, else the longest context."""
    told = [change for change in found if change is not None]
    lowest = min((change.rank for change in told), default=0)
    told = [change for change in told if change.rank == lowest]
    usable = (change for change in told if is_usable(change))
    return next(usable, max(told, key=lambda change: change.context or 0, default=None))


def is_usable(change: Change) -> bool:
    """False for a context that is shorter than a conversation needs."""
    return change.context is None or change.context >= USABLE_CONTEXT


@functools.lru_cache(maxsize=1024)
def _published(entry: CatalogueEntry, quant: str) -> Model | None:
    """The row of an entry at a quantization; None where its size is not known."""
    try:
        return catalogue_model(entry, quant)
    except (UnknownQuantError, UnknownArchitectureError):
        return None
