"""Keys of the whole chat."""

from textual.binding import Binding, BindingType

from tui.i18n import _

CHAT_KEYS: list[BindingType] = [
    Binding(
        "ctrl+f",
        "search",
        _("Search"),
        id="chat.search",
        show=False,
        # The prompt's text area would take the key to delete a word.
        priority=True,
        tooltip=_("Search in the conversation"),
    ),
    Binding(
        "escape", "stop", _("Stop"), id="chat.stop", tooltip=_("Stop the answer; what has arrived stays")
    ),
    Binding(
        "escape",
        "leave_edit",
        _("Leave it"),
        id="chat.leave_edit",
        tooltip=_("Leave the question as it was asked, and go back to the draft"),
    ),
    Binding(
        "ctrl+r",
        "regenerate",
        _("Regenerate"),
        id="chat.regenerate",
        tooltip=_("Ask the same again; the answer before stays beside it"),
    ),
    Binding(
        "ctrl+l",
        "continue",
        _("Go on"),
        show=False,
        id="chat.continue",
        tooltip=_("Let the last answer go on from where it ended"),
    ),
    Binding(
        "ctrl+n", "new_chat", _("New chat"), id="chat.new", tooltip=_("Start with an empty conversation")
    ),
    Binding(
        "ctrl+o", "copy_reply", _("Copy"), id="chat.copy", tooltip=_("Copy the last answer to the clipboard")
    ),
    Binding(
        "ctrl+s",
        "how_to_ask",
        _("How to ask"),
        id="chat.how_to_ask",
        tooltip=_("Presets, system prompt, sampling, JSON schema"),
    ),
    Binding(
        "ctrl+g",
        "context",
        _("Context"),
        show=False,
        id="chat.context",
        tooltip=_("What fills the context, and what helps when it is full"),
    ),
]
