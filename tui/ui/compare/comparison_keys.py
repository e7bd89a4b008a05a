"""The keys of a comparison."""

from textual.binding import Binding, BindingType

from tui.i18n import _

CASE_KEYS: list[BindingType] = [
    Binding("up,k", "cursor_up", _("Up"), show=False, id="comparison.up", tooltip=_("The prompt above")),
    Binding(
        "down,j", "cursor_down", _("Down"), show=False, id="comparison.down", tooltip=_("The prompt below")
    ),
    Binding("home,g", "first", _("First"), show=False, id="comparison.first", tooltip=_("The first prompt")),
    Binding("end,G", "last", _("Last"), show=False, id="comparison.last", tooltip=_("The last prompt")),
]

COMPARISON_KEYS: list[BindingType] = [
    Binding(
        "escape",
        "leave",
        _("Stop, leave"),
        id="comparison.leave",
        tooltip=_("Stop it; once it is over, leave"),
    ),
    Binding(
        "left,h",
        "models(-1)",
        _("Model left"),
        show=False,
        id="comparison.left",
        tooltip=_("The model to the left"),
    ),
    Binding(
        "right,l",
        "models(1)",
        _("Models"),
        key_display="← →",
        id="comparison.right",
        tooltip=_("The model to the right"),
    ),
    Binding(
        "pageup",
        "page(-1)",
        _("Page up"),
        show=False,
        id="comparison.page_up",
        tooltip=_("Scroll the answers up"),
    ),
    Binding(
        "pagedown",
        "page(1)",
        _("Page down"),
        show=False,
        id="comparison.page_down",
        tooltip=_("Scroll the answers down"),
    ),
    Binding("e", "export", _("Export"), id="comparison.export", tooltip=_("Write it all as Markdown")),
    Binding("y", "copy", _("Copy"), id="comparison.copy", tooltip=_("Copy it all as Markdown")),
    Binding("n", "again", _("Ask more"), id="comparison.again", tooltip=_("Ask these models something else")),
    Binding(
        "left_square_bracket",
        "other(-1)",
        _("Earlier"),
        show=False,
        id="comparison.earlier",
        tooltip=_("The comparison before this one"),
    ),
    Binding(
        "right_square_bracket",
        "other(1)",
        _("Later"),
        show=False,
        id="comparison.later",
        tooltip=_("The comparison after this one"),
    ),
    Binding("f1,question_mark", "help", _("Help"), id="app.help", tooltip=_("Keys and words explained")),
]
