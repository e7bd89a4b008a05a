"""Keys on a message of the transcript that change what the conversation is."""

from textual.binding import Binding, BindingType

from tui.i18n import _

STEERING_KEYS: list[BindingType] = [
    Binding(
        "e",
        "steer('edit')",
        _("Edit"),
        id="chat.edit",
        tooltip=_("Write the marked question or answer anew, beside the one that was there"),
    ),
    Binding(
        "left",
        "steer('before')",
        _("Version before"),
        show=False,
        id="chat.version_before",
        tooltip=_("Walk to the version of the marked message before this one"),
    ),
    Binding(
        "right",
        "steer('after')",
        _("Version after"),
        show=False,
        id="chat.version_after",
        tooltip=_("Walk to the version of the marked message after this one"),
    ),
    Binding(
        "p",
        "steer('pin')",
        _("Pin"),
        show=False,
        id="chat.pin",
        tooltip=_("Keep the marked question in the context when older turns have to go, or no more"),
    ),
    Binding(
        "d,delete",
        "steer('delete')",
        _("Delete"),
        show=False,
        id="chat.delete",
        tooltip=_("Delete the marked question with its answers; what followed stays"),
    ),
]
