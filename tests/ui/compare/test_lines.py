"""Lines of the screens of a comparison, at every width."""

import msgspec
import pytest

from tests.chat.scripted_comparison import MIB, ScriptedHost, died, model, ready
from tests.ui.compare.comparisons import ONE, SUM, TWO, compared
from tests.ui.model_samples import fit
from tui.chat.comparing.checks import CheckResult
from tui.chat.comparing.comparison import (
    AnswerCell,
    ComparisonStep,
    new_comparison,
    task_case,
    with_cell,
)
from tui.chat.comparing.tasks import all_tasks
from tui.fit.verdict import Speed, Verdict
from tui.sentences import reason
from tui.services.comparing.comparison_run import ComparisonRun
from tui.services.comparing.words import case_title, case_title_briefly
from tui.ui.compare.lines import (
    case_line,
    case_width,
    foot_lines,
    glyph,
    head_line,
    length_words,
    model_line,
)
from tui.ui.kit.pieces import plain, width_of


@pytest.mark.parametrize(
    ("cell", "sign"),
    [
        (AnswerCell(), " "),
        (AnswerCell("answering"), "…"),
        (AnswerCell("done"), "·"),
        (AnswerCell("failed", failure=died()), "!"),
        *(
            (AnswerCell("done", check_result=CheckResult(mark, reason("chat.check_empty"))), sign)
            for mark, sign in (("pass", "✓"), ("fail", "✗"), ("look", "?"))
        ),
    ],
)
def test_the_state_of_an_answer_is_one_sign(cell: AnswerCell, sign: str):
    assert glyph(cell).text == sign


async def test_a_prompts_line_has_a_mark_for_each_model():
    comparison = await compared(ScriptedHost({SUM.prompt: "399, or 7"}))
    assert plain(case_line(comparison, 0, 30)) == "Your prompt                · ·"
    assert plain(case_line(comparison, 1, 30)) == "Arithmetic, English        ? ?"
    for width in (0, 3, 8, 12, 20, 60):
        assert width_of(case_line(comparison, 1, width)) <= width


def test_short_titles_stand_where_the_long_ones_have_no_room():
    cases = [task_case(task) for task in all_tasks()]
    comparison = new_comparison((ONE, TWO), cases)
    lines = [[plain(case_line(comparison, n, width)) for n in range(len(cases))] for width in (60, 19)]
    assert [line.split("  ")[0] for line in lines[0]] == [case_title(case) for case in cases]
    assert [line[:15].rstrip() for line in lines[1]] == [case_title_briefly(case) for case in cases]
    assert len(set(lines[1])) == len(cases)
    assert all(width_of(case_line(comparison, n, 19)) == 19 for n in range(len(cases)))
    # The marks take two cells a model beside the longest title.
    longest = max(len(case_title(case)) for case in cases) + 4
    assert case_width(comparison) == case_width(comparison, longest) == longest
    assert case_width(comparison, longest - 1) == max(len(case_title_briefly(case)) for case in cases) + 4


async def test_the_foot_has_the_figures_and_the_result_of_the_check():
    comparison = await compared(ScriptedHost({SUM.prompt: "399"}, device_bytes=64 * MIB))
    side = comparison.sides[0]
    lines = [plain(line) for line in foot_lines(comparison, side, side.cells[1])]
    figures = "10.0 tok/s · first token 0.6 s · peak 150 MiB · on the GPU 64.0 MiB"
    assert lines == [figures, "✓ pass: 399 is right"]


async def test_the_foot_explains_a_speed_that_is_too_low():
    comparison = await compared(ScriptedHost(cpu_shares={SUM.prompt: 0.5}))
    side = comparison.sides[0]
    first, second, _check = [plain(line) for line in foot_lines(comparison, side, side.cells[1])]
    assert first.startswith("10.0 tok/s * · first token")
    assert second == "* Other programs took the processor from the engine: alone it is faster."


@pytest.mark.parametrize(
    ("cell", "foot"),
    [
        (AnswerCell(), "waiting"),
        (AnswerCell("answering"), "answering"),
        (AnswerCell("failed", failure=died()), "! The engine's process ended. Load it again."),
    ],
)
def test_foot_of_a_missing_answer_has_the_reason(cell: AnswerCell, foot: str):
    comparison = with_cell(new_comparison((ONE,), (SUM,)), 0, 0, cell)
    side = comparison.sides[0]
    assert [plain(line) for line in foot_lines(comparison, side, cell)] == [foot]


async def test_the_head_has_the_step_under_way_and_then_the_outcome():
    comparison = await compared()
    assert plain(head_line(comparison, None, 80)).startswith("Done; every model has given its memory back.")
    stopped = msgspec.structs.replace(comparison, ended="stopped")
    assert plain(head_line(stopped, None, 80)).startswith("Stopped; what had come is kept")
    step = ComparisonStep("answering", 1, 0)
    assert "Two Q4_1: Your prompt (1 of 2)" in plain(head_line(comparison, step, 80))
    for width in (0, 5, 20, 40):
        assert width_of(head_line(comparison, step, width)) <= width


async def test_the_head_has_the_time_left_once_a_speed_is_known():
    heads: list[str] = []
    run = ComparisonRun(
        (ONE, TWO),
        (SUM,),
        ScriptedHost(),
        ready,
        on_change=lambda: heads.append(plain(head_line(run.comparison, run.step, 120))),
    )
    await run.run()
    assert "left" not in heads[0]
    assert any(head.endswith(" left") and "Two Q4_1" in head for head in heads)


def test_longest_generation_time_needs_the_speed_of_every_model():
    speeds = (Speed(10.0, "measured"), Speed(5.0, "estimated"))
    fits = [msgspec.structs.replace(fit(), speed=speed) for speed in speeds]
    assert length_words(2, (SUM,), fits) == "2 models, 1 prompt, at most 1 min 18 s of writing"
    assert length_words(2, (SUM,), [fits[0], None]) == "2 models, 1 prompt"
    assert length_words(2, (), fits) == "2 models, 0 prompts"
    assert length_words(1, (SUM, SUM), [fit()]) == "1 model, 2 prompts"


def test_a_models_line_keeps_its_verdict_and_quantization_where_it_is_narrow():
    long = model("A-very-long-name-of-a-model-Instruct")
    line = plain(model_line(long, fit(Verdict.TOO_BIG), 40))
    assert "too big" in line
    assert "Q4_1" in line
    unsized = msgspec.structs.replace(fit(Verdict.UNKNOWN), footprint=None)
    assert plain(model_line(ONE, unsized, 40)).endswith("n/a")
    assert plain(model_line(ONE, None, 40)) == "One Q4_1"
    for width in (0, 8, 20, 40):
        assert width_of(model_line(long, fit(), width)) <= width
        assert width_of(model_line(long, None, width)) <= width
