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
    Binding(
        "v",
        "raw",
        _("Raw view"),
        show=False,
        id="chat.raw",
        tooltip=_("The marked answer exactly as the model read its prompt and wrote it"),
    ),
    Binding(
        "slash", "search", _("Search"), id="chat.find", show=False, tooltip=_("Search in the conversation")
    ),
    Binding(
        "n",
        "found(1)",
        _("Next found"),
        show=False,
        id="chat.found_next",
        tooltip=_("The next one found"),
    ),
    Binding(
        "N",
        "found(-1)",
        _("Found before"),
        show=False,
        id="chat.found_before",
        tooltip=_("The one found before"),
    ),
    Binding(
        "escape",
        "leave_search",
        _("Leave search"),
        show=False,
        id="chat.leave_search",
        tooltip=_("Leave the search"),
    ),
]
