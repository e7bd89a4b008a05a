"""A shorter context as a step."""

import pytest

from tests.fit.changes.judged_models import QWEN
from tests.reasons import sentence_of
from tui.engine.options import LoadSettings
from tui.fit.changes.context import USABLE_CONTEXT, ShorterContext
from tui.fit.changes.step import Setup
from tui.models.listing import catalogue_model
from tui.sentences import reason


def test_only_the_context_of_the_settings_changes():
    setup = Setup(catalogue_model(QWEN), LoadSettings(context=8192, kv_type="q8_0"))
    changed = ShorterContext(2048).apply(setup)
    assert changed == Setup(catalogue_model(QWEN), LoadSettings(context=2048, kv_type="q8_0"))
    step = ShorterContext(2048)
    assert step.describe() == step.describe_briefly() == reason("fit.change_context", count=2048)
    assert sentence_of(step.describe()) == "context 2048"


@pytest.mark.parametrize(("context", "is_usable"), [(USABLE_CONTEXT, True), (USABLE_CONTEXT - 1, False)])
def test_a_context_too_short_for_a_conversation_says_so(context: int, is_usable: bool):
    step = ShorterContext(context)
    assert step.is_usable is is_usable
    costs = [sentence_of(loss) for loss in step.cost()]
    assert costs[0] == f"It sees at most {context} tokens at once."
    assert ("few short messages" in " ".join(costs)) is not is_usable
