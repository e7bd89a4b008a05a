"""Filter and order of the list of models."""

from collections.abc import Mapping, Sequence

from tui.fit.verdict import Fit
from tui.fit.words import verdict_word
from tui.i18n import _
from tui.models.model import Model
from tui.services.model_columns import sort_models, verdict_of


def matches(model: Model, fit: Fit | None, query: str) -> bool:
    """Return True if every word of the filter is part of a fact about the model.

    The facts are name, quantization, publisher, architecture, licence, verdict, and `on disk`.
    """
    query_words = query.casefold().split()
    if not query_words:
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
    return all(query_word in text for query_word in query_words)


def filtered_and_sorted(
    models: Sequence[Model], fits: Mapping[str, Fit], query: str, sort: str
) -> list[Model]:
    """Return the models that match the filter, in the sort order."""
    matching = [model for model in models if matches(model, fits.get(model.key), query)]
    return sort_models(matching, fits, sort)


def has_resized_models(
    models: Sequence[Model], old_fits: Mapping[str, Fit], new_fits: Mapping[str, Fit]
) -> bool:
    """Return True if a model got its first fit, or a fit for other load settings."""
    return any(_settings(old_fits.get(model.key)) != _settings(new_fits.get(model.key)) for model in models)


def _settings(fit: Fit | None) -> tuple[int, str] | None:
    return None if fit is None else (fit.context, fit.kv_type)
