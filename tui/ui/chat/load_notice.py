"""Notice of a load in the chat: its progress, its failure, or a missing chat template."""

from tui.engine.protocol import Failed, Loaded
from tui.i18n import _
from tui.models.model import Model
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.notice_line import NoticeLine


class LoadNotice:
    """Notice line that shows the progress and the result of a load."""

    def __init__(self, line: NoticeLine) -> None:
        self._line = line

    def show_loading(self, model: Model, fraction: float | None, seconds_left: float | None) -> None:
        """Show the loaded fraction, from 0 to 1, and the seconds left; None for unknown."""
        self._line.show_progress(_("Loading {model}…").format(model=model.label), fraction, seconds_left)

    def show_failure(self, failed: Failed) -> None:
        """Show why the model is not loaded."""
        self._line.show_error(sentence_with_keys(failed.reason), sentence_with_keys(failed.hint))

    def show_loaded(self, loaded: Loaded) -> None:
        """Warn of a model whose own chat template is not used; clear the line for any other."""
        if loaded.template_reason is None:
            self._line.clear()
            return
        reason = sentence_with_keys(loaded.template_reason)
        self._line.show_error(
            _("Answers come from a plain transcript: {reason}.").format(reason=reason),
            _("A model whose name ends in Instruct or Chat has a template.")
            if loaded.template == "none"
            else _("The log has the details; another file of this model may have a better template."),
        )
