"""Filter of the list of models, and the models that it leaves in order."""

from collections.abc import Mapping, Sequence

from tui.fit.verdict import Fit
from tui.fit.words import verdict_word
from tui.i18n import _
from tui.models.model import Model
from tui.services.model_columns import sort_models, verdict_of


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
        facts.append(verdict_word(verdict))
    text = " ".join(facts).casefold()
    return all(word in text for word in words)


def arranged(models: Sequence[Model], fits: Mapping[str, Fit], query: str, sort: str) -> list[Model]:
    """The models that a filter leaves, in order."""
    found = [model for model in models if matches(model, fits.get(model.key), query)]
    return sort_models(found, fits, sort)


def is_resized(models: Sequence[Model], before: Mapping[str, Fit], now: Mapping[str, Fit]) -> bool:
    """True when fits came for models that had none, or are for other load settings."""
    return any(_settings(before.get(model.key)) != _settings(now.get(model.key)) for model in models)


def _settings(fit: Fit | None) -> tuple[int, str] | None:
    return None if fit is None else (fit.context, fit.kv_type)
