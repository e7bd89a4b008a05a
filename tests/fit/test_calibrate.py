"""Calibration: rates solved from the times of made-up models, and a real one of this machine."""

import pytest

from tui.engine.options import LoadSettings
from tui.fit import calibrate
from tui.fit.quiet import MachineBusyError
from tui.fit.rates import LARGE_BYTES, SMALL_BYTES, Rates, prompt_token_seconds
from tui.hardware.detect import detect_machine

GB = 1_000_000_000


def test_the_made_up_models_are_a_small_and_a_deep_one_and_a_large_one_of_each_type() -> None:
    small, deep, *large = calibrate.make_probes()

    assert (small.type, deep.type) == ("Q8_0", "Q8_0")
    assert deep.shape.layers > 10 * small.shape.layers
    assert small.size_bytes == pytest.approx(SMALL_BYTES, rel=0.5)
    assert tuple(probe.type for probe in large) == calibrate.TYPES
    # Whole layers cannot hit a size, but come nearer than one layer.
    assert all(probe.size_bytes == pytest.approx(LARGE_BYTES, rel=0.35) for probe in large)
    assert {tensor.type for tensor in large[0].tensors()} == {large[0].type, "F32"}


async def test_a_model_that_took_far_longer_is_timed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a machine on which another program slows the third made-up model down once
    timed: list[calibrate.Probe] = []
    slowed = calibrate.make_probes()[2]

    async def time(
        _engine: object, _watch: object, _path: object, probe: calibrate.Probe, _settings: object
    ) -> calibrate.ProbeTime:
        first = probe not in timed
        timed.append(probe)
        seconds = probe.size_bytes * 1e-10 * (9 if probe == slowed and first else 1)
        return calibrate.ProbeTime(seconds, probe.prompt_weights * 1e-11)

    monkeypatch.setattr(calibrate, "_time", time)

    rates = await calibrate._measure(None, None, 20 * GB, LoadSettings(), lambda _fraction: None)

    # THEN only that one is repeated, and the shorter time counts
    assert [timed.count(probe) for probe in calibrate.make_probes()] == [1, 1, 2, *[1] * 6]
    assert rates.type_seconds[slowed.type] == pytest.approx(1e-10, rel=0.01)


def test_rates_are_solved_from_the_times_they_lead_to() -> None:
    # GIVEN the times that the made-up models would take on a machine of these rates
    prompt = dict.fromkeys(calibrate.TYPES, 1e-11) | {"Q8_0": 3e-11, "Q4_0": 2e-11}
    rates = Rates(20 * GB, dict.fromkeys(calibrate.TYPES, 7e-11) | {"Q8_0": 6e-11}, 1e-4, 0.5, prompt, 2e-5)
    probes = calibrate.make_probes()

    def seconds(probe: calibrate.Probe, share: float) -> calibrate.ProbeTime:
        token = probe.size_bytes * rates.type_seconds[probe.type] * share + probe.shape.layers * 1e-4
        read = prompt_token_seconds({probe.type: probe.prompt_weights}, probe.shape.layers, rates)
        assert read is not None
        return calibrate.ProbeTime(token, read)

    shares = [rates.small_share] * 2 + [1.0] * len(calibrate.TYPES)
    timed = [(probe, seconds(probe, share)) for probe, share in zip(probes, shares, strict=True)]

    # WHEN they are solved
    solved = calibrate.solve_rates(20 * GB, timed)

    # THEN they are the same, but for the sizes of the two small ones not being quite equal
    assert solved.layer_seconds == pytest.approx(1e-4, rel=0.01)
    assert solved.small_share == pytest.approx(0.5, rel=0.01)
    assert solved.type_seconds == pytest.approx(rates.type_seconds, rel=0.01)
    assert solved.prompt_seconds == pytest.approx(prompt, rel=0.001)
    assert solved.prompt_layer_seconds == pytest.approx(2e-5, rel=0.001)


def test_a_disturbed_deep_model_leaves_every_weight_its_time() -> None:
    # GIVEN that the deep model was held up for ten times as long as it takes
    def read(probe: calibrate.Probe) -> float:
        return probe.prompt_weights * 1e-11 * (10 if probe.shape.layers == 30 else 1)

    timed = [(probe, calibrate.ProbeTime(0.02, read(probe))) for probe in calibrate.make_probes()]

    assert all(seconds > 0 for seconds in calibrate.solve_rates(20 * GB, timed).prompt_seconds.values())


async def test_this_machine_can_be_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN made-up models small enough for a test
    monkeypatch.setattr(calibrate, "LARGE_BYTES", 80_000_000)
    monkeypatch.setattr(calibrate, "_SECONDS", 0.02)
    steps: list[float] = []

    # However busy this machine is with other tests.
    solved = await calibrate.calibrate(1, detect_machine().cpu, steps.append, even_if_busy=True)

    assert set(solved.cpu.type_seconds) == set(calibrate.TYPES)
    assert all(seconds > 0 for seconds in solved.cpu.type_seconds.values())
    assert solved.cpu.bandwidth > GB / 10
    assert solved.cpu.layer_seconds >= 0
    assert 0 < solved.cpu.small_share <= 1
    assert set(solved.cpu.prompt_seconds) == set(calibrate.TYPES)
    assert all(seconds > 0 for seconds in solved.cpu.prompt_seconds.values())
    assert steps == sorted(steps)
    assert 0 <= steps[0] < steps[-1] < 1


async def test_a_machine_that_is_too_busy_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN other programs that use all of the processor
    monkeypatch.setattr("tui.fit.quiet.OtherUseMeter.read", lambda _meter: 64.0)
    monkeypatch.setattr("tui.fit.quiet.PATIENCE_SECONDS", 0.1)
    waited: list[float] = []

    with pytest.raises(MachineBusyError):
        await calibrate.calibrate(1, detect_machine().cpu, on_wait=waited.append)

    assert waited[0] == 1.0
