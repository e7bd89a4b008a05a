"""Lines of the chat while it has no message: its purpose, suggested models, three keys and an example."""

from collections.abc import Sequence

import msgspec
from rich.cells import cell_len
from textual.content import Content

from tui.i18n import _
from tui.text import clean_line
from tui.ui.kit.cells import end_cut, pad, wrap
from tui.ui.kit.keyboard.names import key_of, with_keys

MAX_SUGGESTIONS = 3
_INDENT = "  "
_GAP = 2
"""Cells between a key and what it does, and between a name and the reason for it."""
_WIDEST_NAME = 30


class Suggestion(msgspec.Struct, frozen=True):
    """A model that is suggested for a first conversation."""

    name: str
    """Name and quantization."""
    why: str
    """Reason in a sentence of a few words."""


class Welcome(msgspec.Struct, frozen=True):
    """State that the empty chat speaks of."""

    model_label: str | None = None
    """Name and quantization of the loaded model; None while none is loaded."""
    suggestions: tuple[Suggestion, ...] = ()
    """Models to begin with, the best first; shown while none is loaded."""


def welcome_lines(welcome: Welcome, width: int, height: int) -> list[Content]:
    """Return the lines, at most `height` of them; the last sections are left out where there is no room."""
    room = max(8, width - 2 * len(_INDENT))
    sections = [_purpose(welcome, room), _keys(welcome, room), _example(welcome, room)]
    if welcome.suggestions and welcome.model_label is None:
        sections.insert(1, _suggestions(welcome.suggestions[:MAX_SUGGESTIONS], room))
    sections = [section for section in sections if section]
    while len(sections) > 1 and sum(len(section) + 1 for section in sections) > height:
        sections.pop()
    lines: list[Content] = []
    for section in sections:
        lines += [Content(), *(Content(_INDENT) + line for line in section)]
    return lines[:height]


def _purpose(welcome: Welcome, width: int) -> list[Content]:
    if welcome.model_label:
        title = _("{model} is ready").format(model=clean_line(welcome.model_label))
        text = _("Nothing that you write leaves this machine.")
    else:
        title = _("Try a model here")
        text = _("See how fast it answers, and what it costs.")
    return [
        *(Content.styled(row, "bold $text-primary") for row in wrap(title, width, 2)),
        *(Content.styled(row, "$dim") for row in wrap(text, width, 3)),
    ]


def _suggestions(suggestions: Sequence[Suggestion], width: int) -> list[Content]:
    """Return each suggestion in a line, or in two where both do not fit side by side."""
    names = [end_cut(clean_line(suggestion.name), min(width, _WIDEST_NAME)) for suggestion in suggestions]
    name_cells = max(map(cell_len, names)) + _GAP
    lines = [Content.styled(end_cut(_("To begin with:"), width), "$dim")]
    for name, suggestion in zip(names, suggestions, strict=True):
        reason = clean_line(suggestion.why)
        if name_cells + cell_len(reason) <= width:
            lines.append(Content.assemble((pad(name, name_cells), "bold"), (reason, "$dim")))
        else:
            lines.append(Content.styled(name, "bold"))
            lines += [Content.styled(f"{_INDENT}{row}", "$dim") for row in wrap(reason, width - 2, 2)]
    return lines


def _actions(welcome: Welcome) -> list[tuple[str, str]]:
    """Return three pairs of a key's name and what it does; an action without a key is left out."""
    if welcome.model_label:
        ids = (
            ("prompt.send", _("asks the model what you typed")),
            ("prompt.attach", _("attaches a file")),
            ("chat.how_to_ask", _("sets preset, sampling and JSON schema")),
        )
    else:
        ids = (
            ("models.picks", _("asks what it is for, and picks three")),
            ("models.choose", _("loads the model, or downloads it")),
            ("app.help", _("explains keys and terms")),
        )
    return [(key, effect) for action, effect in ids if (key := key_of(action))]


def _keys(welcome: Welcome, width: int) -> list[Content]:
    """Return the keys with what they do, below the place where they work."""
    actions = _actions(welcome)
    if not actions:
        return []
    key_cells = max(cell_len(key) for key, _effect in actions) + _GAP
    place = ""
    if not welcome.model_label:
        place = with_keys(_("In the list of models, {pane.models}:"), _("In the list of models:"))
    lines = [Content.styled(row, "$dim") for row in wrap(place, width, 2)] if place else []
    for key, effect in actions:
        first, *others = wrap(effect, max(8, width - key_cells), 2)
        lines.append(Content.assemble((pad(key, key_cells), "bold $accent"), first))
        lines += [Content(" " * key_cells + row) for row in others]
    return lines


def _example(welcome: Welcome, width: int) -> list[Content]:
    """Return a question that shows within seconds whether a model writes well."""
    lead = _("For example:") if welcome.model_label else _("Then ask, for example:")
    question = _("Explain in three sentences why the sky is blue.")
    rows = wrap(question, max(8, width - 2), 2)
    cells = max(map(cell_len, rows)) + 2
    return [
        *(Content.styled(row, "$dim") for row in wrap(lead, width, 2)),
        *(Content.styled(pad(f" {row}", cells), "$foreground on $question") for row in rows),
    ]
