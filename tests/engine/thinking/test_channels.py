"""Replies of gpt-oss: messages whose headers name their channels."""

from tui.engine.thinking.channels import ChannelReader
from tui.engine.thinking.marks import HARMONY
from tui.engine.thinking.reader import ReplyPart

ANALYSIS = "<|channel|>analysis<|message|>"
FINAL = "<|start|>assistant<|channel|>final<|message|>"


def parts_of(*pieces: str) -> list[ReplyPart]:
    """Return what a reader makes of the pieces, joined where the kind stays the same."""
    reader = ChannelReader(HARMONY, "before")
    joined: list[ReplyPart] = []
    for thinking, text in [part for piece in pieces for part in reader.feed(piece)] + reader.flush():
        if joined and joined[-1][0] == thinking:
            joined[-1] = (thinking, joined[-1][1] + text)
        else:
            joined.append((thinking, text))
    return joined


def test_the_channel_of_a_message_decides() -> None:
    reply = f"{ANALYSIS}Hm.<|end|>{FINAL}Yes.<|return|>"

    assert parts_of(reply) == [(True, "Hm."), (False, "Yes.")]
    assert parts_of(*reply) == [(True, "Hm."), (False, "Yes.")]


def test_two_messages_of_a_channel_are_two_paragraphs() -> None:
    assert parts_of(f"{FINAL}One.<|end|>{FINAL}Two.<|return|>") == [(False, "One.\n\nTwo.")]


def test_text_without_a_header_is_the_answer() -> None:
    assert parts_of("Just ", "text.") == [(False, "Just text.")]


def test_a_header_that_was_cut_short_is_dropped() -> None:
    assert parts_of(f"{FINAL}One.<|end|><|start|>assist") == [(False, "One.")]


def test_a_header_without_an_end_is_text() -> None:
    text = "<|channel|>" + "x" * 300

    assert parts_of(text) == [(False, text)]


def test_reader_reports_whether_it_is_in_thinking_or_answer() -> None:
    reader = ChannelReader(HARMONY, "before")
    states: list[tuple[bool, bool]] = []
    for piece in (ANALYSIS, "Hm.", "<|end|>", FINAL, "Yes."):
        reader.feed(piece)
        states.append((reader.in_thinking, reader.in_answer))

    assert states[0] == (True, False)
    assert states[1] == (True, False)
    assert states[3] == (False, True)
    assert states[4] == (False, True)
