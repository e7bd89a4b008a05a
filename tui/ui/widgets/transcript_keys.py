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
    Binding(
        "t",
        "unfold",
        _("Thinking"),
        show=False,
        id="chat.thinking",
        tooltip=_("Show what the model thought before the marked answer, or fold it again"),
    ),
    Binding("y", "copy", _("Copy message"), id="chat.copy_message", tooltip=_("Copy the marked message")),
    Binding(
        "b",
        "copy_block",
        _("Copy code"),
        id="chat.copy_code",
        tooltip=_("Copy a block of code of the marked answer; again for the next one"),
    ),
]
