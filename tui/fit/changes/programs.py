"""Programs to close, as a step towards a better verdict."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec

from tui.engine.options import LoadSettings
from tui.fit import judge
from tui.fit.changes.step import Setup
from tui.fit.placement import Parts
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.programs import Program
from tui.sentences import Reason, reason
from tui.text import clean_line

_ALTERNATIVES = 3
"""Programs that are each enough alone; more to choose from would only be longer to read."""


class ClosePrograms(msgspec.Struct, frozen=True):
    """Ask programs to close, which gives their memory back."""

    kind: ClassVar[str] = "close"
    changes_settings: ClassVar[bool] = False
    gain_is_rough: ClassVar[bool] = True

    programs: tuple[Program, ...]

    @property
    def memory_bytes(self) -> int:
        """Memory that the programs hold."""
        return sum(program.memory_bytes for program in self.programs)

    def apply(self, setup: Setup) -> Setup:
        """Return the setup with these programs to close first."""
        return msgspec.structs.replace(setup, programs_to_close=self.programs)

    def describe(self) -> Reason:
        """Name the programs: `close Firefox`."""
        return reason("fit.change_programs", programs=program_names(self.programs))

    def describe_briefly(self) -> Reason:
        """Name the programs: `close Firefox`."""
        return self.describe()

    def cost(self) -> tuple[Reason, ...]:
        """Say what may be lost."""
        return (reason("fit.programs_unsaved"),)


def program_names(programs: Sequence[Program]) -> str:
    """Return the programs' names, one after another."""
    return ", ".join(clean_line(program.name) for program in programs)


def programs_to_close(
    fit: Fit,
    pools: Sequence[Pool],
    settings: LoadSettings,
    programs: Sequence[Program],
    parts: Parts | None = None,
) -> list[ClosePrograms]:
    """Return the ways to make a tight model fit by closing programs: the fewest and smallest that are enough.

    Only system memory counts: a card's memory is not given back by what these programs hold.

    Args:
        fit: the verdict on the model.
        pools: the machine's pools, fastest first.
        settings: those that the verdict is for.
        programs: what could be closed.
        parts: those that the verdict was found with.
    """
    if fit.verdict is not Verdict.TIGHT or not pools or pools[0].kind == "vram":
        return []
    rising = sorted(programs, key=lambda program: program.memory_bytes)
    enough_alone = [(program,) for program in rising if _is_enough(fit, pools, settings, (program,), parts)]
    if enough_alone:
        return [ClosePrograms(programs) for programs in enough_alone[:_ALTERNATIVES]]
    together: tuple[Program, ...] = ()
    for program in reversed(rising):
        together = (*together, program)
        if _is_enough(fit, pools, settings, together, parts):
            return [ClosePrograms(together)]
    return []


def _is_enough(
    fit: Fit,
    pools: Sequence[Pool],
    settings: LoadSettings,
    closed: Sequence[Program],
    parts: Parts | None,
) -> bool:
    """True when the model would fit with their memory free, past the margin that holds a verdict steady."""
    if fit.footprint is None:
        return False
    pool = pools[0]
    free_bytes = min(pool.capacity_bytes, pool.free_bytes + sum(program.memory_bytes for program in closed))
    freed_pool = msgspec.structs.replace(pool, free_bytes=free_bytes)
    after = judge.judge(fit.footprint, [freed_pool, *pools[1:]], settings, parts, previous=Verdict.TIGHT)
    return after.verdict is Verdict.FITS
