"""The keys of the timeline."""

from textual.binding import Binding

from tui.i18n import _

TIMELINE_KEYS: tuple[Binding, ...] = (
    Binding("left,h", "move(-1)", _("Back"), show=False, id="timeline.back", tooltip=_("A column back")),
    Binding(
        "right,l",
        "move(1)",
        _("Forward"),
        show=False,
        id="timeline.forward",
        tooltip=_("A column forward"),
    ),
    Binding("home", "first", _("Oldest"), show=False, id="timeline.first", tooltip=_("The oldest column")),
    Binding("end", "last", _("Newest"), show=False, id="timeline.last", tooltip=_("The newest column")),
    Binding(
        "enter", "choose", _("Mark reply"), id="timeline.choose", tooltip=_("Mark the reply in the chat")
    ),
    Binding(
        "plus,equals_sign",
        "zoom(-1)",
        _("Closer"),
        id="timeline.closer",
        tooltip=_("Fewer seconds a column"),
    ),
    Binding("minus", "zoom(1)", _("Wider"), id="timeline.wider", tooltip=_("More seconds a column")),
    Binding("escape", "leave", _("Leave"), id="timeline.leave", tooltip=_("Back to where you were")),
)
