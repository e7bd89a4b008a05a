"""Lines of the empty chat: what can be run and for what, three keys and an example."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from rich.cells import cell_len
from textual.content import Content

from tui.i18n import _
from tui.text import clean_line
from tui.ui.kit.cells import end_cut, middle_cut, pad, wrap
from tui.ui.kit.keyboard.names import key_of, with_keys

MAX_SUGGESTIONS = 3
_INDENT = "  "
_GAP = 2
"""Cells between a key and what it does, and between a name and the figures beside it."""
_WIDEST_NAME = 40
_SEPARATOR = " · "


class Suggestion(msgspec.Struct, frozen=True):
    """A model that is suggested for a first conversation."""

    name: str
    """Name and quantization."""
    figures: str
    """Memory, speed, and whether it is on this disk."""
    why: str
    """Reason in a sentence of a few words."""


class Suggestions(msgspec.Struct, frozen=True):
    """Models that are suggested, and for what."""

    purpose: str
    """Task, language and length of the texts: `chat · English · ten pages`."""
    models: tuple[Suggestion, ...]
    """The best first; empty where none suits."""
    summary: str
    """Sentence on how many suit, or why none does."""


class Welcome(msgspec.Struct, frozen=True):
    """State that the empty chat speaks of."""

    model_label: str | None = None
    """Name and quantization of the loaded model; None while none is loaded."""
    suggestions: Suggestions | None = None
    """Models to begin with, shown while none is loaded; None until they are known."""


class _Density(NamedTuple):
    """Amount of the room that is taken."""

    has_gaps: bool
    """True for an empty line above each section."""
    has_reasons: bool
    """True for the reason of each suggestion below it."""
    is_flowing: bool
    """True for keys, and the example, side by side in as few lines as they need."""


_DENSITIES = (
    _Density(has_gaps=True, has_reasons=True, is_flowing=False),
    _Density(has_gaps=True, has_reasons=False, is_flowing=False),
    _Density(has_gaps=True, has_reasons=False, is_flowing=True),
    _Density(has_gaps=False, has_reasons=False, is_flowing=True),
)
"""The roomiest first."""


def welcome_lines(welcome: Welcome, width: int, height: int) -> list[Content]:
    """Return the lines, at most `height` of them; the last sections are left out where there is no room."""
    room = max(8, width - 2 * len(_INDENT))
    density, sections = _DENSITIES[-1], list[list[Content]]()
    for density in _DENSITIES:
        sections = _sections(welcome, room, density)
        if _count_lines(sections, density) <= height:
            break
    while len(sections) > 1 and _count_lines(sections, density) > height:
        sections.pop()
    lines: list[Content] = []
    for section in sections:
        lines += [Content()] * density.has_gaps
        lines += [Content(_INDENT) + line for line in section]
    return lines[:height]


def _count_lines(sections: Sequence[Sequence[Content]], density: _Density) -> int:
    return sum(len(section) + density.has_gaps for section in sections)


def _sections(welcome: Welcome, width: int, density: _Density) -> list[list[Content]]:
    suggestions = welcome.suggestions if welcome.model_label is None else None
    first = _purpose(welcome, width) if suggestions is None else _question(suggestions, width, density)
    sections = [first, _keys(welcome, width, density), _example(welcome, width, density)]
    return [section for section in sections if section]


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


def _question(suggestions: Suggestions, width: int, density: _Density) -> list[Content]:
    """Return the question what to run, for what it is answered, and the models."""
    title, purpose = _("What should I run?"), clean_line(suggestions.purpose)
    if cell_len(title) + _GAP + cell_len(purpose) <= width:
        lines = [Content.assemble((title, "bold $text-primary"), " " * _GAP, (purpose, "$text-accent"))]
    else:
        lines = [
            *(Content.styled(row, "bold $text-primary") for row in wrap(title, width, 2)),
            *(Content.styled(row, "$text-accent") for row in wrap(purpose, width, 2)),
        ]
    models = suggestions.models[:MAX_SUGGESTIONS]
    if density.has_reasons or not models:
        lines += [Content.styled(row, "$dim") for row in wrap(suggestions.summary, width, 3)]
    if density.has_gaps and models:
        lines.append(Content())
    return lines + _models(models, width, density)


def _models(models: Sequence[Suggestion], width: int, density: _Density) -> list[Content]:
    """Return each model with its figures in a line, and the reason below it where there is room.

    Where a name would be cut and there is room for reasons, the figures are below the name.
    """
    figures = [clean_line(model.figures) for model in models]
    room = max(8, min(_WIDEST_NAME, width - _GAP - max(map(cell_len, figures), default=0)))
    if density.has_reasons and any(cell_len(clean_line(model.name)) > room for model in models):
        return _models_in_rows(models, width)
    names = [middle_cut(clean_line(model.name), room) for model in models]
    name_cells = max(map(cell_len, names), default=0) + _GAP
    lines: list[Content] = []
    for model, name, text in zip(models, names, figures, strict=True):
        text = end_cut(text, max(1, width - name_cells))
        lines.append(Content.assemble((pad(name, name_cells), "bold"), text))
        if density.has_reasons:
            rows = wrap(clean_line(model.why), width - len(_INDENT), 2)
            lines += [Content.styled(f"{_INDENT}{row}", "$dim") for row in rows]
    return lines


def _models_in_rows(models: Sequence[Suggestion], width: int) -> list[Content]:
    """Return the name of each model, and below it its figures and the reason."""
    lines: list[Content] = []
    for model in models:
        lines.append(Content.styled(middle_cut(clean_line(model.name), width), "bold"))
        lines.append(Content(_INDENT + end_cut(clean_line(model.figures), width - len(_INDENT))))
        rows = wrap(clean_line(model.why), width - len(_INDENT), 2)
        lines += [Content.styled(f"{_INDENT}{row}", "$dim") for row in rows]
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
        pick_effect = _("asks what it is for, and picks three")
        if welcome.suggestions is not None:
            pick_effect = _("changes task, language and length, and takes one of three")
        ids = (
            ("models.picks", pick_effect),
            ("models.choose", _("loads the model, or downloads it")),
            ("app.help", _("explains keys and terms")),
        )
    return [(key, effect) for action, effect in ids if (key := key_of(action))]


def _keys(welcome: Welcome, width: int, density: _Density) -> list[Content]:
    """Return the keys with what they do, below the place where they work."""
    actions = _actions(welcome)
    if not actions:
        return []
    place = ""
    if not welcome.model_label:
        place = with_keys(_("In the list of models, {pane.models}:"), _("In the list of models:"))
    if density.is_flowing:
        return _flowing_keys(place, actions, width)
    key_cells = max(cell_len(key) for key, _effect in actions) + _GAP
    lines = [Content.styled(row, "$dim") for row in wrap(place, width, 2)] if place else []
    for key, effect in actions:
        first, *others = wrap(effect, max(8, width - key_cells), 2)
        lines.append(Content.assemble((pad(key, key_cells), "bold $accent"), first))
        lines += [Content(" " * key_cells + row) for row in others]
    return lines


def _flowing_keys(place: str, actions: Sequence[tuple[str, str]], width: int) -> list[Content]:
    """Return place and keys one after another, in as few lines as they need."""
    items = [Content.styled(end_cut(place, width), "$dim")] if place else []
    for key, effect in actions:
        text = end_cut(effect, max(1, width - cell_len(key) - 1))
        items.append(Content.assemble((key, "bold $accent"), " ", text))
    lines: list[Content] = []
    for number, item in enumerate(items):
        separator = " " if place and number == 1 else _SEPARATOR
        if lines and lines[-1].cell_length + len(separator) + item.cell_length <= width:
            lines[-1] = Content.assemble(lines[-1], (separator, "$dim"), item)
        else:
            lines.append(item)
    return lines


def _example(welcome: Welcome, width: int, density: _Density) -> list[Content]:
    """Return a question that shows within seconds whether a model writes well."""
    lead = _("For example:") if welcome.model_label else _("Then ask, for example:")
    question = _("Explain in three sentences why the sky is blue.")
    style = "$foreground on $question"
    if density.is_flowing and cell_len(lead) + cell_len(question) + 3 <= width:
        return [Content.assemble((f"{lead} ", "$dim"), (f" {question} ", style))]
    rows = wrap(question, max(8, width - 2), 2)
    cells = max(map(cell_len, rows)) + 2
    return [
        *(Content.styled(row, "$dim") for row in wrap(lead, width, 2)),
        *(Content.styled(pad(f" {row}", cells), style) for row in rows),
    ]
