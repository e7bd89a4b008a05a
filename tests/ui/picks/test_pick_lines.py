"""Lines of the picks: choices, picks and reasons."""

import msgspec
from rich.cells import cell_len

from tests.services.picks.samples import CODE, coding, judged
from tui.fit.verdict import Verdict
from tui.services.picks.recommendation import recommend
from tui.services.picks.wish import TASKS, Wish
from tui.ui.chat.transcript.welcome import Suggestion, Suggestions
from tui.ui.picks.pick_lines import (
    TASK_WORDS,
    choice_line,
    not_picked_text,
    pick_line,
    reason_text,
    suggestions,
    summary_text,
)

FIGURES = coding({"big": 40, "mid": 30})
RESULT = recommend([judged("big", verdict=Verdict.TOO_BIG, size=4), judged("mid")], CODE, FIGURES)


def test_every_task_has_a_word():
    assert set(TASK_WORDS) == set(TASKS)


def test_a_line_has_name_verdict_memory_speed_and_mark_in_its_width():
    for width in (60, 90):
        line = pick_line(RESULT.picks[0], width)
        assert cell_len(line.plain) == width
        assert line.plain.startswith("mid Q4_K_M ")
        assert line.plain.endswith("fits 2.93 GiB  ~20 tok/s  evidence A  □")


def test_a_long_choice_shows_what_is_around_the_chosen_value():
    values = [f"v{number}" for number in range(40)]
    assert choice_line("x", values, 0, 96).plain.split()[:3] == ["x", "v0", "v1"]
    assert "v39" in choice_line("x", values, 39, 96).plain
    assert " v20 " in choice_line("x", values, 20, 96).plain
    assert "v0 " not in choice_line("x", values, 20, 96).plain


def test_a_choice_that_is_too_wide_shows_the_chosen_value_whole():
    values = ["conversar", "herramientas", "razonamiento"]
    texts = [choice_line("tarea", values, index, 36).plain.rstrip() for index in range(3)]
    assert texts == [
        "tarea     conversar herramientas",
        "tarea     conversar herramientas",
        "tarea     herramientas razonamiento",
    ]


def test_reasons_are_whole_sentences():
    assert reason_text(RESULT.picks[0], RESULT) == (
        "The only model that runs well here. mid has 30 in Coding (Lab, 2026-07; evidence A); nothing else "
        "here was measured in it."
    )
    assert not_picked_text(RESULT.expected) == (
        "Why not big Q4_K_M: needs 4.00 GiB; at most 2.00 GiB of unified memory can be given to a model."
    )


def test_the_empty_chat_shows_each_pick_with_its_part():
    model = Suggestion("mid Q4_K_M", "2.93 GiB · ~20 tok/s  □", "The only model that runs well here.")
    assert suggestions(RESULT) == Suggestions(
        "code · English · ten pages", (model,), "1 model passes with 8k tokens of context."
    )
    unusual = Wish("chat", "sn", 2048)
    assert suggestions(recommend([], unusual, FIGURES)).purpose == "chat · sn · 2k tokens"


def test_the_summary_counts():
    assert summary_text(RESULT) == "1 model passes with 8k tokens of context."
    assert summary_text(recommend([], CODE, FIGURES)).startswith("No model passes with 8k tokens: ")


def test_the_summary_says_that_no_speed_is_known():
    unmeasured = recommend([judged("mid", speed=None)], CODE, FIGURES)
    assert summary_text(unmeasured).startswith("1 pass with 8k tokens; ")


def test_no_key_measures_a_machine_that_is_not_here():
    row = judged("mid", speed=None)
    row = msgspec.structs.replace(row, fit=msgspec.structs.replace(row.fit, on_idle_machine=True))
    text = summary_text(recommend([row], CODE, FIGURES))
    assert text == "1 pass with 8k tokens; how fast they are there is not known."
