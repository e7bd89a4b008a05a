"""The keys of the transcript, which act on the marked message."""

from textual.binding import Binding, BindingType

from tui.i18n import _

TRANSCRIPT_KEYS: list[BindingType] = [
    Binding(
        "k",
        "mark(-1)",
        _("Previous message"),
        show=False,
        id="chat.previous",
        tooltip=_("Mark the message before"),
    ),
    Binding(
        "j", "mark(1)", _("Next message"), show=False, id="chat.next", tooltip=_("Mark the message after")
    ),
    Binding("y", "copy", _("Copy message"), id="chat.copy_message", tooltip=_("Copy the marked message")),
]
