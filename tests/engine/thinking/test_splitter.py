"""Thinking told apart from the answer, however the reply is cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.thinking.marks import COMMON_FORMATS, HARMONY, ThinkingFormat, answer_opening, thinking_format
from tui.engine.thinking.splitter import ThinkingSplitter

THINK = ThinkingFormat("<think>", "</think>")
GRANITE = ThinkingFormat("<think>", "</think>", headers=("<response>",), footers=("</response>",))
SOLAR = ThinkingFormat("<|think|>", "<|end|>", headers=("<|begin|>assistant", "<|content|>"))
FORMATS = [THINK, GRANITE, SOLAR, HARMONY]
COMMENTARY = "<|channel|>commentary<|message|>"


def split(
    format: ThinkingFormat | None, pieces: list[str], prompt: str = "", *, begun: bool = False
) -> tuple[str, str]:
    """All of the thinking, all of the answer."""
    splitter = ThinkingSplitter(format, prompt, continues_answer=begun)
    parts = [part for piece in pieces for part in splitter.feed(piece)] + splitter.flush()
    assert all(text for _, text in parts)
    return "".join(text for thinking, text in parts if thinking), "".join(
        text for thinking, text in parts if not thinking
    )


@pytest.mark.parametrize(
    ("format", "prompt", "reply", "expected"),
    [
        (THINK, "", "<think>\nTwo and two.\n</think>\n\nFour.", ("Two and two.\n", "Four.")),
        (THINK, "", "\n<think>Hm</think>Yes", ("Hm", "Yes")),
        (THINK, "", "Plain answer.", ("", "Plain answer.")),
        (THINK, "", "\n\n  indented", ("", "  indented")),
        (THINK, "", "<thinking is hard", ("", "<thinking is hard")),
        (
            THINK,
            "",
            "The mark <think> opens, </think> closes.",
            ("", "The mark <think> opens, </think> closes."),
        ),
        (THINK, "", "<think>a</think>b <think>c</think>", ("a", "b <think>c</think>")),
        (THINK, "", "<think></think>\n\nAt once", ("", "At once")),
        (THINK, "", "<think>never ends", ("never ends", "")),
        (THINK, "", "<think>ends at </thi", ("ends at </thi", "")),
        (THINK, "", "<thi", ("", "<thi")),
        (THINK, "", "\n \n", ("", "")),
        (THINK, "Assistant: <think>\n", "Hm\n</think>\n\nYes", ("Hm\n", "Yes")),
        (THINK, "Assistant: <think>\n", "<think>\nHm</think>Yes", ("Hm", "Yes")),
        (THINK, "Assistant: <think>\n", "</think>Yes", ("", "Yes")),
        (THINK, "assistant\n<think>\n\n</think>\n\n", "Yes </think>", ("", "Yes </think>")),
        (THINK, "assistant\n<think></think>", "<think>still</think>Yes", ("still", "Yes")),
        (GRANITE, "", "<think> a </think>\n<response> b </response>", (" a ", " b ")),
        (GRANITE, "", "<response>b</response>\n", ("", "b")),
        (GRANITE, "", "No marks", ("", "No marks")),
        (GRANITE, "", "It ends with </response> and <x>", ("", "It ends with </response> and <x>")),
        (SOLAR, "", "<|think|>a<|end|><|begin|>assistant<|content|>b", ("a", "b")),
        (SOLAR, "<|begin|>assistant<|think|><|end|><|begin|>assistant", "<|content|>b", ("", "b")),
        (HARMONY, "", "<|channel|>final<|message|>Hi", ("", "Hi")),
        (
            HARMONY,
            "<|start|>assistant",
            "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hi<|return|>",
            ("Hm.", "Hi"),
        ),
        (
            HARMONY,
            "",
            f"<|channel|>analysis<|message|>a<|end|><|start|>assistant{COMMENTARY}First.<|end|><|start|>assistant"
            "<|channel|>analysis<|message|>b<|end|><|start|>assistant<|channel|>final<|message|>Then.",
            ("a\n\nb", "First.\n\nThen."),
        ),
        (
            HARMONY,
            "",
            "<|channel|>commentary to=functions.look <|constrain|>json<|message|>{}<|call|>",
            ("", "{}"),
        ),
        (HARMONY, "", "<|channel|>commentary<|channel|>analysis<|message|>a", ("a", "")),
        (HARMONY, "", " to=container.exec<|channel|>commentary<|message|>ls", ("", "ls")),
        (HARMONY, "<|start|>assistant<|channel|>analysis<|message|>", "a<|end|>", ("a", "")),
        (HARMONY, "", "<|channel|>ana", ("", "")),
        (HARMONY, "", "No channel at all", ("", "No channel at all")),
        (HARMONY, "", "to= is how it starts", ("", "to= is how it starts")),
        (HARMONY, "", "<|channel|> is\na mark", ("", "<|channel|> is\na mark")),
        (HARMONY, "", "<|start|>" + "x" * 300, ("", "<|start|>" + "x" * 300)),
    ],
)
def test_reply_is_split_into_thinking_and_answer(
    format: ThinkingFormat, prompt: str, reply: str, expected: tuple[str, str]
) -> None:
    assert split(format, [reply], prompt) == expected
    assert split(format, list(reply), prompt) == expected


@pytest.mark.parametrize("format", [None, THINK, SOLAR])
@pytest.mark.parametrize("common", COMMON_FORMATS, ids=lambda common: common.opens)
def test_common_marks_at_the_start_count_whatever_the_template_says(
    format: ThinkingFormat | None, common: ThinkingFormat
) -> None:
    footer = common.footers[0] if common.footers else ""
    reply = f"\n{common.opens}\nHm.\n{common.closes}{''.join(common.headers)}\n\nYes.{footer}"

    assert split(format, [reply]) == split(format, list(reply)) == ("Hm.\n", "Yes.")


@pytest.mark.parametrize("format", [None, THINK, SOLAR])
@pytest.mark.parametrize(
    "reply",
    [
        "`<thinking>` opens, `</thinking>` closes.",
        "```\n<reasoning>\nplan\n</reasoning>\n```",
        "Use <thought>a</thought>.",
        "<thinkers> are many </thinking>",
        "<thou",
        "<|channel|>other<|message|>a",
    ],
)
def test_marks_further_on_or_in_code_are_text(format: ThinkingFormat | None, reply: str) -> None:
    assert split(format, [reply]) == split(format, list(reply)) == ("", reply)


def test_text_without_marks_stays_unchanged() -> None:
    assert split(None, ["\n\n", "", "a</think>"]) == ("", "\n\na</think>")
    assert split(None, ["\n \n"]) == ("", "\n \n")
    assert split(None, ["\n<think>"], begun=True) == ("", "\n<think>")


def test_special_tokens_are_checked_where_they_may_be_marks() -> None:
    splitter = ThinkingSplitter(None, "")
    assert splitter.looks_for("<|channel|>")
    assert not splitter.looks_for("<|mute|>")
    splitter.feed("Yes")
    assert not splitter.looks_for("<|channel|>")
    assert ThinkingSplitter(SOLAR, "").looks_for("<|content|>")
    assert ThinkingSplitter(HARMONY, "").looks_for("<|constrain|>")


def test_continued_answer_keeps_its_blank_lines_and_its_marks() -> None:
    assert split(THINK, ["\n\n", "<think> is a mark"], "So:", begun=True) == ("", "\n\n<think> is a mark")
    assert split(GRANITE, [" on</response>"], "So it goes", begun=True) == ("", " on")
    assert split(HARMONY, ["\n\non<|return|>"], "goes", begun=True) == ("", "\n\non")


def test_text_that_cannot_become_a_mark_is_shown_at_once() -> None:
    splitter = ThinkingSplitter(THINK, "")

    assert splitter.feed("<th") == []
    assert splitter.feed("ink>Well") == [(True, "Well")]
    assert splitter.feed(", a < b") == [(True, ", a < b")]
    assert splitter.feed(" </thin") == [(True, " ")]
    assert splitter.feed("gs") == [(True, "</things")]
    assert splitter.feed("</think>\n\nYes <") == [(False, "Yes <")]
    assert splitter.flush() == []


@pytest.mark.parametrize(
    ("format", "reply", "inside"),
    [
        (THINK, ["<think>", "a", "</think>", "b"], [False, True, True, False, False]),
        (THINK, ["a", "<think>"], [False, False, False]),
        (
            HARMONY,
            ["<|channel|>", "analysis", "<|message|>", "a", "<|end|>", "<|start|>", "assistant"],
            [False, True, True, True, True, True, True, True],
        ),
        (HARMONY, ["<|channel|>", "final", "<|message|>", "a"], [False, True, False, False, False]),
    ],
)
def test_splitter_reports_whether_it_is_in_thinking(
    format: ThinkingFormat, reply: list[str], inside: list[bool]
) -> None:
    splitter = ThinkingSplitter(format, "")
    states = [splitter.in_thinking]
    for piece in reply:
        splitter.feed(piece)
        states.append(splitter.in_thinking)

    assert states == inside


MARKS = sorted(
    {mark for format in FORMATS for mark in (format.opens, format.closes, *format.headers, *format.footers)}
    | {"<|channel|>", "<|message|>", "<|start|>", "analysis", "final", "to=", COMMENTARY}
)
replies = st.lists(
    st.one_of(
        st.sampled_from(MARKS), st.text("ab <|>/\n", max_size=6), st.sampled_from(MARKS).map(lambda m: m[:-2])
    )
).map("".join)


@given(
    st.sampled_from(FORMATS),
    replies,
    st.sampled_from(["", "<think>\n", "<|think|>"]),
    st.booleans(),
    st.data(),
)
def test_result_is_the_same_for_any_cut_into_pieces(
    format: ThinkingFormat, reply: str, prompt: str, begun: bool, data: st.DataObject
) -> None:
    undivided = split(format, [reply], prompt, begun=begun)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(reply)))))
    pieces = [reply[start:end] for start, end in zip([0, *cuts], [*cuts, len(reply)], strict=True)]

    assert split(format, pieces, prompt, begun=begun) == undivided
    assert split(format, list(reply), prompt, begun=begun) == undivided


def formats_with_replies(format: ThinkingFormat) -> st.SearchStrategy[tuple[ThinkingFormat, str]]:
    pieces = st.one_of(st.sampled_from(format.marks), st.text("ab \n", max_size=6))
    return st.tuples(st.just(format), st.lists(pieces).map("".join))


whole_marks = st.sampled_from([THINK, GRANITE, SOLAR]).flatmap(formats_with_replies)
"""No halves of marks, which could come together to a new one when another is taken out between them."""


@given(whole_marks)
def test_only_marks_and_white_space_are_removed(case: tuple[ThinkingFormat, str]) -> None:
    format, reply = case
    thinking, answer = split(format, [reply])
    reply_without_marks = reply
    for mark in (format.opens, format.closes, *format.headers, *format.footers):
        reply_without_marks = reply_without_marks.replace(mark, "")
    joined = thinking + answer
    for mark in (format.opens, format.closes, *format.headers, *format.footers):
        joined = joined.replace(mark, "")

    assert "".join(joined.split()) == "".join(reply_without_marks.split())


@given(st.text("ab <>/\n"), st.text("ab <>/\n"))
def test_thinking_at_the_beginning_is_separated_whole(thought: str, answer_text: str) -> None:
    thinking, answer = split(THINK, [f"<think>{thought}</think>x{answer_text}"])

    assert thinking.strip() == thought.strip()
    assert answer == f"x{answer_text}"


@pytest.mark.parametrize(
    ("format", "prompt", "opening"),
    [
        (None, "anything", ""),
        (THINK, "assistant\n", ""),
        (THINK, "assistant\n<think>\n", "</think>\n\n"),
        (THINK, "assistant\n<think>\n\n</think>\n\n", ""),
        (GRANITE, "assistant<think>", "</think><response>"),
        (GRANITE, "assistant", ""),
        (SOLAR, "<|begin|>assistant", "<|content|>"),
        (HARMONY, "<|end|><|start|>assistant", "<|channel|>final<|message|>"),
        (
            HARMONY,
            "<|start|>assistant<|channel|>analysis<|message|>",
            "<|end|><|start|>assistant<|channel|>final<|message|>",
        ),
    ],
)
def test_an_answer_can_be_begun_for_the_model(
    format: ThinkingFormat | None, prompt: str, opening: str
) -> None:
    assert answer_opening(format, prompt) == opening


def test_thinking_format_comes_from_the_template() -> None:
    assert thinking_format("{{ '<|start|>assistant<|channel|>final<|message|>' }}") == HARMONY
