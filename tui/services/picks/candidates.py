"""Models as they would be used for a wish: with or without thinking, and what thinking costs here."""

import re
from collections.abc import Sequence

import msgspec

from tui.fit.verdict import Fit
from tui.models.model import CatalogueEntry, Model, Use
from tui.services.picks.wish import Wish
from tui.services.sizing import JudgedModel

THOUGHT_TOKENS = 1000
"""Tokens of thinking that the wait for an answer is counted for; models think for some hundreds to many
thousands."""
THINKING_HELPS: frozenset[Use] = frozenset({"code", "tools", "reasoning"})
"""Tasks for which a model that can do both is used with thinking, where that is fast enough."""
_PATIENCE, _LONG_PATIENCE = 30.0, 60.0
"""Seconds that 1,000 tokens of thinking may take; longer for tasks that thinking helps."""
FULL_PRECISION_BITS = 4
"""Bits below which figures of full precision say less of a quantization."""
_BITS = re.compile(r"\d+")


class Candidate(msgspec.Struct, frozen=True):
    """A model with its verdict, and the mode in which it would be used."""

    model: Model
    fit: Fit
    thinks: bool | None
    """True where it would think first; None where it is not known whether it does."""

    @property
    def entry(self) -> CatalogueEntry | None:
        """Its entry in the catalogue; None for a file that the catalogue does not know."""
        return self.model.entry

    @property
    def name(self) -> str:
        """Name in the catalogue, else that of its file."""
        return self.model.entry.name if self.model.entry else self.model.name

    @property
    def speed(self) -> float | None:
        """Tokens per second that it generates here; None where that is not known."""
        return self.fit.speed.value if self.fit.speed is not None else None

    @property
    def thinking_seconds(self) -> float | None:
        """Seconds that 1,000 tokens of thinking take here; None where it does not think, or not known."""
        return THOUGHT_TOKENS / self.speed if self.thinks and self.speed else None


def candidates(judged: Sequence[JudgedModel], wish: Wish) -> list[Candidate]:
    """Return the models as they would be used for the wish, in their order."""
    return [_candidate(item, wish) for item in judged]


def _candidate(item: JudgedModel, wish: Wish) -> Candidate:
    entry = item.model.entry
    mode = entry.thinking if entry is not None else None
    if mode != "both":
        return Candidate(item.model, item.fit, {"yes": True, "no": False, None: None}[mode])
    thinking = Candidate(item.model, item.fit, thinks=True)
    if wish.task in THINKING_HELPS and thinking.speed is not None and not thinks_too_long(thinking, wish):
        return thinking
    return Candidate(item.model, item.fit, thinks=False)


def thinks_too_long(candidate: Candidate, wish: Wish) -> bool:
    """Return True where 1,000 tokens of thinking take longer than one waits for such a task."""
    return (candidate.thinking_seconds or 0.0) > patience(wish.task)


def patience(task: Use) -> float:
    """Return the seconds that 1,000 tokens of thinking may take for a task."""
    return _LONG_PATIENCE if task in THINKING_HELPS else _PATIENCE


def quant_bits(quant: str) -> int | None:
    """Return the bits of a quantization by its name: 4 for `Q4_K_M`, `IQ4_XS` or `MXFP4`; None for none."""
    digits = _BITS.search(quant)
    return int(digits[0]) if digits else None
