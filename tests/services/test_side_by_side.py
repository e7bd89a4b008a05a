"""Several machines side by side."""

# Fixtures and stand-ins are not typed strictly.
# pyright: basic, reportOptionalMemberAccess=false, reportArgumentType=false
# pyright: reportAttributeAccessIssue=false, reportOptionalSubscript=false

import msgspec
import pytest

from tests.reasons import reason_with_text
from tests.ui.model_samples import fit, model
from tui.engine.options import LoadSettings
from tui.fit.verdict import Speed, Verdict
from tui.hardware.profiles import PROFILES
from tui.hardware.what_if import UnknownMachineError
from tui.services import side_by_side
from tui.services.side_by_side import (
    MACHINE_COLUMNS,
    ModelOnMachines,
    NamedMachine,
    judge_side_by_side,
    longest_context_word,
    named_machine,
    why_no_speed,
)
from tui.services.sizing import JudgedModel
from tui.settings.named_tables import MachineSettings

M1, HP = PROFILES["m1-8gb"], PROFILES["hp-i5-1035g1"]


def test_here_is_this_machine_unless_the_user_has_one_of_that_name():
    assert named_machine("Here", {}, HP) == NamedMachine("Here", HP, is_here=True)
    assert named_machine("m1-8gb", {}, HP) == NamedMachine("m1-8gb", M1)
    own = {"here": MachineSettings(ram_gb=16)}
    assert not named_machine("here", own, HP).is_here
    with pytest.raises(UnknownMachineError):
        named_machine("nowhere", {}, HP)


@pytest.mark.parametrize(
    ("tokens", "word"),
    [(None, "-"), (256, "256"), (8192, "8k"), (27904, "27k"), (131072, "128k"), (1 << 20, "1M")],
)
def test_a_longest_context_is_rounded_down(tokens, word):
    assert longest_context_word(tokens) == word


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
