"""What the chat says about itself: its title, its empty state, and what was copied."""

from textual.content import Content

from tui.i18n import _
from tui.text import clean, clean_line
from tui.ui.kit.clipboard import Copied
from tui.ui.kit.keys import with_keys


def chat_title(label: str | None) -> Content:
    """The pane's title: which model one talks to."""
    return Content(f"{_('Chat')}: {clean(label)}" if label else _("Chat"))


def empty_hint(label: str | None) -> str:
    """What the pane is for, and the one key that fills it."""
    if label:
        return with_keys(
            _(
                "Try the model here and see what it costs while it answers.\n"
                "Type a question and press {prompt.send}."
            ),
            _("Try the model here and see what it costs while it answers."),
        )
    return with_keys(
        _("Try a model here.\nChoose one in the list and press {models.choose} to load it."),
        _("Try a model here.\nChoose one in the list to load it."),
    )


def still_answering() -> str:
    """Why something waits until the answer is there."""
    return with_keys(
        _("Still answering; press {chat.stop} to stop first."), _("Still answering; it has to end first.")
    )


def unkept_words(reason: str) -> Content | None:
    """What stands in the pane's border while nothing is kept; None while it is."""
    return Content(_("not kept: {reason}").format(reason=clean_line(reason))) if reason else None


def describe_copy(copied: Copied, what: str) -> str:
    """What was copied and which way."""
    if copied.confirmed:
        return _("Copied {what} with {way}.").format(what=what, way=copied.way)
    return _("Sent {what} to the terminal's clipboard.").format(what=what)
