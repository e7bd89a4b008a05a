"""Comparisons in plain output: the table with its answers, and JSON without a null that has no reason."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.chat.scripted_comparison import MIB, ScriptedHost, died, metrics, model, ready
from tests.cli.command_results import unexplained
from tests.reasons import reason_with_text
from tests.waiting import until
from tui.chat.comparing.comparison import (
    AnswerCell,
    Comparison,
    PreparedLoad,
    new_comparison,
    own_case,
    task_case,
    with_cell,
)
from tui.chat.comparing.tasks import tasks_named
from tui.cli.compare_output import as_json, print_comparison
from tui.engine.protocol import Failed
from tui.models.model import Model
from tui.services.comparing.comparison_run import ComparisonRun

ONE, TWO = model("One"), model("Two", 200 * MIB)
HELLO = own_case("Say hello.", 6)
SUM = task_case(tasks_named(["arithmetic-en"])[0])
TOO_BIG = Failed(
    0, "memory", reason_with_text("Too big: it needs 9 GiB."), reason_with_text("Choose a smaller one.")
)


async def refuse_the_first(next_model: Model) -> PreparedLoad:
    plan = await ready(next_model)
    return PreparedLoad(plan.settings, refused=TOO_BIG if next_model is ONE else None)


async def compared(host: ScriptedHost | None = None, prepare=ready) -> Comparison:
    return await ComparisonRun((ONE, TWO), (HELLO, SUM), host or ScriptedHost(), prepare).run()


async def stopped() -> Comparison:
    """Stopped in the middle of the first answer."""
    run = ComparisonRun((ONE, TWO), (HELLO, SUM), ScriptedHost({HELLO.prompt: None}), ready)
    task = asyncio.create_task(run.run())
    await until(lambda: run.comparison.sides[0].cells[0].text == "It goes on", "the answer")
    run.stop()
    return await task


COMPARISONS = {
    "whole": lambda: compared(ScriptedHost({SUM.prompt: "399"})),
    "refused": lambda: compared(prepare=refuse_the_first),
    "not loaded": lambda: compared(ScriptedHost(loads={"One": died()})),
    "died": lambda: compared(ScriptedHost({HELLO.prompt: died()})),
    "stopped": stopped,
}


def reasons_without_code(value: Any) -> Iterator[str]:
    """Where a reason stands without its code beside it, or a code without its reason."""
    if isinstance(value, list):
        for item in value:
            yield from reasons_without_code(item)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from reasons_without_code(item)
            if (
                key.endswith("_reason")
                and key != "finish_reason"
                and bool(item) != bool(value[f"{key}_code"])
            ):
                yield key


# JSON


@pytest.mark.parametrize("name", COMPARISONS)
async def test_every_null_has_its_reason_and_every_reason_its_code(name: str):
    document = as_json(await COMPARISONS[name]())
    assert list(unexplained(document)) == []
    assert list(reasons_without_code(document)) == []
    assert document["stopped"] is (name == "stopped")
    # Whatever happened, a script finds the same keys.
    complete = as_json(await COMPARISONS["whole"]())
    assert document.keys() == complete.keys()
    for side, whole_side in zip(document["models"], complete["models"], strict=True):
        assert side.keys() == whole_side.keys()
        assert [answer.keys() for answer in side["answers"]] == [
            answer.keys() for answer in whole_side["answers"]
        ]


async def test_an_answer_has_its_figures_and_its_check():
    document = as_json(await COMPARISONS["whole"]())
    own, arithmetic = document["prompts"]
    assert (own["name"], own["kind"], own["max_tokens"], own["temperature"]) == ("prompt", None, 6, 0)
    assert own["kind_reason_code"] == "services.own_prompt"
    assert (arithmetic["name"], arithmetic["kind"]) == ("arithmetic-en", "arithmetic")
    first, two = document["models"]
    assert (first["model"], first["path"], two["weights_bytes"]) == (
        "One Q4_1",
        "/models/One.gguf",
        200 * MIB,
    )
    assert (first["context"], first["threads"], first["kv_type"]) == (512, 2, "f16")
    assert (first["predicted_bytes"], first["peak_bytes"], first["device_bytes"]) == (140 * MIB, 150 * MIB, 0)
    assert (first["passed"], first["failed"], first["to_look_at"]) == (1, 0, 0)
    free, checked = first["answers"]
    assert (free["text"], free["check"], free["check_reason_code"]) == (
        "An answer.",
        None,
        "services.own_prompt_unchecked",
    )
    assert (checked["text"], checked["check"], checked["check_reason"]) == ("399", "pass", "399 is right")
    assert (checked["generated_tokens"], checked["generation_tps"], checked["ttft_seconds"]) == (
        11,
        10.0,
        0.6,
    )
    assert (checked["finish_reason"], checked["failure"], checked["failure_code"]) == ("end", "", None)


async def test_an_answer_that_other_programs_slowed_down_is_marked(capsys: pytest.CaptureFixture[str]):
    comparison = await compared(ScriptedHost(cpu_shares={HELLO.prompt: 0.5}))
    for side in as_json(comparison)["models"]:
        assert [answer["disturbed"] for answer in side["answers"]] == [True, False]
    print_comparison(comparison)
    out = capsys.readouterr().out
    assert out.count("10.0 tok/s *") == 2
    assert out.count("10.0 tok/s ") == 4
    assert out.count("* Other programs took the processor from the engine: alone it is faster.\n") == 1
    print_comparison(await compared())
    assert "*" not in capsys.readouterr().out


async def test_a_model_that_was_refused_has_its_reason_everywhere():
    refused, finished = as_json(await COMPARISONS["refused"]())["models"]
    failure_text = "Too big: it needs 9 GiB. Choose a smaller one."
    assert refused["failure"] == failure_text
    for value in (
        refused["context_reason"],
        refused["peak_bytes_reason"],
        refused["answers"][1]["text_reason"],
    ):
        assert value == failure_text
    assert finished["failure"] == ""
    assert finished["failure_code"] is None


async def test_answer_of_a_dead_engine_keeps_its_text():
    side, _finished = as_json(await COMPARISONS["died"]())["models"]
    broken, not_asked = side["answers"]
    assert broken["text"] == "Half an"
    assert broken["generated_tokens_reason"] == "The engine's process ended. Load it again."
    assert not_asked["text"] is None
    assert not_asked["text_reason"].startswith("Not asked: the engine had ended before.")
    # It was loaded, but nobody could look at its peak before it was gone.
    assert side["context"] == 512
    assert side["peak_bytes"] is None
    assert side["peak_bytes_reason"] == broken["peak_bytes_reason"]


async def test_stopped_answer_keeps_its_text_and_open_cases_have_a_reason():
    document = as_json(await COMPARISONS["stopped"]())
    first, two = document["models"]
    assert (first["answers"][0]["text"], first["answers"][0]["finish_reason"]) == ("It goes on", "stopped")
    assert first["answers"][1]["failure_code"] == "chat.not_asked_stopped"
    assert two["kv_type_reason_code"] == "services.not_its_turn"
    assert two["context_reason_code"] == "services.not_loaded"


def test_figures_that_an_answer_lacks_have_reasons_of_their_own():
    comparison = new_comparison((ONE,), (HELLO,))
    cell = AnswerCell("done", finish="end", metrics=metrics(tokens=1, peak=None))
    (side,) = as_json(with_cell(comparison, 0, 0, cell))["models"]
    (answer,) = side["answers"]
    assert (answer["text"], answer["text_reason"]) == ("", None)
    assert answer["generation_tps_reason_code"] == "services.too_few_tokens"
    assert answer["peak_bytes_reason_code"] == "services.peak_not_told"


# Text


async def test_table_has_a_line_for_every_answer_and_answers_follow_it(
    capsys: pytest.CaptureFixture[str],
):
    print_comparison(await COMPARISONS["whole"]())
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["prompt", "model", "speed", "first", "token", "peak", "memory", "check"]
    assert [line.split("  ")[0] for line in lines[:4]] == ["Your prompt"] * 2 + ["Arithmetic, English"] * 2
    assert lines[0].split()[-6:] == ["10.0", "tok/s", "0.6", "s", "150", "MiB"]
    assert lines[3].endswith("150 MiB  pass: 399 is right")
    assert lines[4:6] == ["One Q4_1: 1 of 1 passed", "Two Q4_1: 1 of 1 passed"]
    assert lines[6:9] == ["", "== Your prompt · One Q4_1", "An answer."]
    assert lines[-2:] == ["== Arithmetic, English · Two Q4_1", "399"]


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("refused", "n/a  Too big: it needs 9 GiB. Choose a smaller one."),
        ("died", "n/a  The engine's process ended. Load it again."),
        ("stopped", "Stopped before its end."),
    ],
)
async def test_line_without_a_whole_answer_has_the_reason(
    capsys: pytest.CaptureFixture[str], name: str, ending: str
):
    print_comparison(await COMPARISONS[name]())
    assert capsys.readouterr().out.splitlines()[1].endswith(ending)


async def test_answer_has_no_control_sequences_and_an_empty_one_no_heading(
    capsys: pytest.CaptureFixture[str],
):
    print_comparison(await compared(ScriptedHost({HELLO.prompt: "\x1b[2Jred\x07", SUM.prompt: " \n "})))
    out = capsys.readouterr().out
    assert not set("\x1b\x07") & set(out)
    assert out.count("\n== ") == 2
    assert "== Your prompt · One Q4_1\nred\n" in out
