"""Everything that is a step has a kind of its own, changes the setup, and says so."""

import pytest

from tests.fit.changes.judged_models import QWEN, program
from tests.reasons import sentence_of
from tui.engine.options import LoadSettings
from tui.fit.changes.context import ShorterContext
from tui.fit.changes.kv_type import SmallerKvType
from tui.fit.changes.programs import ClosePrograms
from tui.fit.changes.quantization import LighterQuantization
from tui.fit.changes.step import ChangeStep, Setup
from tui.models.listing import catalogue_model

STEPS: list[ChangeStep] = [
    SmallerKvType("q8_0"),
    ShorterContext(2048),
    ClosePrograms((program("browser", 1000),)),
    LighterQuantization(catalogue_model(QWEN, "Q3_K_M")),
]
SETUP = Setup(catalogue_model(QWEN), LoadSettings())


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.kind)
def test_a_step_changes_the_setup_and_names_itself_and_its_cost(step: ChangeStep):
    changed = step.apply(SETUP)
    assert changed != SETUP
    # THEN it says truly whether other models of the list are judged anew
    assert (changed.settings != SETUP.settings) is step.changes_settings
    assert len(sentence_of(step.describe_briefly())) <= len(sentence_of(step.describe()))
    assert step.cost()
    assert all(sentence_of(loss).endswith(".") for loss in step.cost())


def test_each_kind_of_step_appears_once():
    assert len({step.kind for step in STEPS}) == len(STEPS)
