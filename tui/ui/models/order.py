"""Which models of the list are shown and in which order: pure functions over models and their fits."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from tui.fit.verdict import Fit, Verdict
from tui.i18n import _
from tui.models.model import Model

Sort = Literal["verdict", "speed", "size", "name", "disk"]
SORTS: tuple[Sort, ...] = ("verdict", "speed", "size", "name", "disk")
"""In the order in which the sort key steps through them."""

_VERDICT_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}
_NO_FIT_RANK = len(_VERDICT_RANK)


def sort_word(sort: Sort) -> str:
    """The name of an order, for the header."""
    return {
        "verdict": _("verdict"),
        "speed": _("speed"),
        "size": _("size"),
        "name": _("name"),
        "disk": _("on disk"),
    }[sort]


def next_sort(sort: Sort) -> Sort:
    """The order after this one, round and round."""
    return SORTS[(SORTS.index(sort) + 1) % len(SORTS)]


def verdict_of(model: Model, fit: Fit | None) -> Verdict | None:
    """The verdict to show; None while the model is still being sized.

    A file that cannot be used needs no sizing to be unknown.
    """
    if fit is not None:
        return fit.verdict
    return Verdict.UNKNOWN if model.file_error else None


def footprint_bytes(fit: Fit | None) -> int | None:
    """The total footprint in bytes; None when the model is not sized."""
    return fit.footprint.total_bytes if fit is not None and fit.footprint is not None else None


def _by_verdict(model: Model, fit: Fit | None) -> tuple[object, ...]:
    verdict = verdict_of(model, fit)
    rank = _NO_FIT_RANK if verdict is None else _VERDICT_RANK[verdict]
    # What is here already comes first, then the largest: of those that fit it is usually the best.
    size = footprint_bytes(fit)
    return (rank, not model.on_disk, -(model.weights_bytes if size is None else size), *_by_name(model, fit))


def _by_size(model: Model, fit: Fit | None) -> tuple[object, ...]:
    size = footprint_bytes(fit)
    return (size is None, model.weights_bytes if size is None else size, *_by_name(model, fit))


def _by_speed(model: Model, fit: Fit | None) -> tuple[object, ...]:
    speed = fit.speed.value if fit is not None and fit.speed is not None else None
    return (speed is None, -(speed or 0.0), *_by_verdict(model, fit))


def _by_name(model: Model, fit: Fit | None) -> tuple[object, ...]:
    return (model.name.casefold(), model.weights_bytes, model.key)


def _by_disk(model: Model, fit: Fit | None) -> tuple[object, ...]:
    return (not model.on_disk, *_by_verdict(model, fit))


_KEYS: dict[Sort, Callable[[Model, Fit | None], tuple[object, ...]]] = {
    "verdict": _by_verdict,
    "speed": _by_speed,
    "size": _by_size,
    "name": _by_name,
    "disk": _by_disk,
}


def sort_models(models: Sequence[Model], fits: Mapping[str, Fit], sort: Sort) -> list[Model]:
    """The models in order; equal ones are told apart by name, size and key, so that nothing flickers."""
    key = _KEYS[sort]
    return sorted(models, key=lambda model: key(model, fits.get(model.key)))


def matches(model: Model, fit: Fit | None, query: str) -> bool:
    """True when each word is found in name, quantization, publisher, architecture, licence or verdict.

    `on disk` finds the models that are here.
    """
    words = query.casefold().split()
    if not words:
        return True
    verdict = verdict_of(model, fit)
    facts = [model.name, model.quant]
    if model.on_disk:
        facts.append(_("on disk"))
    if model.entry is not None:
        facts += [model.entry.publisher, model.entry.license]
    if model.shape is not None:
        facts.append(model.shape.architecture)
    if verdict is not None:
        facts.append(verdict.value)
    text = " ".join(facts).casefold()
    return all(word in text for word in words)


def arranged(models: Sequence[Model], fits: Mapping[str, Fit], query: str, sort: Sort) -> list[Model]:
    """The models that a filter leaves, in order."""
    found = [model for model in models if matches(model, fits.get(model.key), query)]
    return sort_models(found, fits, sort)


def is_resized(models: Sequence[Model], before: Mapping[str, Fit], now: Mapping[str, Fit]) -> bool:
    """True when fits came for models that had none, or are for other load settings."""
    return any(_settings(before.get(model.key)) != _settings(now.get(model.key)) for model in models)


def _settings(fit: Fit | None) -> tuple[int, str] | None:
    return None if fit is None else (fit.context, fit.kv_type)
