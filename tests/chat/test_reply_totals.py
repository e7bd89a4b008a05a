"""Metrics and receipts of the parts of a reply add up."""

import msgspec
import pytest

from tests.chat.conversations import METRICS, PART_SETTINGS, RECEIPT
from tests.reasons import sentence_of
from tui.chat.conversation import Conversation
from tui.chat.receipt import Energy
from tui.chat.reply_totals import add_metrics, add_receipts, models_of_label
from tui.sentences import reason

SECOND = msgspec.structs.replace(
    METRICS,
    prompt_tokens=23,
    cached_tokens=22,
    prompt_seconds=0.1,
    generated_tokens=21,
    generation_seconds=4.0,
    first_token_seconds=0.2,
    context_used=44,
    peak_bytes=100,
    thinking_tokens=3,
)


def stopped() -> Conversation:
    conversation = Conversation()
    conversation.add_user("Tell me")
    conversation.begin_reply("Model Q4")
    conversation.set_prompt("user: Tell me\n", PART_SETTINGS)
    conversation.append("Once ")
    conversation.finish_reply("stopped", METRICS, "Once ")
    return conversation


def test_tokens_and_seconds_of_the_parts_add_up() -> None:
    both = add_metrics(METRICS, SECOND)
    assert both is not None
    assert (both.generated_tokens, both.thinking_tokens) == (32, 3)
    # 12 read at first; of 23 only one that was not cached
    assert (both.prompt_tokens, both.cached_tokens) == (35, 22)
    assert both.prompt_tps == pytest.approx(13 / 0.6)
    # 10 steps in 2 seconds and 20 in 4: the rate of both is neither's first token's
    assert both.generation_tps == pytest.approx(30 / 6)
    assert both.first_token_seconds == 0.6
    assert (both.context_used, both.context, both.peak_bytes) == (44, 512, 100)


def test_unknown_cost_of_a_part_makes_the_sum_unknown() -> None:
    assert add_metrics(None, METRICS) is None
    assert add_metrics(METRICS, None) is None


def test_a_part_without_a_token_adds_only_its_prompt() -> None:
    nothing = msgspec.structs.replace(
        SECOND, generated_tokens=0, generation_seconds=0.0, first_token_seconds=None
    )
    for both in (add_metrics(METRICS, nothing), add_metrics(nothing, METRICS)):
        assert both is not None
        assert both.generation_tps == METRICS.generation_tps
        assert both.first_token_seconds == METRICS.first_token_seconds


def test_receipts_of_the_parts_add_up() -> None:
    later = msgspec.structs.replace(
        RECEIPT,
        started=RECEIPT.started + 100,
        seconds=4.5,
        prompt_tokens=23,
        cached_tokens=22,
        generated_tokens=21,
        prompt_tps=10.0,
        generation_tps=5.0,
        peak_bytes=1 << 20,
        energy=Energy(46.0, "the processor's package"),
    )
    both = add_receipts(add_receipts(None, RECEIPT), later)
    assert (both.started, both.seconds, both.parts) == (RECEIPT.started, 7.0, 2)
    assert both.ended == later.ended
    assert (both.prompt_tokens, both.read_tokens, both.generated_tokens) == (35, 13, 32)
    assert both.prompt_tps == pytest.approx(13 / (12 / 24 + 1 / 10))
    assert both.generation_tps == pytest.approx(5.0)
    assert both.peak_bytes == 1 << 30
    assert both.energy.joules == 100.0
    # AND a figure that one part lacks is not made up
    lacking = msgspec.structs.replace(
        later, prompt_tokens=None, cached_tokens=None, energy=Energy(None, reason="for root only")
    )
    both = add_receipts(RECEIPT, lacking)
    assert (both.prompt_tokens, both.energy.joules, both.energy.reason) == (None, None, "for root only")


def test_model_of_a_continuation_is_named_too() -> None:
    conversation = stopped()
    for model in ("Other Q8", "Other Q8", "Third Q2"):
        conversation.continue_reply(model)
        conversation.finish_reply("end", SECOND)
    reply = conversation.last_reply
    assert reply is not None
    assert reply.model == "Model Q4, then Other Q8, then Third Q2"
    # AND a front end finds its models in the label
    assert sentence_of(models_of_label(reply.model)) == reply.model
    assert models_of_label("Model Q4") == reason("chat.model", model="Model Q4")


def test_unknown_figure_of_a_part_makes_the_sum_unknown() -> None:
    unknown_prompt = msgspec.structs.replace(SECOND, cached_tokens=None, prompt_seconds=None)
    total = add_metrics(METRICS, unknown_prompt)
    assert total is not None
    assert (total.cached_tokens, total.prompt_seconds) == (None, None)
    assert total.prompt_tokens == METRICS.prompt_tokens + 23
