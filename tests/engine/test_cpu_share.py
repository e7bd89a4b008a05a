"""Processor time that threads got while they computed."""

import threading
import time

import pytest

from tui.engine import cpu_share
from tui.engine.cpu_share import ComputeClock


def spin(seconds: float) -> None:
    """Compute for some time of this thread's own, however long the machine takes over it."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_a_thread_that_computes_gets_more_than_one_that_waits() -> None:
    computing, waiting = ComputeClock(1, on_processor=True), ComputeClock(1, on_processor=True)

    computing.start()
    spin(0.05)
    computing.stop()
    waiting.start()
    time.sleep(0.2)
    seconds = waiting.stop()

    assert computing.share is not None
    assert waiting.share is not None
    assert waiting.share < 0.5
    assert computing.share > waiting.share
    assert waiting.seconds == seconds >= 0.2


def test_the_time_of_all_threads_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ComputeClock(2, on_processor=True)
    clock.start()
    threads = [threading.Thread(target=spin, args=(0.05,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = clock.stop()

    assert clock.share is not None
    # Each of the two computed for 0.05 s of its own.
    assert clock.share * 2 * seconds == pytest.approx(0.1, rel=0.5)


def test_cpu_share_is_unknown_on_a_gpu_and_for_short_times() -> None:
    on_gpu, short = ComputeClock(1, on_processor=False), ComputeClock(1, on_processor=True)
    on_gpu.start()
    spin(cpu_share._LEAST_SECONDS)
    on_gpu.stop()
    short.start()
    short.stop()

    assert on_gpu.share is None
    assert short.share is None
    short.clear()
    assert short.seconds == 0
