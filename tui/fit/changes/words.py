"""A change in plain words, for the screen and for the plain commands."""

from collections.abc import Sequence

from tui.fit.changes.change import Change
from tui.fit.changes.context import ShorterContext
from tui.fit.changes.kv_type import SmallerKvType
from tui.fit.sentences import SENTENCES
from tui.fit.verdict import Fit, Verdict
from tui.fit.words import verdict_word
from tui.hardware.programs import Program
from tui.i18n import _, ngettext
from tui.models.model import Model
from tui.sentences import Reason, reason, sentence_from
from tui.text import clean_line
from tui.units import format_bytes


def describe(change: Change) -> str:
    """Say what to do, without its gain: `KV cache q8_0, context 4096`."""
    return ", ".join(_words(step.describe()) for step in change.steps)


def describe_briefly(change: Change) -> str:
    """Say the same in fewer words, the quantization first: `Q4_K_M, context 4096`."""
    return ", ".join(_words(step.describe_briefly()) for step in reversed(change.steps))


def describe_with_gain(change: Change) -> str:
    """Say what to do, for which verdict, and what it frees: `to fit: KV cache q8_0, frees 420 MiB`."""
    if change.verdict is Verdict.FITS:
        return _("to fit: {change}, {gain}").format(change=describe(change), gain=gain(change))
    return _("to be {verdict}: {change}, {gain}").format(
        verdict=verdict_word(change.verdict), change=describe(change), gain=gain(change)
    )


def gain(change: Change) -> str:
    """Say what it frees; of programs only about that, since some of it they share with others."""
    size = format_bytes(change.frees_bytes)
    return (_("frees about {size}") if change.gain_is_rough else _("frees {size}")).format(size=size)


def cost(change: Change) -> str:
    """Say what it costs, in a few sentences."""
    of_settings = [loss for step in change.steps if step.changes_settings for loss in step.cost()]
    follow = [reason("fit.verdicts_follow")] if change.changes_settings else []
    of_others = [loss for step in change.steps if not step.changes_settings for loss in step.cost()]
    return " ".join(map(_words, [*of_settings, *follow, *of_others]))


def process_count(programs: Sequence[Program]) -> str:
    """Say how many processes programs are: `12 processes`."""
    count = sum(program.count for program in programs)
    return ngettext("{count} process", "{count} processes", count).format(count=count)


def floor_words(model: Model, fit: Fit) -> str:
    """Say that nothing helps, with the smallest the model can be made; `fit` is the verdict on that."""
    return _words(floor_reason(model, fit))


def floor_reason(model: Model, fit: Fit) -> Reason:
    """Return why nothing helps, with the smallest the model can be made; `fit` is the verdict on that."""
    if fit.footprint is None:
        return reason("fit.nothing_helps")
    if fit.may_fit and fit.pool is not None:
        return reason("fit.may_fit", gpu=fit.pool.device)
    return reason(
        "fit.smallest_needs",
        quant=clean_line(model.quant) or clean_line(model.name),
        count=fit.context,
        type=fit.kv_type,
        size=fit.footprint.total_bytes,
    )


def floor_words_briefly(model: Model, fit: Fit) -> str:
    """Say the smallest the model can be made and what it then needs, without a sentence around it."""
    quant = clean_line(model.quant) or clean_line(model.name)
    kv_type = _words(SmallerKvType(fit.kv_type).describe_briefly())
    context = _words(ShorterContext(fit.context).describe_briefly())
    return _("even {settings} needs {size}").format(
        settings=", ".join([quant, kv_type, context]),
        size=format_bytes(fit.footprint.total_bytes if fit.footprint else None),
    )


def _words(why: Reason) -> str:
    return sentence_from(SENTENCES, why)
