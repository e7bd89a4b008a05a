"""Use of the processor by others."""

import os
import subprocess
import sys
import time

import pytest

from tests.hardware.standin import StandIn, gone
from tui.hardware.processor.other_use import OtherUseMeter

_SPIN = "while True: pass"


def times(busy: float, idle: float, steal: float = 0.0) -> dict[str, float]:
    return {"user": busy, "guest": busy, "idle": idle, "iowait": 5.0, "steal": steal}


def machine(*rows: dict[str, float], own: float, usable: tuple[int, ...] = (0, 1)) -> StandIn:
    accounts = {"seconds": own, "started": 1.0}
    return StandIn(
        answers={"core_times": list(rows), "usable_cpus": list(usable), "process_accounts": accounts}
    )


def test_use_by_others_is_all_use_outside_the_given_processes() -> None:
    interfaces = machine(times(100, 50), times(80, 70), own=10)
    meter = OtherUseMeter([7], interfaces)

    interfaces.clock_seconds += 2
    interfaces.answers |= machine(times(101.5, 50, 0.5), times(81, 71), own=11).answers

    # Three seconds of work in two, of which one was the process's own.
    assert meter.read() == pytest.approx(1.0)


def test_unusable_cores_do_not_count() -> None:
    interfaces = machine(times(100, 50), times(80, 70), own=10, usable=(1,))
    meter = OtherUseMeter([7], interfaces)

    interfaces.clock_seconds += 1
    interfaces.answers |= machine(times(101, 50), times(80, 71), own=10, usable=(1,)).answers

    assert meter.read() == 0


@pytest.mark.parametrize("broken", ["core_times", "process_accounts"])
def test_use_by_others_is_unknown_without_counters(broken: str) -> None:
    interfaces = machine(times(100, 50), own=10)
    meter = OtherUseMeter([7], interfaces)
    assert meter.read() is None
    interfaces.clock_seconds += 1
    interfaces.answers[broken] = gone()
    assert meter.read() is None


def test_busy_child_counts_as_other_use_unless_it_is_ours() -> None:
    with subprocess.Popen([sys.executable, "-c", _SPIN]) as spinning:
        try:
            all_others, without = OtherUseMeter([os.getpid()]), OtherUseMeter([os.getpid(), spinning.pid])
            time.sleep(1.0)
            use, other_use = all_others.read(), without.read()
        finally:
            spinning.kill()
    assert use is not None
    assert other_use is not None
    assert use - other_use > 0.02
