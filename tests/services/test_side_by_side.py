"""Several machines side by side."""

import msgspec
import pytest

from tests.reasons import reason_with_text
from tests.ui.model_samples import POOL, fit, model
from tui.engine.options import LoadSettings
from tui.fit.sizing import Sizer
from tui.fit.verdict import Speed, Verdict
from tui.hardware.profiles import PROFILES
from tui.hardware.what_if import UnknownMachineError
from tui.services import side_by_side
from tui.services.side_by_side import (
    MACHINE_COLUMNS,
    HereFacts,
    ModelOnMachines,
    NamedMachine,
    best_everywhere_first,
    judge_known_sizes,
    judge_side_by_side,
    named_machine,
    why_no_speed,
)
from tui.services.sizing import JudgedModel
from tui.settings.named_tables import MachineSettings
from tui.units import GIB

M1, HP = PROFILES["m1-8gb"], PROFILES["hp-i5-1035g1"]


def test_here_is_this_machine_unless_the_user_has_one_of_that_name():
    assert named_machine("Here", {}, HP) == NamedMachine("Here", HP, is_here=True)
    assert named_machine("m1-8gb", {}, HP) == NamedMachine("m1-8gb", M1)
    own = {"here": MachineSettings(ram_gb=16)}
    assert not named_machine("here", own, HP).is_here
    with pytest.raises(UnknownMachineError):
        named_machine("nowhere", {}, HP)


async def test_each_model_is_judged_for_each_machine_with_its_own_settings(monkeypatch):
    calls = []

    async def judge_models(models, settings, machine, reading):
        calls.append((settings.threads, machine, reading))
        verdict = Verdict.FITS if machine is HP else Verdict.TOO_BIG
        return [JudgedModel(listed_model, fit(verdict)) for listed_model in models]

    monkeypatch.setattr(side_by_side, "judge_models", judge_models)
    reading = object()
    machines = [NamedMachine("m1-8gb", M1), NamedMachine("here", HP, is_here=True)]
    loads = [LoadSettings(threads=8), LoadSettings(threads=4)]
    (row,) = await judge_side_by_side([model("One")], machines, loads, reading)

    # Only this machine has a reading: the other one is idle.
    assert calls == [(8, M1, None), (4, HP, reading)]
    assert [verdict_fit.verdict for verdict_fit in row.fits] == [Verdict.TOO_BIG, Verdict.FITS]
    assert not row.runs_everywhere
    assert ModelOnMachines(row.model, (fit(Verdict.TIGHT), fit())).runs_everywhere


def test_the_columns_of_a_machine_are_verdict_speed_and_longest_context():
    fast = msgspec.structs.replace(fit(), speed=Speed(20.4, "estimated"))
    assert [column.text(fast) for column in MACHINE_COLUMNS] == ["fits", "~20", "24k"]
    assert [column.text(fit(max_context=None)) for column in MACHINE_COLUMNS] == ["fits", "n/a", "-"]


def test_a_machine_without_any_speed_says_why():
    why = reason_with_text("its memory bandwidth is not known")
    unknown = msgspec.structs.replace(fit(), speed=Speed(None, None, reason=why))
    fast = msgspec.structs.replace(fit(), speed=Speed(20.4, "estimated"))
    too_big = msgspec.structs.replace(fit(Verdict.TOO_BIG), speed=Speed(None, None, reason=why))
    rows = [ModelOnMachines(model("One"), (unknown, fast)), ModelOnMachines(model("Two"), (fit(), unknown))]
    assert why_no_speed(rows, 0) == why
    assert why_no_speed(rows, 1) is None
    assert why_no_speed([ModelOnMachines(model("Three"), (too_big,))], 0) is None


def test_what_fits_the_most_machines_comes_first_and_tight_ones_after():
    verdicts = {
        "one": (Verdict.FITS, Verdict.TOO_BIG),
        "tight": (Verdict.TIGHT, Verdict.FITS),
        "both": (Verdict.FITS, Verdict.FITS),
        "none": (Verdict.TOO_BIG, Verdict.SPLIT),
    }
    rows = [ModelOnMachines(model(name), tuple(map(fit, pair))) for name, pair in verdicts.items()]
    assert [row.model.name for row in best_everywhere_first(rows)] == ["both", "tight", "one", "none"]


def test_known_sizes_are_judged_by_the_memory_of_each_machine():
    machines = [NamedMachine("here", M1, is_here=True), NamedMachine("hp", HP), NamedMachine("m1", M1)]
    here = HereFacts(M1, (msgspec.structs.replace(POOL, capacity_bytes=GIB, free_bytes=GIB),), None)
    (row,) = judge_known_sizes([model("One")], machines, LoadSettings(context=512), Sizer(None), here)
    on_here, on_hp, on_m1 = row.fits
    # This machine as it is, the other ones as they are with nothing else running.
    assert (on_here.on_idle_machine, on_hp.on_idle_machine, on_m1.on_idle_machine) == (False, True, True)
    assert on_here.verdict is Verdict.TOO_BIG
    assert on_hp.verdict is Verdict.FITS
    assert on_hp.footprint == on_m1.footprint == on_here.footprint
