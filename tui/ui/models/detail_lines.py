"""Lines of the detail pane, each with its rank. No widget here."""

import time
from collections.abc import Sequence
from typing import Literal

import msgspec

from tui.fit.speed_words import prompt_sentence, speed_sentence
from tui.fit.verdict import Fit, Speed, Verdict
from tui.i18n import _, ngettext
from tui.models.model import CatalogueEntry, Model, ModelFile
from tui.models.stores.stores import origin_reason
from tui.services.model_columns import SIZING, SUPERSEDED, context_word, verdict_of
from tui.text import clean_line, short_path
from tui.ui.kit.cells import middle_cut, wrap
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.pieces import Line, Piece, cut, width_of
from tui.ui.models.column_layout import LOADED
from tui.ui.models.notices import download_steps
from tui.ui.models.verdicts import VERDICTS
from tui.units import UNKNOWN, format_bytes, format_count

Place = Literal["head", "bar", "body"]

_GAP = "  "
_DOT = " · "
_LANGUAGES_SHOWN = 6
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


def choose_lines(lines: list[DetailLine], height: int) -> list[DetailLine]:
    """Return the most important lines, at most `height` of them, in their original order."""
    order = sorted(range(len(lines)), key=lambda index: (lines[index].rank, index))
    return [lines[index] for index in sorted(order[: max(0, height)])]


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
    lines = [_title(model, loaded, width), *_verdict(model, fit, width)]
    if fit is not None and fit.footprint is not None:
        lines += [DetailLine(1, "bar"), DetailLine(4, "bar"), *_totals(model, fit, measured_bytes, width)]
        if measured_bytes is not None and measured_parts is not None:
            lines += _parts(*measured_parts, width)
    lines += flow(1, [[Piece(clean_line(field))] for field in hint], width)
    if fit is not None and fit.speed is not None and fit.footprint is not None:
        lines.append(DetailLine(2, "body", tuple(cut(_speed(fit.speed), width))))
        lines += _prompt_speed(fit.prompt_speed, width)
    if model.shape is not None or fit is not None:
        lines += flow(2, _context(model, fit), width)
    lines += flow(5, _facts(model), width)
    lines += flow(7, _skills(model), width)
    if model.entry is not None and model.entry.superseded_by:
        successor = _("superseded by {name}").format(name=model.entry.superseded_by)
        lines.append(_plain(3, f"{SUPERSEDED} {clean_line(successor)}", width))
    if model.entry is not None and model.entry.use:
        lines.append(_plain(7, _("good for: {use}").format(use=clean_line(model.entry.use)), width))
    lines.append(_location(model, width))
    if model.file is not None:
        lines += flow(4, _origin(model.file, last_used), width)
        lines += _other_places(model.file, width)
    if not model.on_disk and model.entry is not None and advises_download:
        advice = clean_line(download_steps(model.entry.repository))
        lines += [_plain(6, row, width) for row in wrap(advice, width, 2)]
    if model.file_error is None and model.load_problem is not None:
        why = clean_line(sentence_with_keys(model.load_problem))
        lines += [_plain(0, row, width) for row in wrap(why, width, 3)]
    if model.can_load and model.purpose_reason is not None:
        why = clean_line(sentence_with_keys(model.purpose_reason)) + "."
        lines += [_plain(6, row, width) for row in wrap(why, width, 2)]
    return lines


def empty_lines() -> list[DetailLine]:
    """Return the lines of the pane while no model is highlighted."""
    return [
        _plain(0, _("No model is highlighted."), 80),
        _plain(1, _("Highlight one in the list to see its verdict and its memory here."), 80),
    ]


def difference_text(predicted: int, measured: int) -> str:
    """Return the difference of the measured size from the predicted one: `+0.7 %`."""
    # Adding zero turns -0.0 into 0.0.
    return f"{round((measured / predicted - 1) * 100, 1) + 0.0:+.1f} %"


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


def _verdict(model: Model, fit: Fit | None, width: int) -> list[DetailLine]:
    """Return glyph, word and reason; the further lines of a long reason are less important."""
    verdict = verdict_of(model, fit)
    if verdict is None:
        return [DetailLine(0, "head", (Piece(f"{SIZING} {_('sizing')}", "$dim"),))]
    look = VERDICTS[verdict]
    lead = f"{look.glyph} {look.word}{_GAP}"
    reason = clean_line(_reason(model, fit))
    # A file that cannot be used or sized has few other facts, so the reason may take more lines.
    failed = model.file_error is not None or verdict is Verdict.UNKNOWN
    rows = wrap(reason, max(8, width - len(lead)), 4 if failed else 2)
    lines = [
        DetailLine(0, "head", tuple(cut([Piece(lead, f"bold ${look.variable}"), Piece(rows[0])], width)))
    ]
    for row in rows[1:]:
        indented = [Piece(" " * len(lead)), Piece(row)]
        lines.append(DetailLine(0 if failed else 3, "head", tuple(cut(indented, width))))
    return lines


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
    line: Line = [Piece(_("predicted") + " ", "$dim"), Piece(format_bytes(predicted), "bold")]
    label, measured = _("measured"), measured_bytes
    if measured is None:
        label, measured = _("last time"), fit.measured_bytes
    if measured is not None and predicted > 0:
        line += [
            Piece(f"{_GAP}{label} ", "$dim"),
            Piece(format_bytes(measured), "bold"),
            Piece(f"{_GAP}({difference_text(predicted, measured)})", "$dim"),
        ]
    source = source_text(model, fit)
    if measured_bytes is not None and measured_bytes < predicted * (1 - _CLOSE):
        # The predicted size is all that the engine asked for; what it has not written to takes no memory yet.
        source = _("{source}; not all of it is in use yet").format(source=source)
    joined: Line = [*line, Piece(_GAP + source, "$dim")]
    if width_of(joined) <= width:
        return [DetailLine(1, "body", tuple(joined))]
    return [DetailLine(1, "body", tuple(cut(line, width))), _plain(4, source, width)]


def _speed(speed: Speed) -> Line:
    if speed.value is None:
        return [Piece(speed_sentence(speed), "$dim")]
    figure, _space, tail = speed_sentence(speed).partition(" tok/s")
    return [Piece(figure, "bold"), Piece(" tok/s" + tail, "$dim")]


def _prompt_speed(speed: Speed | None, width: int) -> list[DetailLine]:
    """Return the speed of reading a prompt; nothing if unknown, because the line above says what helps."""
    if speed is None or speed.value is None:
        return []
    return [_plain(3, prompt_sentence(speed), width)]


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
        fields.append([Piece(_("context") + " ", "$dim"), Piece(str(fit.context))])
        if fit.max_context is not None:
            largest = [
                Piece(_("up to") + " ", "$dim"),
                Piece(str(fit.max_context)),
                Piece(" " + (_("fits there") if fit.on_idle_machine else _("fits now")), "$dim"),
            ]
        elif fit.verdict in (Verdict.TIGHT, Verdict.TOO_BIG) and not fit.may_fit:
            sentence = _("no context fits there") if fit.on_idle_machine else _("no context fits now")
            largest = [Piece(sentence, "$dim")]
        else:
            largest = [Piece(_("largest that fits") + f" {UNKNOWN}", "$dim")]
        fields.append(largest)
    trained = context_word(model.shape.context_length if model.shape else None)
    fields.append([Piece(_("trained for") + " ", "$dim"), Piece(trained)])
    return fields


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
        languages = ", ".join(entry.languages[:_LANGUAGES_SHOWN])
        more = len(entry.languages) - _LANGUAGES_SHOWN
        if languages:
            facts.append(languages + (" " + _("and {n} more").format(n=more) if more > 0 else ""))
    return [[Piece(clean_line(fact), "$dim")] for fact in facts]


def _license(entry: CatalogueEntry) -> str:
    """Return the licence with what it says of commercial use."""
    template = {
        "yes": _("{license}: commercial use allowed"),
        "no": _("{license}: no commercial use"),
        "conditions": _("{license}: commercial use under conditions"),
    }.get(entry.commercial or "", "{license}")
    return template.format(license=entry.license)


def _skills(model: Model) -> list[Line]:
    """Return whether the model thinks and calls tools, as far as it is known, and when it was released."""
    entry = model.entry
    if entry is None:
        return []
    skills = {
        "yes": [_("thinks before it answers")],
        "no": [_("answers without thinking")],
        "both": [_("thinks or not, as you choose")],
    }.get(entry.thinking or "", [])
    if entry.tools is not None:
        skills.append(_("calls tools") if entry.tools else _("calls no tools"))
    if entry.released is not None:
        skills.append(_("released {date}").format(date=entry.released))
    return [[Piece(clean_line(skill), "$dim")] for skill in skills]


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
        date = time.strftime("%Y-%m-%d", time.localtime(last_used))
        fields.append(_("last loaded on {date}").format(date=date))
    return [[Piece(clean_line(field), "$dim")] for field in fields]


def _other_places(file: ModelFile, width: int) -> list[DetailLine]:
    """Return the other names of the same content; nothing if it has none."""
    origins = [sentence_with_keys(origin_reason(place.found_in, place.stored_as)) for place in file.elsewhere]
    if not origins:
        return []
    text = _("also in {places}").format(places=", ".join(dict.fromkeys(origins)))
    return [_plain(4, row, width) for row in wrap(clean_line(text), width, 2)]


def _plain(rank: int, text: str, width: int) -> DetailLine:
    return DetailLine(rank, "body", tuple(cut([Piece(text, "$dim")], width)))
