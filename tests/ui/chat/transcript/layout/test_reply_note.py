"""Note below a reply and its receipt, on the screen and in a document."""

import msgspec
import pytest

from tests.chat.conversations import PART_SETTINGS
from tui.chat.conversation import Conversation, Reply
from tui.chat.receipt import Energy, Receipt
from tui.chat.storage.markdown import conversation_to_markdown
from tui.engine.reply_metrics import ReplyMetrics
from tui.ui.chat.settings.asking_text import part_settings_text
from tui.ui.chat.transcript.layout.reply_note import describe_in_full, describe_reply, receipt_lines
from tui.units import GIB, format_energy

METRICS = ReplyMetrics(12, 4, 0.5, 212, 9.0, 0.4, 224, 512, None)
RECEIPT = Receipt(
    started=1e9,
    seconds=9.4,
    prompt_tokens=12,
    cached_tokens=4,
    generated_tokens=212,
    prompt_tps=16.0,
    generation_tps=23.4,
    first_token_seconds=0.4,
    peak_bytes=int(1.25 * GIB),
    energy=Energy(54.0, "processor package and GPU"),
)
REPLY = Reply(2, "Hi", "Model Q4", "end", METRICS, receipt=RECEIPT)


def test_short_line_has_the_energy_if_it_is_known() -> None:
    assert describe_reply(REPLY) == "23.4 tok/s · 212 tokens · first token 0.4 s · 54 J"


def test_short_line_leaves_out_unknown_figures() -> None:
    closed = Receipt(1e9, 9.4, 12, 4, 212, 16.0, 23.4, 0.4, None, Energy(None, reason="for root only"))
    reply = Reply(2, "Hi", "Model Q4", "end", METRICS, receipt=closed)
    assert describe_reply(reply) == "23.4 tok/s · 212 tokens · first token 0.4 s"
    assert "energy n/a: for root only" in receipt_lines(closed)
    assert "engine at most n/a" in receipt_lines(closed)


def test_full_receipt_has_every_figure() -> None:
    prompt, answer, memory, energy, time_line = receipt_lines(RECEIPT)
    assert prompt == "prompt 12 tokens: 4 cached, 8 read at 16.0 tok/s"
    assert answer == "answer 212 tokens at 23.4 tok/s, the first after 0.4 s"
    assert memory == "engine at most 1.25 GiB"
    assert energy == "energy 54 J (15 mWh), processor package and GPU"
    assert time_line.endswith(", 9.4 s")


def test_receipt_of_an_interrupted_reply_has_the_arrived_tokens() -> None:
    cut = Receipt(1e9, 2.0, None, None, 5, None, None, None, None, Energy(None, reason="n"))
    prompt, answer, *_more_lines = receipt_lines(cut)
    assert prompt == "prompt n/a: the engine never told how long it was"
    assert answer == "answer 5 tokens"


def test_prompt_tokens_are_shown_without_the_cached_ones() -> None:
    without_cache_figures = msgspec.structs.replace(RECEIPT, cached_tokens=None, prompt_tps=None)
    assert receipt_lines(without_cache_figures)[0] == "prompt 12 tokens"


def test_a_document_holds_the_receipt() -> None:
    conversation = Conversation()
    conversation.add_user("Hello")
    conversation.begin_reply("Model Q4")
    conversation.set_prompt("user: Hello", PART_SETTINGS)
    conversation.append("Hi")
    reply = conversation.finish_reply("end", METRICS)
    conversation.attach_receipt(reply.id, RECEIPT)
    text = conversation_to_markdown(conversation, describe_in_full)
    for line in (*receipt_lines(RECEIPT), part_settings_text(PART_SETTINGS)):
        assert line in text


@pytest.mark.parametrize(
    ("joules", "text"),
    [
        (None, "n/a"),
        (0.0, "0.0 J (0 mWh)"),
        (8.42, "8.4 J (2.34 mWh)"),
        (999.4, "999 J (278 mWh)"),
        (7200.0, "7.20 kJ (2.00 Wh)"),
    ],
)
def test_energy_is_shown_in_both_units(joules: float | None, text: str) -> None:
    assert format_energy(joules, watt_hours=True) == text


def test_receipt_of_a_continued_reply_has_the_number_of_parts():
    both = msgspec.structs.replace(RECEIPT, parts=2)
    assert receipt_lines(both, 2)[-1].endswith(", in 2 parts")
    assert receipt_lines(RECEIPT, 2)[-1].endswith(", of 1 of its 2 parts")
    assert "part" not in receipt_lines(RECEIPT)[-1]
