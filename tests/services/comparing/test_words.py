"""A comparison in words."""

from tests.chat.scripted_comparison import MIB, ScriptedHost, model, ready
from tui.chat.comparing.comparison import PromptCase, fraction_done, own_case, task_case
from tui.chat.comparing.tasks import tasks_named
from tui.models.model import Model
from tui.services.comparing.comparison_run import ComparisonRun
from tui.services.comparing.words import (
    answer_figures,
    check_text,
    comparison_title,
    score_text,
    slowed_down_note,
    step_text,
)

ONE, TWO = model("One"), model("Two", 200 * MIB)


HELLO = own_case("Say hello.", 20)


SUM = task_case(tasks_named(["arithmetic-en"])[0])


async def run(host: ScriptedHost, *cases: PromptCase, models: tuple[Model, ...] = (ONE, TWO), prepare=ready):
    comparison = ComparisonRun(models, cases or (HELLO,), host, prepare)
    return await comparison.run()


async def test_progress_in_words():
    lines: list[str] = []
    under_way = ComparisonRun(
        (ONE, TWO),
        (HELLO, SUM),
        ScriptedHost(),
        ready,
        on_change=lambda: lines.append(step_text(under_way.comparison, under_way.step)),
    )
    await under_way.run()
    assert list(dict.fromkeys(lines)) == [
        "Sizing One Q4_1 (1 of 2)",
        "Loading One Q4_1 (1 of 2)",
        "One Q4_1: Your prompt (1 of 2)",
        "One Q4_1: Arithmetic, English (2 of 2)",
        "Sizing Two Q4_1 (2 of 2)",
        "Loading Two Q4_1 (2 of 2)",
        "Two Q4_1: Your prompt (1 of 2)",
        "Two Q4_1: Arithmetic, English (2 of 2)",
        "Done",
    ]
    assert fraction_done(under_way.comparison) == 1


async def test_a_speed_that_is_too_low_has_a_sign_that_is_explained():
    comparison = await run(ScriptedHost(cpu_shares={HELLO.prompt: 0.5}), HELLO, SUM)
    side = comparison.sides[0]
    speeds = [answer_figures(side, cell)[0].value for cell in side.cells]
    assert speeds == ["10.0 tok/s *", "10.0 tok/s"]
    assert slowed_down_note(side.cells) == (
        "* Other programs took the processor from the engine: alone it is faster."
    )
    assert slowed_down_note(side.cells[1:]) == ""


async def test_an_answer_in_words():
    comparison = await run(ScriptedHost({SUM.prompt: "408"}), HELLO, SUM)
    side = comparison.sides[0]
    assert comparison_title(comparison) == "2 models, 2 prompts"
    assert [check_text(cell) for cell in side.cells] == ["", "fail: 408, but 399 is right"]
    assert score_text(side) == "0 of 1 passed"
    assert [figure.value for figure in answer_figures(side, side.cells[0])] == [
        "10.0 tok/s",
        "0.6 s",
        "150 MiB",
    ]
