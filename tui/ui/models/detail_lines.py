"""Lines of the detail pane, each with its rank. No widget here."""

from collections.abc import Sequence
from itertools import groupby
from typing import Literal

import msgspec
from rich.cells import cell_len

from tui.fit.speed_words import prompt_sentence, reading_in_short, speed_in_short, speed_sentence
from tui.fit.verdict import Fit, Verdict
from tui.i18n import _, ngettext
from tui.models.model import CatalogueEntry, Model, ModelFile
from tui.models.stores.stores import origin_reason
from tui.services.model_columns import SIZING, SUPERSEDED, context_word, verdict_of
from tui.text import clean_line, short_path
from tui.ui.kit.cells import middle_cut, wrap
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.pieces import Line, Piece, cut, filled, width_of
from tui.ui.models.column_layout import LOADED
from tui.ui.models.notices import download_steps
from tui.ui.models.verdicts import VERDICTS
from tui.units import UNKNOWN, format_bytes, format_count, format_date, format_iso_date, format_number

Place = Literal["head", "bar", "body"]

_GAP = "  "
_DOT = " · "
_LANGUAGES_SHOWN = 6
_WITHOUT_FIGURES = (Verdict.TOO_BIG, Verdict.NO_CHAT, Verdict.UNKNOWN)
"""Verdicts whose answer is their reason: there is no speed, and no room for a text."""
_ROUNDED_FROM = 1000
"""Tokens from which the room for a text is rounded down, to whole thousands."""
_CLOSE = 0.01
"""Share of the predicted size: a measured size below it by more than this is explained."""
_WIDE = 64
"""Width from which the pane shows the parts of the engine's memory."""


class DetailLine(msgspec.Struct, frozen=True):
    """A line of the pane; the roles of its pieces are Textual styles."""

    rank: int
    """Importance, 0 the highest; lines with the highest numbers are left out first."""
    place: Place
    pieces: tuple[Piece, ...] = ()
    """Text of the line; empty for a line that the bar draws."""
    paragraph: str = ""
    """The text that this line is a part of, which is shown whole or not at all; empty for a single line."""


def choose_lines(lines: list[DetailLine], height: int) -> list[DetailLine]:
    """Return the most important lines, at most `height` of them, in their original order.

    Only a paragraph of the highest rank, without which the pane says nothing, may be cut off.
    """
    units = [
        list(unit)
        for _text, unit in groupby(range(len(lines)), lambda index: lines[index].paragraph or index)
    ]
    chosen: list[int] = []
    for unit in sorted(units, key=lambda unit: (lines[unit[0]].rank, unit[0])):
        room = max(0, height) - len(chosen)
        if len(unit) <= room or lines[unit[0]].rank == 0:
            chosen += unit[:room]
    return [lines[index] for index in sorted(chosen)]


def detail_lines(
    model: Model,
    fit: Fit | None,
    measured_bytes: int | None,
    loaded: bool,
    width: int,
    advises_download: bool = True,
    hint: Sequence[str] = (),
    measured_parts: tuple[int, int] | None = None,
    last_used: float | None = None,
) -> list[DetailLine]:
    """Return everything known about a model, in lines of at most `width` cells.

    Args:
        model: the highlighted model.
        fit: the verdict on it; None while it is being sized.
        measured_bytes: resident size of the engine's process with this model; None if it is not loaded.
        loaded: True if the model is in the engine.
        width: width of a line in cells.
        advises_download: True to say how a model that is not on this disk is downloaded.
        hint: changes that would make the model fit, as fields of one line.
        measured_parts: private bytes of the engine's process, and bytes mapped from files; None if unknown.
        last_used: time at which llmtui loaded the model last, in seconds since 1970; None for never.
    """
    lines = [_title(model, loaded, width), *_headline(model, fit, width), *_purpose(model, width)]
    if fit is not None and fit.footprint is not None:
        lines += [DetailLine(1, "bar"), DetailLine(4, "bar"), *_totals(model, fit, measured_bytes, width)]
        if measured_bytes is not None and measured_parts is not None:
            lines += _parts(*measured_parts, width)
    lines += flow(1, [[Piece(clean_line(field))] for field in hint], width)
    if fit is not None and verdict_of(model, fit) is Verdict.FITS:
        lines += _paragraph(4, _reason(model, fit), width)
    if fit is not None and fit.speed is not None and fit.footprint is not None:
        lines += _speeds(fit, width)
    if model.shape is not None or fit is not None:
        lines += flow(2, _context(model, fit), width)
    lines += flow(5, _facts(model), width)
    lines.append(_location(model, width))
    if model.file is not None:
        lines += flow(4, _origin(model.file, last_used), width)
        lines += _other_places(model.file, width)
    if not model.on_disk and model.entry is not None and advises_download:
        lines += _paragraph(6, download_steps(model.entry.repository), width)
    if model.file_error is None and model.load_problem is not None:
        lines += _paragraph(0, sentence_with_keys(model.load_problem), width, rows=3)
    if model.can_load and model.purpose_reason is not None:
        lines += _paragraph(6, sentence_with_keys(model.purpose_reason) + ".", width)
    return lines


def empty_lines(width: int) -> list[DetailLine]:
    """Return the lines of the pane while no model is highlighted."""
    return [
        *_paragraph(0, _("No model is highlighted."), width),
        *_paragraph(1, _("Highlight one in the list to see its verdict and its memory here."), width),
    ]


def difference_text(predicted: int, measured: int) -> str:
    """Return the difference of the measured size from the predicted one: `+0.7 %`."""
    # Adding zero turns -0.0 into 0.0.
    return f"{format_number(round((measured / predicted - 1) * 100, 1) + 0.0, '+.1f')} %"


def source_text(model: Model, fit: Fit) -> str:
    """Return the source of the predicted size."""
    if fit.footprint is None:
        return UNKNOWN
    if fit.footprint.source == "engine":
        return _("sized by the engine")
    if not model.on_disk:
        return _("estimated by formula: the file is not here")
    return _("estimated by formula: the engine has not sized it")


def _title(model: Model, loaded: bool, width: int) -> DetailLine:
    mark = [Piece(f"{LOADED} ", "$text-accent")] if loaded else []
    quant = clean_line(model.quant)
    location = (
        _("on disk") if model.on_disk else _("not on disk") if model.runs_here else clean_line(model.place)
    )
    state = _("loaded") if loaded else location
    tail = [Piece(f" {quant}" if quant else "", "bold"), Piece(f"{_GAP}{state}", "$dim")]
    room = max(8, width - width_of([*mark, *tail]))
    name = Piece(middle_cut(clean_line(model.name), room), "bold")
    return DetailLine(0, "head", tuple(cut([*mark, name, *tail], width)))


def _headline(model: Model, fit: Fit | None, width: int) -> list[DetailLine]:
    """Return the answer in a line: `● Fits · about 21 tok/s · room for 24,000 tokens`.

    A verdict that is a warning has its reason below it; the further lines of a long one are less important.
    """
    verdict = verdict_of(model, fit)
    if verdict is None:
        return [DetailLine(0, "head", (Piece(f"{SIZING} {_('sizing')}", "$dim"),))]
    look = VERDICTS[verdict]
    lead = Piece(f"{look.glyph} {look.word[:1].upper()}{look.word[1:]}", f"bold ${look.variable}")
    if model.file_error is not None or fit is None or verdict in _WITHOUT_FIGURES:
        return _with_reason(lead, _reason(model, fit), width)
    answers: list[list[Line]] = [
        [[lead], *([Piece(text, "bold")] for text in _answers(fit, with_pace=with_pace) if text)]
        for with_pace in (True, False)
    ]
    # What a slow speed means is said again with its range; the answer stays in one line.
    fields = next((fields for fields in answers if len(flow(0, fields, width)) == 1), answers[0])
    lines = [msgspec.structs.replace(line, rank=0, place="head") for line in flow(0, fields, width)]
    if verdict is not Verdict.FITS:
        lines += _paragraph(0, _reason(model, fit), width, place="head", role="")
    return lines


def _answers(fit: Fit, *, with_pace: bool) -> list[str]:
    """Return the speed and the room for a text; empty where it is not known."""
    room = fit.max_context
    if room is not None and room >= _ROUNDED_FROM:
        room -= room % _ROUNDED_FROM
    return [
        speed_in_short(fit.speed, with_pace=with_pace),
        "" if room is None else _("room for {count} tokens").format(count=format_number(room, ",")),
    ]


def _with_reason(lead: Piece, reason: str, width: int) -> list[DetailLine]:
    """Return the verdict with its reason behind it, and indented below it."""
    indent = cell_len(lead.text) + len(_GAP)
    rows = wrap(clean_line(reason), max(8, width - indent), 4)
    lines = [[lead, Piece(_GAP + rows[0])], *([Piece(" " * indent + row)] for row in rows[1:])]
    return [DetailLine(0, "head", tuple(cut(line, width))) for line in lines]


def _purpose(model: Model, width: int) -> list[DetailLine]:
    """Return what the model is good for, in which languages, and what has taken its place."""
    entry = model.entry
    if entry is None:
        return []
    lines: list[DetailLine] = []
    if entry.superseded_by:
        successor = _("superseded by {name}").format(name=entry.superseded_by)
        lines += _paragraph(1, f"{SUPERSEDED} {successor}", width, place="head", role="$fit-tight")
    if entry.use:
        lines += _paragraph(1, _(entry.use), width, place="head", role="")
    skills = flow(3, [*_languages(entry), *_skills(entry)], width)
    return [*lines, *(msgspec.structs.replace(line, place="head") for line in skills)]


def _reason(model: Model, fit: Fit | None) -> str:
    if model.file_error:
        return sentence_with_keys(model.file_error)
    if fit is not None:
        return sentence_with_keys(fit.reason)
    shape_reason = model.file.shape_reason if model.file else None
    return sentence_with_keys(shape_reason) if shape_reason else _("no reason was given")


def _totals(model: Model, fit: Fit, measured_bytes: int | None, width: int) -> list[DetailLine]:
    if fit.footprint is None:
        return []
    predicted = fit.footprint.total_bytes
    line = filled(_("predicted {size}"), "$dim", size=[Piece(format_bytes(predicted), "bold")])
    template, measured = _("measured {size}"), measured_bytes
    if measured is None:
        template, measured = _("last time {size}"), fit.measured_bytes
    if measured is not None and predicted > 0:
        line += [
            Piece(_GAP, "$dim"),
            *filled(template, "$dim", size=[Piece(format_bytes(measured), "bold")]),
            Piece(f"{_GAP}({difference_text(predicted, measured)})", "$dim"),
        ]
    source = source_text(model, fit)
    if measured_bytes is not None and measured_bytes < predicted * (1 - _CLOSE):
        # The predicted size is all that the engine asked for; what it has not written to takes no memory yet.
        source = _("{source}; not all of it is in use yet").format(source=source)
    joined: Line = [*line, Piece(_GAP + source, "$dim")]
    if width_of(joined) <= width:
        return [DetailLine(2, "body", tuple(joined))]
    return [DetailLine(2, "body", tuple(cut(line, width))), *_paragraph(4, source, width)]


def _speeds(fit: Fit, width: int) -> list[DetailLine]:
    """Return the speed of writing and, where it is known, that of reading."""
    lines = _paragraph(3, speed_sentence(fit.speed), width)
    if short := reading_in_short(fit.prompt_speed):
        sentence = prompt_sentence(fit.prompt_speed)
        lines += _paragraph(3, sentence if cell_len(sentence) <= width else short, width)
    return lines


def _parts(own_bytes: int, mapped_bytes: int, width: int) -> list[DetailLine]:
    """Return the memory of the engine's process by kind; nothing in a narrow pane."""
    template = _("now {own} private, {mapped} mapped from the file")
    text = template.format(own=format_bytes(own_bytes), mapped=format_bytes(mapped_bytes))
    return [_plain(5, text, width)] if width >= _WIDE else []


def flow(rank: int, fields: Sequence[Line], width: int) -> list[DetailLine]:
    """Return the fields with dots between them, wrapped between two fields.

    The rank of the lines after the first is lower by three.
    """
    rows: list[Line] = []
    for field in fields:
        longer = [*rows[-1], Piece(_DOT, "$dim"), *field] if rows else []
        if rows and width_of(longer) <= width:
            rows[-1] = longer
        else:
            rows.append(list(field))
    return [
        DetailLine(rank + 3 * (row > 0), "body", tuple(cut(line, width))) for row, line in enumerate(rows)
    ]


def _context(model: Model, fit: Fit | None) -> list[Line]:
    fields: list[Line] = []
    if fit is not None and fit.verdict.is_sized and fit.verdict is not Verdict.ELSEWHERE:
        fields.append(filled(_("context {tokens}"), "$dim", tokens=[Piece(str(fit.context))]))
        if fit.max_context is not None:
            template = _("up to {tokens} fits there") if fit.on_idle_machine else _("up to {tokens} fits now")
            largest = filled(template, "$dim", tokens=[Piece(str(fit.max_context))])
        elif fit.verdict in (Verdict.TIGHT, Verdict.TOO_BIG) and not fit.may_fit:
            sentence = _("no context fits there") if fit.on_idle_machine else _("no context fits now")
            largest = [Piece(sentence, "$dim")]
        else:
            largest = [Piece(_("largest that fits {tokens}").format(tokens=UNKNOWN), "$dim")]
        fields.append(largest)
    trained = context_word(model.shape.context_length if model.shape else None)
    return [*fields, filled(_("trained for {tokens}"), "$dim", tokens=[Piece(trained)])]


def _facts(model: Model) -> list[Line]:
    facts: list[str] = []
    shape, entry = model.shape, model.entry
    if shape is not None:
        facts += [
            shape.architecture,
            ngettext("{n} layer", "{n} layers", shape.layers).format(n=shape.layers),
        ]
        if shape.parameters is not None:
            facts.append(_("{count} parameters").format(count=format_count(shape.parameters)))
        if shape.active_parameters is not None:
            facts.append(_("{count} active").format(count=format_count(shape.active_parameters)))
    if entry is not None:
        facts.append(_license(entry))
        if entry.released is not None:
            facts.append(_("released {date}").format(date=format_iso_date(entry.released)))
    return [[Piece(clean_line(fact), "$dim")] for fact in facts]


def _license(entry: CatalogueEntry) -> str:
    """Return the licence with what it says of commercial use."""
    template = {
        "yes": _("{license}: commercial use allowed"),
        "no": _("{license}: no commercial use"),
        "conditions": _("{license}: commercial use under conditions"),
    }.get(entry.commercial or "", "{license}")
    return template.format(license=entry.license)


def _languages(entry: CatalogueEntry) -> list[Line]:
    """Return the first languages and the number of the others; nothing if none is known.

    Of a translator it is said that its publisher lists none, since a filter for a language shows it.
    """
    if entry.languages_unlisted:
        return [[Piece(_("languages not listed by its publisher"), "$dim")]]
    languages = ", ".join(entry.languages[:_LANGUAGES_SHOWN])
    more = len(entry.languages) - _LANGUAGES_SHOWN
    if not languages:
        return []
    if more > 0:
        languages = _("{languages} and {n} more").format(languages=languages, n=more)
    return [[Piece(clean_line(languages), "$dim")]]


def _skills(entry: CatalogueEntry) -> list[Line]:
    """Return whether the model thinks and calls tools, as far as it is known."""
    skills = {
        "yes": [_("thinks before it answers")],
        "no": [_("answers without thinking")],
        "both": [_("thinks or not, as you choose")],
    }.get(entry.thinking or "", [])
    if entry.tools is not None:
        skills.append(_("calls tools") if entry.tools else _("calls no tools"))
    return [[Piece(skill, "$dim")] for skill in skills]


def _location(model: Model, width: int) -> DetailLine:
    if model.path is not None:
        path = middle_cut(clean_line(short_path(model.path)), width)
        return DetailLine(3, "body", (Piece(path, "$dim"),))
    repository = clean_line(model.entry.repository) if model.entry else UNKNOWN
    text = _("not on disk: {repository}").format(repository=repository)
    return DetailLine(3, "body", (Piece(middle_cut(text, width), "$dim"),))


def _origin(file: ModelFile, last_used: float | None) -> list[Line]:
    """Return the store, the size on the disk, and the last use."""
    fields = [sentence_with_keys(origin_reason(file.found_in, file.stored_as))]
    fields.append(_("{size} on disk").format(size=format_bytes(file.size_bytes)))
    if last_used is not None:
        date = format_date(last_used)
        fields.append(_("last loaded on {date}").format(date=date))
    return [[Piece(clean_line(field), "$dim")] for field in fields]


def _other_places(file: ModelFile, width: int) -> list[DetailLine]:
    """Return the other names of the same content; nothing if it has none."""
    origins = [sentence_with_keys(origin_reason(place.found_in, place.stored_as)) for place in file.elsewhere]
    if not origins:
        return []
    text = _("also in {places}").format(places=", ".join(dict.fromkeys(origins)))
    return [_plain(4, row, width) for row in wrap(clean_line(text), width, 2)]


def _paragraph(
    rank: int, text: str, width: int, *, rows: int = 3, place: Place = "body", role: str = "$dim"
) -> list[DetailLine]:
    """Return a text in as many as `rows` lines, which are shown together or not at all."""
    return [DetailLine(rank, place, (Piece(row, role),), text) for row in wrap(clean_line(text), width, rows)]


def _plain(rank: int, text: str, width: int) -> DetailLine:
    return DetailLine(rank, "body", tuple(cut([Piece(text, "$dim")], width)))
