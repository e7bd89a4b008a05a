"""A comparison asks one model after another, and a failure costs only its own answers."""

import asyncio
import os
import signal
from pathlib import Path

import msgspec
import pytest

from tests.chat.scripted_comparison import MIB, SETTINGS, ScriptedHost, died, engines, metrics, model, ready
from tests.reasons import reason_with_text
from tests.waiting import until
from tui.chat.comparing.comparison import (
    AnswerCell,
    Comparison,
    ModelSide,
    PreparedLoad,
    PromptCase,
    no_answer_reasons,
    own_case,
    task_case,
)
from tui.chat.comparing.tasks import tasks_named
from tui.engine.footprint import Footprint
from tui.engine.protocol import Failed, Loaded
from tui.fit.load_plan import LoadPlan
from tui.fit.verdict import Fit, Speed, Verdict
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import known
from tui.models.model import Model
from tui.sentences import reason
from tui.services.comparing.comparison_run import ComparisonRun, prepare_load
from tui.services.comparing.words import score_text
from tui.services.host import EngineHost
from tui.services.sentences import sentence, sentences

ONE, TWO = model("One"), model("Two", 200 * MIB)


HELLO = own_case("Say hello.", 20)

MACHINE = PROFILES["m1-8gb"]


SUM = task_case(tasks_named(["arithmetic-en"])[0])


async def run(host: ScriptedHost, *cases: PromptCase, models: tuple[Model, ...] = (ONE, TWO), prepare=ready):
    comparison = ComparisonRun(models, cases or (HELLO,), host, prepare)
    return await comparison.run()


def loaded(seconds: float = 2.0) -> Loaded:
    return Loaded(1, Footprint(1, 1, 1, 1, "engine"), None, 512, seconds, 2, "model")


def no_answer(comparison: Comparison, side: ModelSide, cell: AnswerCell) -> str:
    return sentences(no_answer_reasons(comparison, side, cell))


def plan(verdict: Verdict, **more: object) -> LoadPlan:
    parts = Footprint(100 * MIB, 10 * MIB, 10 * MIB, 20 * MIB, "engine")
    fit = Fit(
        verdict, reason("fit.does_not_run_here"), parts, None, None, 512, "f16", speed=Speed(7.0, "estimated")
    )
    return LoadPlan(SETTINGS, fit, parts)


async def _stop_when(under_way: ComparisonRun, side: int) -> None:
    """The second model has shown that it runs: its long story need not be waited for."""
    await until(lambda: under_way.comparison.sides[side].cells[0].text, "the second model")
    under_way.stop()


async def test_each_model_answers_every_case_and_is_unloaded_before_the_next():
    host = ScriptedHost({SUM.prompt: "408 - 9 = 399"})
    comparison = await run(host, HELLO, SUM)
    assert host.log == [
        *("load One", "ask One", "ask One", "unload One"),
        *("load Two", "ask Two", "ask Two", "unload Two"),
    ]
    assert comparison.ended == "done"
    assert comparison.answered
    for side in comparison.sides:
        hello, sum_ = side.cells
        assert (hello.state, hello.text, hello.finish, hello.check_result) == (
            "done",
            "An answer.",
            "end",
            None,
        )
        assert hello.metrics == metrics()
        assert sum_.check_result is not None
        assert sum_.check_result.mark == "pass"
        assert score_text(side) == "1 of 1 passed"
        assert side.loaded is not None
        assert side.prepared == PreparedLoad(SETTINGS, 140 * MIB)


async def test_model_is_sized_after_the_earlier_one_is_unloaded():
    host = ScriptedHost()
    loaded: list[Model | None] = []

    async def prepare(_model: Model) -> PreparedLoad:
        loaded.append(host.loaded)
        return PreparedLoad(SETTINGS)

    await run(host, prepare=prepare)
    assert loaded == [None, None]


async def test_too_big_model_is_refused_with_its_reason_and_the_next_runs():
    why = Failed(
        0, "memory", reason_with_text("Too big: it needs 9 GiB."), reason_with_text("Choose a smaller one.")
    )

    async def prepare(next_model: Model) -> PreparedLoad:
        return PreparedLoad(SETTINGS, refused=why if next_model is ONE else None)

    host = ScriptedHost()
    comparison = await run(host, HELLO, SUM, prepare=prepare)
    assert host.log == ["load Two", "ask Two", "ask Two", "unload Two"]
    first, second = comparison.sides
    assert first.failure == why
    assert [cell.state for cell in first.cells] == ["failed", "failed"]
    assert no_answer(comparison, first, first.cells[1]) == "Too big: it needs 9 GiB. Choose a smaller one."
    assert [cell.state for cell in second.cells] == ["done", "done"]


async def test_failed_load_affects_only_its_model():
    why = Failed(0, "not_a_model", reason_with_text("This is not a GGUF file."))
    comparison = await run(ScriptedHost(loads={"One": why}))
    assert comparison.sides[0].failure == why
    assert comparison.sides[0].loaded is None
    assert comparison.sides[1].cells[0].state == "done"


async def test_partial_answer_of_a_dead_engine_is_kept_and_the_next_model_runs():
    host = ScriptedHost({HELLO.prompt: died()})
    comparison = await run(host, HELLO, SUM)
    for side in comparison.sides:
        first, second = side.cells
        assert (first.state, first.text) == ("failed", "Half an")
        assert no_answer(comparison, side, first) == "The engine's process ended. Load it again."
        assert second.state == "failed"
        assert no_answer(comparison, side, second).startswith("Not asked: the engine had ended before.")
    assert host.log == ["load One", "ask One", "load Two", "ask Two"]


async def test_too_long_prompt_affects_only_its_answer():
    long = Failed(
        0, "prompt_too_long", reason_with_text("It is 900 tokens long."), reason_with_text("Shorten it.")
    )
    comparison = await run(ScriptedHost({HELLO.prompt: long}), HELLO, SUM)
    assert [cell.state for cell in comparison.sides[0].cells] == ["failed", "done"]


async def test_stop_during_an_answer_keeps_its_text():
    host = ScriptedHost({SUM.prompt: None})
    under_way = ComparisonRun((ONE, TWO), (HELLO, SUM), host, ready)
    task = asyncio.create_task(under_way.run())
    await until(lambda: under_way.comparison.sides[0].cells[1].text == "It goes on", "the second answer")
    under_way.stop()
    comparison = await task
    assert comparison.ended == "stopped"
    first, second = comparison.sides
    assert [cell.finish for cell in first.cells] == ["end", "stopped"]
    assert no_answer(comparison, first, first.cells[1]) == "Stopped before its end."
    # What was cut short is not judged.
    assert first.cells[1].check_result is None
    assert [cell.state for cell in second.cells] == ["waiting", "waiting"]
    assert no_answer(comparison, second, second.cells[0]) == "Not asked: the comparison was stopped."
    assert host.loaded is None
    assert "load Two" not in host.log


async def test_stop_during_a_load():
    host = ScriptedHost(loads={"One": None})
    under_way = ComparisonRun((ONE, TWO), (HELLO,), host, ready)
    task = asyncio.create_task(under_way.run())
    await until(lambda: under_way.step.phase == "loading" and under_way.step.fraction == 0.5, "the load")
    under_way.stop()
    comparison = await task
    assert comparison.ended == "stopped"
    assert host.log == ["load One", "stop"]
    assert not comparison.answered
    assert comparison.sides[0].failure is None


async def test_stop_during_sizing_loads_nothing():
    host = ScriptedHost()

    async def prepare(_model: Model) -> PreparedLoad:
        under_way.stop()
        return PreparedLoad(SETTINGS)

    under_way = ComparisonRun((ONE, TWO), (HELLO,), host, prepare)
    assert (await under_way.run()).ended == "stopped"
    assert host.log == ["stop"]


async def test_cancelled_comparison_unloads_its_model():
    host = ScriptedHost({HELLO.prompt: None})
    under_way = ComparisonRun((ONE,), (HELLO,), host, ready)
    task = asyncio.create_task(under_way.run())
    await until(lambda: under_way.comparison.sides[0].cells[0].text == "It goes on", "the answer")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert host.loaded is None
    assert under_way.comparison.ended == "stopped"


async def test_every_answer_is_reported_with_its_load():
    replies: list[tuple[object, ...]] = []
    under_way = ComparisonRun(
        (ONE, TWO), (HELLO,), ScriptedHost(), ready, on_reply=lambda *reply: replies.append(reply)
    )
    await under_way.run()
    assert replies == [(model, SETTINGS, 2, 140 * MIB, metrics()) for model in (ONE, TWO)]


async def test_an_answer_that_other_programs_slowed_down_is_marked():
    host = ScriptedHost(cpu_shares={HELLO.prompt: 0.5, SUM.prompt: 0.95})
    comparison = await run(host, HELLO, SUM)
    assert [[cell.slowed_down for cell in side.cells] for side in comparison.sides] == [[True, False]] * 2
    # AND under a quota of half the cores the same share is all that there was
    cpu = msgspec.structs.replace(MACHINE.cpu, quota_cores=known(1.0, "test"))
    quota = msgspec.structs.replace(MACHINE, cpu=cpu)

    async def prepare(_model: Model) -> PreparedLoad:
        settings = msgspec.structs.replace(SETTINGS, threads=2)
        return prepare_load(ONE, msgspec.structs.replace(plan(Verdict.FITS), settings=settings), quota)

    comparison = await run(host, HELLO, prepare=prepare)
    assert [side.slowed_down for side in comparison.sides] == [False, False]


@pytest.mark.parametrize("verdict", [Verdict.FITS, Verdict.TIGHT, Verdict.SPLIT, Verdict.UNKNOWN])
def test_models_that_may_fit_are_not_refused(verdict: Verdict):
    prepared = prepare_load(ONE, plan(verdict), MACHINE)
    assert (prepared.refused, prepared.predicted_bytes, prepared.expected_tps) == (None, 140 * MIB, 7.0)


def test_too_big_model_is_refused_by_its_verdict():
    refused = prepare_load(ONE, plan(Verdict.TOO_BIG), MACHINE).refused
    assert refused is not None
    assert sentence(refused.reason) == "One Q4_1 is too big: it does not run here."


def test_bad_or_missing_file_is_refused():
    assert ONE.file is not None
    bad = msgspec.structs.replace(
        ONE, file=msgspec.structs.replace(ONE.file, error=reason("models.header_cut_off", byte=9))
    )
    gone = msgspec.structs.replace(ONE, file=None)
    refused = [prepare_load(model, plan(Verdict.FITS), MACHINE).refused for model in (bad, gone)]
    assert [sentence(failed.reason) for failed in refused if failed is not None] == [
        "One.gguf: The file ends inside its header (byte 9). Download it again.",
        "One Q4_1 is not on this disk.",
    ]


async def test_two_settings_of_a_real_model_one_process_after_another(smollm2: Path):
    models = (model("Wide", path=smollm2), model("Narrow", path=smollm2))
    cases = (own_case("Say hello.", 6), own_case("Name a colour.", 6))

    async def prepare(next_model: Model) -> PreparedLoad:
        assert engines() == []
        context = 1024 if next_model.name == "Wide" else 256
        return PreparedLoad(msgspec.structs.replace(SETTINGS, context=context))

    seen: dict[int, str] = {}

    def look() -> None:
        running = engines()
        assert len(running) <= 1
        for engine in running:
            seen.setdefault(engine.pid, under_way.comparison.sides[under_way.step.side].label)

    under_way = ComparisonRun(models, cases, EngineHost(lambda _failed: None), prepare, on_change=look)
    comparison = await under_way.run()
    assert engines() == []
    assert list(seen.values()) == ["Wide Q4_1", "Narrow Q4_1"]
    assert [side.loaded and side.loaded.context for side in comparison.sides] == [1024, 256]
    for side in comparison.sides:
        for cell in side.cells:
            assert cell.state == "done"
            assert cell.text
            assert cell.metrics is not None
            assert 0 < cell.metrics.generated_tokens <= 6
            assert cell.metrics.first_token_seconds
            assert cell.metrics.peak_bytes
    # The likeliest word every time: the same file gives the same answer.
    assert comparison.sides[0].cells[0].text == comparison.sides[1].cells[0].text


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
async def test_kill_of_a_real_engine_affects_only_its_model(smollm2: Path):
    models = (model("First", path=smollm2), model("Second", path=smollm2))
    host = EngineHost(lambda _failed: None)
    killed: list[int] = []

    def kill_once() -> None:
        cell = under_way.comparison.sides[0].cells[0]
        if cell.text and not killed and host.pid is not None:
            killed.append(host.pid)
            os.kill(host.pid, signal.SIGKILL)

    cases = (own_case("Write a very long story about a fox.", 200), own_case("Say hello.", 4))
    under_way = ComparisonRun(models, cases, host, ready, on_change=kill_once)
    stop_second = asyncio.create_task(_stop_when(under_way, side=1))
    comparison = await under_way.run()
    await stop_second
    first, second = comparison.sides
    assert first.cells[0].text
    assert "killed" in no_answer(comparison, first, first.cells[0])
    assert [cell.state for cell in first.cells] == ["failed", "failed"]
    assert second.loaded is not None
    assert engines() == []
