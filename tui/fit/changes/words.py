"""A change in plain words, for the screen and for the plain commands."""

from tui.fit.changes.search import Change, is_usable
from tui.fit.verdict import Fit, Verdict
from tui.i18n import _, ngettext
from tui.models.model import Model
from tui.text import clean_line
from tui.units import format_bytes


def describe(change: Change) -> str:
    """What to do, without its gain: `KV cache q8_0, context 4096`."""
    told: list[str] = []
    if change.kv_type is not None:
        told.append(_("KV cache {type}").format(type=change.kv_type))
    if change.context is not None:
        told.append(_context(change.context))
    if change.model is not None:
        told.append(_quant(change.model))
    if change.programs:
        told.append(_("close {programs}").format(programs=program_names(change)))
    return ", ".join(told)


def describe_briefly(change: Change) -> str:
    """The same in fewer words, without programs: `Q4_K_M, context 4096`."""
    quant = [clean_line(change.model.quant)] if change.model is not None else []
    return ", ".join([*quant, *_brief(change.kv_type, change.context)])


def sentence(change: Change) -> str:
    """A change with its gain and the verdict that it is for: `to fit: KV cache q8_0, frees 420 MiB`."""
    told = _("to fit: {change}, {gain}")
    if change.verdict is not Verdict.FITS:
        told = _("to be {verdict}: {change}, {gain}")
    return told.format(verdict=change.verdict.value, change=describe(change), gain=gain(change))


def gain(change: Change) -> str:
    """What it frees; of programs only about that, since some of it they share with others."""
    size = format_bytes(change.frees_bytes)
    return (_("frees about {size}") if change.programs else _("frees {size}")).format(size=size)


def cost(change: Change) -> str:
    """What it costs, in a few sentences."""
    told: list[str] = []
    if change.kv_type == "q8_0":
        told.append(_("The model's memory of the text is kept in 8 bits a number: hardly any loss."))
    elif change.kv_type is not None:
        told.append(_("The model's memory of the text is kept in 4 bits a number: long texts suffer first."))
    if change.context is not None:
        told.append(_("It sees at most {count} tokens at once.").format(count=change.context))
        if not is_usable(change):
            told.append(_("That is little: a few short messages."))
    if change.settings is not None:
        told.append(_("Every verdict follows."))
    if change.model is not None:
        told.append(_("Fewer bits a weight answer a little less well."))
        if change.downloads:
            told.append(
                _("The file is not on this disk: {size} to download.").format(
                    size=format_bytes(change.model.weights_bytes)
                )
            )
    if change.programs:
        told.append(_("Unsaved work in them may be lost; you are asked once more."))
    return " ".join(told)


def program_names(change: Change) -> str:
    """The programs' names, one after another."""
    return ", ".join(clean_line(program.name) for program in change.programs)


def process_count(change: Change) -> str:
    """How many processes they are: `12 processes`."""
    count = sum(program.count for program in change.programs)
    return ngettext("{count} process", "{count} processes", count).format(count=count)


def floor_words(model: Model, fit: Fit) -> str:
    """That nothing helps, with the smallest the model can be made; `fit` is the verdict on that."""
    if fit.footprint is None:
        return _("Nothing here would make it fit.")
    if fit.may_fit and fit.pool is not None:
        told = _("It may fit: how much of the {gpu} is free cannot be read, and llmtui doctor says why.")
        return told.format(gpu=fit.pool.device)
    return _("Even at {quant} with a context of {count} and a {type} KV cache it needs {size}.").format(
        quant=clean_line(model.quant) or clean_line(model.name),
        count=fit.context,
        type=fit.kv_type,
        size=format_bytes(fit.footprint.total_bytes),
    )


def floor_words_briefly(model: Model, fit: Fit) -> str:
    """The smallest the model can be made and what it then needs, without a sentence around it."""
    told = ", ".join([clean_line(model.quant) or clean_line(model.name), *_brief(fit.kv_type, fit.context)])
    return _("even {settings} needs {size}").format(
        settings=told, size=format_bytes(fit.footprint.total_bytes if fit.footprint else None)
    )


def _brief(kv_type: str | None, context: int | None) -> list[str]:
    kv = [] if kv_type is None else [_("KV {type}").format(type=kv_type)]
    return kv if context is None else [*kv, _context(context)]


def _context(tokens: int) -> str:
    return _("context {count}").format(count=tokens)


def _quant(model: Model) -> str:
    quant = clean_line(model.quant)
    if model.file is not None:
        return _("quantization {quant} (on disk)").format(quant=quant)
    return _("quantization {quant} (to download)").format(quant=quant)
