from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.cli.command_results import MODEL, RUN_KEYS, Result, own_environment, unexplained
from tui.cli import bench
from tui.cli.options import Arguments
from tui.cli.output import UserError
from tui.engine.install import installed_build
from tui.fit.calibrate import TYPES, Calibration
from tui.fit.measurements import open_measurements
from tui.fit.quiet import MachineBusyError
from tui.fit.rates import Rates
from tui.hardware.detect import detect_machine
from tui.sentences import reason
from tui.services.measuring import time_machine_once
from tui.settings.settings import Settings

Run = Callable[..., Result]
RATES = Rates(2e10, {"Q4_K": 8e-11, "F16": 5e-11}, 1e-4, 1.0, {"Q4_K": 1e-11, "Q8_0": 3e-11}, 2e-5)


@pytest.fixture
def measured(home: Path) -> dict[str, str]:
    """A user whose machine's speed was measured before, so that it is not measured now."""
    machine, build = detect_machine(), installed_build()
    assert build is not None
    history = open_measurements(machine, build)
    history.add_rates(machine.cpu.physical_cores, RATES)
    history.close()
    return own_environment(home)


def test_the_figures_are_a_table(llmtui: Run, measured: dict[str, str]):
    result = llmtui("bench", MODEL, "--ctx", "512", **measured)
    assert result.code == 0
    # What it does is said without a terminal, too. Other tests may be at work beside this one.
    steps = ["Loading SmolLM2-135M-Instruct Q4_1", *(f"round {number} of 3" for number in (1, 2, 3))]
    lines = result.err.splitlines()
    assert [line for line in lines if line in steps] == steps
    assert len(lines) == len(steps) or "Other programs were at work" in result.err
    rows = dict(line.split("  ", 1) for line in result.out.splitlines())
    assert set(rows) == {"model", "prompt", "generation", "first token", "load", "memory", "context"}
    assert "tok/s" in rows["prompt"]
    assert "expected" in rows["prompt"]
    assert "expected" in rows["generation"]
    assert "measured" in rows["memory"]


def test_json_has_the_figures_and_fit_uses_them_afterwards(llmtui: Run, measured: dict[str, str]):
    result = llmtui("bench", MODEL, "--ctx", "512", "--json", **measured)
    assert result.code == 0
    predictions = {"predicted_tps", "predicted_prompt_tps"}
    reasons = {f"{key}_reason" for key in predictions}
    codes = {f"{key}_code" for key in reasons}
    assert set(result.json) == RUN_KEYS | {"rounds", "disturbed"} | predictions | reasons | codes
    assert list(unexplained(result.json)) == []
    assert result.json["generated_tokens"] == 128
    assert result.json["prompt_tps"] > 0
    assert result.json["text"] is None
    assert result.json["predicted_tps"] > 0
    assert result.json["predicted_prompt_tps"] > 0

    # AND from now on the model's speed and its peak are known here
    (model,) = llmtui("fit", MODEL, "--ctx", "512", "--json", **measured).json["models"]
    source = "estimated" if result.json["disturbed"] else "measured"
    assert model["tokens_per_second"]["source"] == model["prompt_tokens_per_second"]["source"] == source
    if not result.json["disturbed"]:
        assert model["tokens_per_second"]["value"] == pytest.approx(result.json["generation_tps"])
        assert model["prompt_tokens_per_second"]["value"] == pytest.approx(result.json["prompt_tps"])
    assert model["measured_bytes"] == result.json["measured_bytes"]
    assert "  ✓" in llmtui("fit", MODEL, "--ctx", "512", **measured).out.splitlines()[1]
    assert "✓" not in llmtui("fit", MODEL, "--ctx", "1024", **measured).out


def test_without_a_model_the_machine_is_measured_and_models_have_a_speed(llmtui: Run, tmp_path: Path):
    user = own_environment(tmp_path)
    speed_before = llmtui("fit", "qwen3-0.6b", "--json", **user).json["models"][0]["tokens_per_second"]
    assert speed_before["value"] is None
    assert "not measured" in speed_before["value_reason"]

    result = llmtui("bench", "--anyway", "--json", **user)

    assert result.code == 0
    assert result.json["calibrations"] == 1
    assert result.json["spread"] == 0
    assert set(result.json["weights_bytes_per_second"]) == set(TYPES)
    assert result.json["memory_bytes_per_second"] >= max(result.json["weights_bytes_per_second"].values())
    after = llmtui("fit", "qwen3-0.6b", "--json", **user).json["models"][0]["tokens_per_second"]
    assert after["source"] == "estimated"
    assert 0 < after["low"] < after["value"] <= after["high"]

    # AND it can be forgotten
    assert "1 measurement of its speed and 0 replies" in llmtui("bench", "--forget", **user).out
    assert llmtui("bench", "--forget", "--json", **user).json == {
        "forgotten_calibrations": 0,
        "forgotten_replies": 0,
    }
    assert (
        llmtui("fit", "qwen3-0.6b", "--json", **user).json["models"][0]["tokens_per_second"] == speed_before
    )
    assert llmtui("bench", MODEL, "--forget", **user).code == 1


@pytest.mark.usefixtures("home")
async def test_rates_without_prompt_processing_are_measured_again(monkeypatch: pytest.MonkeyPatch):
    # GIVEN a machine that was measured before prompts were
    machine, build = detect_machine(), installed_build()
    assert build is not None
    history = open_measurements(machine, build)
    threads = machine.cpu.physical_cores
    history.add_rates(threads, msgspec.structs.replace(RATES, prompt_seconds={}))
    thread_counts: list[int] = []

    async def calibrated(_threads: int, *_callbacks: object, even_if_busy: bool) -> Calibration:
        assert not even_if_busy
        thread_counts.append(_threads)
        return Calibration(RATES, None)

    monkeypatch.setattr("tui.services.measuring.calibrate", calibrated)
    timings = [await time_machine_once(threads) for _time in range(2)]

    # THEN that is done once
    assert [speeds and speeds.rates and speeds.rates.prompt_seconds for speeds in timings] == [
        RATES.prompt_seconds
    ] * 2
    assert thread_counts == [threads]
    history.close()


def test_speed_holds_for_a_machine_like_this_and_not_for_another(llmtui: Run, measured: dict[str, str]):
    def speeds(*machine: str) -> tuple[object, object]:
        (model,) = llmtui("fit", "qwen3-0.6b", "--json", *machine, **measured).json["models"]
        return model["tokens_per_second"], model["prompt_tokens_per_second"]

    local_speeds = speeds()
    assert local_speeds[1]["value"] > 0
    assert speeds("--machine", "64gb") == local_speeds
    generation, prompt = speeds("--machine", "m1-8gb")
    assert generation["value"] > 0
    assert generation != local_speeds[0]
    # Of another machine the prompt's speed is known by its class, roughly.
    assert prompt["low"] < prompt["value"] < prompt["high"]
    assert prompt["high"] / prompt["low"] > 1.5


def test_missing_file_is_reported(inside: Run, tmp_path: Path):
    assert "There is no such file" in inside("bench", tmp_path / "nowhere.gguf").failure


@pytest.mark.usefixtures("home")
async def test_busy_machine_keeps_earlier_measurements(
    measured: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    del measured

    async def busy(*_arguments: object, **_options: object) -> Calibration:
        raise MachineBusyError(reason("fit.machine_busy", percent=52))

    monkeypatch.setattr("tui.services.measuring.calibrate", busy)

    with pytest.raises(UserError) as raised:
        await bench._measure_machine(Arguments(command="bench"), Settings())

    assert "other programs use 52 % of the processor" in str(raised.value)
    speeds = await bench._speeds_before(detect_machine().cpu.physical_cores, even_if_busy=False)
    assert speeds is not None
    assert speeds.rates == RATES
    assert "52" not in capsys.readouterr().err
