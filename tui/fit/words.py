"""Words of verdicts and of a quantization's loss, for every front end."""

from tui.fit.verdict import Verdict
from tui.i18n import N_, _, pgettext
from tui.models.quality_loss import Loss
from tui.units import UNKNOWN

VERDICT_WORDS: dict[Verdict, str] = {
    Verdict.FITS: N_("fits"),
    Verdict.TIGHT: N_("tight"),
    Verdict.SPLIT: N_("split"),
    Verdict.ELSEWHERE: N_("elsewhere"),
    Verdict.TOO_BIG: N_("too big"),
    Verdict.NO_CHAT: N_("no chat"),
    Verdict.UNKNOWN: N_("unknown"),
}
"""Untranslated; `verdict_word` translates them."""


def verdict_word(verdict: Verdict) -> str:
    """Return a verdict in the user's language."""
    return _(VERDICT_WORDS[verdict])


def loss_word(loss: Loss | None) -> str:
    """Return a loss in the user's language; `n/a` for an unknown one."""
    in_words: dict[Loss, str] = {
        "none": pgettext("loss of quality", "none"),
        "hardly any": pgettext("loss of quality", "hardly any"),
        "a little": pgettext("loss of quality", "a little"),
        "noticeable": pgettext("loss of quality", "noticeable"),
        "much": pgettext("loss of quality", "much"),
        "severe": pgettext("loss of quality", "severe"),
    }
    return UNKNOWN if loss is None else in_words[loss]
