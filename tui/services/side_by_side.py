"""Several machines side by side: one list of models, with the verdict on each model for each machine."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from tui.engine.options import LoadSettings
from tui.fit.board import Measurements, fit_model, settings_for
from tui.fit.pools import pools
from tui.fit.sizing import Sizer
from tui.fit.speed_words import speed_word
from tui.fit.verdict import Fit, Pool, Verdict
from tui.fit.words import verdict_word
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.what_if import machine_named
from tui.i18n import N_
from tui.models.model import Model
from tui.sentences import Reason
from tui.services.measuring import measurements_on
from tui.services.model_columns import longest_context_word
from tui.services.sizing import judge_models
from tui.settings.settings import MachineSettings
from tui.text import clean_line

_RUNS = (Verdict.FITS, Verdict.TIGHT)
HERE_NAMES = ("here", "aquí")
"""Names of this machine among the names of others."""


class NamedMachine(msgspec.Struct, frozen=True):
    """A machine in a comparison of machines."""

    name: str
    """As the user wrote or chose it."""
    machine: Machine
    is_here: bool = False
    """True for this machine, which is judged as it is now."""


class ModelOnMachines(msgspec.Struct, frozen=True):
    """A model with its verdict on each machine."""

    model: Model
    fits: tuple[Fit, ...]
    """In the order of the machines."""

    @property
    def runs_everywhere(self) -> bool:
        """True where it fits each machine, tightly or not."""
        return all(fit.verdict in _RUNS for fit in self.fits)


class HereFacts(msgspec.Struct, frozen=True):
    """Facts about this machine that other machines are judged beside."""

    machine: Machine
    pools: Sequence[Pool]
    """Its memory as it is now."""
    measurements: Measurements | None
    """Measurements of its speed; None for none."""


class MachineColumn(msgspec.Struct, frozen=True):
    """A column that each machine has."""

    title: str
    """Untranslated."""
    text: Callable[[Fit], str]
    right: bool = False
    has_verdict_color: bool = False


MACHINE_COLUMNS: tuple[MachineColumn, ...] = (
    MachineColumn(N_("verdict"), lambda fit: verdict_word(fit.verdict), has_verdict_color=True),
    MachineColumn(N_("tok/s"), lambda fit: speed_word(fit.speed), right=True),
    MachineColumn(N_("tokens"), lambda fit: longest_context_word(fit.max_context), right=True),
)
"""Columns of each machine, for `llmtui fit` and the dashboard."""


def named_machine(name: str, own: Mapping[str, MachineSettings], this_machine: Machine) -> NamedMachine:
    """Return the machine of a name, `here` for this one.

    Raises:
        UnknownMachineError: there is none of this name.
    """
    wanted = clean_line(name)
    # A machine of the user's own may be called so, too.
    if wanted.casefold() in HERE_NAMES and wanted not in own:
        return NamedMachine(wanted, this_machine, is_here=True)
    return NamedMachine(wanted, machine_named(name, own, this_machine))


async def judge_side_by_side(
    models: Sequence[Model],
    machines: Sequence[NamedMachine],
    settings: Sequence[LoadSettings],
    reading: Reading | None,
) -> list[ModelOnMachines]:
    """Return the verdicts on each model for each machine.

    Args:
        models: to judge.
        machines: to judge for.
        settings: to load with on each machine.
        reading: of this machine as it is now; needed where it is among the machines.
    """
    by_machine = [
        # One after another: the sizes are the same, and kept from the first to the next.
        await judge_models(models, load, named.machine, reading if named.is_here else None)
        for named, load in zip(machines, settings, strict=True)
    ]
    return [
        ModelOnMachines(model, tuple(judged[place].fit for judged in by_machine))
        for place, model in enumerate(models)
    ]


def judge_known_sizes(
    models: Sequence[Model],
    machines: Sequence[NamedMachine],
    settings: LoadSettings,
    sizer: Sizer,
    own_facts: HereFacts,
) -> list[ModelOnMachines]:
    """Return the verdicts on each model for each machine by what is known of its size at once.

    Args:
        models: to judge.
        machines: to judge for.
        settings: context and KV type to load with.
        sizer: knows the sizes; the engine is not asked.
        own_facts: what is known of this machine.
    """
    judges = [_judge(named, sizer, own_facts) for named in machines]
    rows: list[ModelOnMachines] = []
    for model in models:
        own = settings_for(model, settings)
        rows.append(ModelOnMachines(model, tuple(judge(model, own) for judge in judges)))
    return rows


def _judge(named: NamedMachine, sizer: Sizer, own_facts: HereFacts) -> Callable[[Model, LoadSettings], Fit]:
    if named.is_here:
        machine_pools, measurements = own_facts.pools, own_facts.measurements
    else:
        machine_pools = pools(named.machine, None)
        measurements = measurements_on(named.machine, own_facts.machine, own_facts.measurements)

    def judge(model: Model, settings: LoadSettings) -> Fit:
        size = sizer.known_size(model, settings)
        return fit_model(model, size, machine_pools, settings, measurements=measurements)

    return judge


def best_everywhere_first(rows: Sequence[ModelOnMachines]) -> list[ModelOnMachines]:
    """Return what runs on the most machines first, then with the fewest tight verdicts, else as it was."""

    def key(row: ModelOnMachines) -> tuple[int, int]:
        verdicts = [fit.verdict for fit in row.fits]
        return -sum(verdict in _RUNS for verdict in verdicts), verdicts.count(Verdict.TIGHT)

    return sorted(rows, key=key)


def why_no_speed(rows: Sequence[ModelOnMachines], place: int) -> Reason | None:
    """Return why no model has a speed on a machine; None where one has."""
    speeds = [row.fits[place].speed for row in rows if row.fits[place].verdict is not Verdict.TOO_BIG]
    if any(speed is not None and speed.value is not None for speed in speeds):
        return None
    return next((speed.reason for speed in speeds if speed is not None and speed.reason is not None), None)
