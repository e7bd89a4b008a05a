"""Keys of the prompt."""

from textual.binding import Binding, BindingType

from tui.i18n import _

# Priority, because a text area takes Enter as a new line before its own bindings are asked.
PROMPT_KEYS: list[BindingType] = [
    Binding("enter", "submit", _("Send"), id="prompt.send", priority=True, tooltip=_("Ask the model")),
    Binding(
        "ctrl+j,shift+enter",
        "new_line",
        _("New line"),
        id="prompt.new_line",
        priority=True,
        show=False,
        key_display="^J",
        tooltip=_("Start a new line in the question"),
    ),
    Binding(
        "pageup",
        "page(-1)",
        _("Page up"),
        id="prompt.page_up",
        show=False,
        tooltip=_("Scroll the chat up"),
    ),
    Binding(
        "pagedown",
        "page(1)",
        _("Page down"),
        id="prompt.page_down",
        show=False,
        tooltip=_("Scroll the chat down"),
    ),
    Binding(
        "tab",
        "attach_offered",
        _("Attach"),
        show=False,
        id="prompt.attach_offered",
        priority=True,
        tooltip=_("Attach what is offered: a file whose path was pasted, or that is named with @"),
    ),
    Binding(
        "escape",
        "leave_files",
        _("Leave"),
        show=False,
        id="prompt.leave_files",
        tooltip=_("Leave what follows @ as text"),
    ),
]
