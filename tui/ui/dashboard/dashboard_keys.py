"""The dashboard's own keys, which work in every pane."""

from textual.binding import Binding, BindingType

from tui.i18n import _

DASHBOARD_KEYS: list[BindingType] = [
    Binding("f1,question_mark", "help", _("Help"), id="app.help", tooltip=_("Keys and words explained")),
    Binding("f2", "show('models')", _("Models"), id="pane.models", tooltip=_("Go to the models")),
    Binding("f3", "show('chat')", _("Chat"), id="pane.chat", tooltip=_("Go to the chat")),
    Binding("escape", "stop", _("Stop"), id="engine.stop", tooltip=_("Stop loading or answering")),
    Binding(
        "f4",
        "unload",
        _("Unload"),
        show=False,
        id="models.unload",
        tooltip=_("Give the model's memory back"),
    ),
    Binding(
        "f5",
        "measure",
        _("Measure speed"),
        show=False,
        id="machine.measure",
        tooltip=_("Measure how fast this machine is, for ten seconds"),
    ),
    Binding(
        "g,f8",
        "gauges",
        _("All gauges"),
        show=False,
        id="gauges.maximise",
        tooltip=_("The gauges in full: history, every core, every GPU, the engine"),
    ),
    Binding(
        "f6",
        "timeline",
        _("Timeline"),
        show=False,
        id="pane.timeline",
        # The prompt's text area would take the key to select a line.
        priority=True,
        tooltip=_("Look back at machine and tokens, moment by moment"),
    ),
    Binding(
        "f7",
        "history",
        _("Conversations"),
        show=False,
        id="chat.history",
        # The prompt's text area would take the key to select all.
        priority=True,
        tooltip=_("Conversations that are kept: find, open, export"),
    ),
]
