"""The keys of the model list."""

from textual.binding import Binding

from tui.i18n import _

MODEL_KEYS: tuple[Binding, ...] = (
    Binding("up,k", "move(-1)", _("Up"), show=False, id="models.up", tooltip=_("Highlight the model above")),
    Binding(
        "down,j",
        "move(1)",
        _("Down"),
        show=False,
        id="models.down",
        tooltip=_("Highlight the model below"),
    ),
    Binding("pageup", "page(-1)", _("Page up"), show=False, id="models.page_up", tooltip=_("A page up")),
    Binding(
        "pagedown", "page(1)", _("Page down"), show=False, id="models.page_down", tooltip=_("A page down")
    ),
    Binding("home", "first", _("First"), show=False, id="models.first", tooltip=_("The first model")),
    Binding("end,G", "last", _("Last"), show=False, id="models.last", tooltip=_("The last model")),
    Binding("enter", "choose", _("Load"), id="models.choose", tooltip=_("Load the highlighted model")),
    # Priority, so that letters typed right behind it find the filter's input and not the list's keys.
    Binding(
        "slash",
        "filter",
        _("Filter"),
        id="models.filter",
        priority=True,
        tooltip=_("Show only models that match"),
    ),
    Binding(
        "escape",
        "clear_filter",
        _("Clear filter"),
        show=False,
        id="models.clear",
        tooltip=_("Show all models"),
    ),
    Binding(
        "s", "sort", _("Sort"), id="models.sort", tooltip=_("By verdict, speed, size, name, or what is here")
    ),
    Binding(
        "left_square_bracket",
        "context(-1)",
        _("Shorter context"),
        show=False,
        id="models.context_shorter",
        tooltip=_("Size the models for a shorter context"),
    ),
    Binding(
        "right_square_bracket",
        "context(1)",
        _("Longer context"),
        show=False,
        id="models.context_longer",
        tooltip=_("Size the models for a longer context"),
    ),
    Binding(
        "v",
        "kv_type",
        _("KV type"),
        show=False,
        id="models.kv_type",
        tooltip=_("Next type of the KV cache"),
    ),
    Binding("r", "rescan", _("Rescan"), show=False, id="models.rescan", tooltip=_("Look for models again")),
)

PANE_KEYS: tuple[Binding, ...] = (
    Binding(
        "t",
        "quants",
        _("Quants"),
        id="models.quants",
        tooltip=_("Every quantization of this model"),
    ),
    Binding(
        "c",
        "changes",
        _("To fit"),
        id="models.changes",
        tooltip=_("What would make it fit"),
    ),
    Binding(
        "space",
        "mark",
        _("Mark"),
        show=False,
        id="models.mark",
        tooltip=_("Mark the model to be compared, or take the mark away"),
    ),
    Binding(
        "C",
        "compare",
        _("Compare"),
        show=False,
        id="models.compare",
        tooltip=_("Ask the marked models the same, one after another"),
    ),
    Binding(
        "m",
        "machine",
        _("Machine"),
        show=False,
        id="models.machine",
        tooltip=_("Judge the models for another machine"),
    ),
)
"""What the pane itself does, from anywhere in it."""
