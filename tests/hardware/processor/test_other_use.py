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


def test_what_is_not_of_the_processes_is_of_others_stolen_time_too() -> None:
    interfaces = machine(times(100, 50), times(80, 70), own=10)
    meter = OtherUseMeter([7], interfaces)

    interfaces.clock_seconds += 2
    interfaces.answers |= machine(times(101.5, 50, 0.5), times(81, 71), own=11).answers

    # Three seconds of work in two, of which one was the process's own.
    assert meter.read() == pytest.approx(1.0)


def test_cores_that_are_closed_to_this_process_do_not_count() -> None:
    interfaces = machine(times(100, 50), times(80, 70), own=10, usable=(1,))
    meter = OtherUseMeter([7], interfaces)

    interfaces.clock_seconds += 1
    interfaces.answers |= machine(times(101, 50), times(80, 71), own=10, usable=(1,)).answers

    assert meter.read() == 0


@pytest.mark.parametrize("broken", ["core_times", "process_accounts"])
def test_it_is_not_known_where_the_system_does_not_tell(broken: str) -> None:
    interfaces = machine(times(100, 50), own=10)
    meter = OtherUseMeter([7], interfaces)
    assert meter.read() is None
    interfaces.clock_seconds += 1
    interfaces.answers[broken] = gone()
    assert meter.read() is None


def test_another_program_at_work_is_seen_on_this_machine_and_ones_own_is_not() -> None:
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
