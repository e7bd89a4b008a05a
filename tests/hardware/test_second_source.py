"""What the gauges read on this very machine, beside another way to find out the same."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tui.engine.client import Engine
from tui.engine.options import LoadSettings
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.memory.available_memory import read_memory
from tui.hardware.memory.cgroup import cpu_limit, cpu_seconds, find_folders
from tui.hardware.process import ProcessMeter
from tui.hardware.processor.cpu import usable_cpus
from tui.hardware.processor.cpu_load import CoreLoadMeter
from tui.units import MIB

pytestmark = pytest.mark.skipif(not psutil.LINUX, reason="the second source is in /proc")

_HOLD = f"""
import time
held = bytearray({64 * MIB})
held[::4096] = b"x" * len(held[::4096])
print(1, flush=True)
time.sleep(60)
"""


def fields(path: str) -> dict[str, int]:
    """Lines of `Name: 123 kB`, in bytes."""
    rows = (line.partition(":") for line in Path(path).read_text().splitlines())
    return {name: 1024 * int(amount.split()[0]) for name, _, amount in rows if amount.strip().endswith("kB")}


def all_cores() -> tuple[int, int]:
    """(busy, total) ticks of the line for all cores, which the gauge does not read."""
    numbers = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = numbers[3] + numbers[4]
    return sum(numbers) - idle, sum(numbers)


@pytest.fixture
def holder() -> Iterator[int]:
    """A process that holds 64 MiB of its own."""
    child = subprocess.Popen([sys.executable, "-c", _HOLD], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    yield child.pid
    child.kill()
    child.wait()


def test_processor_load_agrees_with_the_kernels_sum() -> None:
    interfaces = LocalInterfaces()
    usable = usable_cpus(interfaces)
    if len(usable) != os.cpu_count():
        pytest.skip("the kernel's sum counts cores that are closed to this process")
    meter, load_before = CoreLoadMeter(usable, interfaces), all_cores()
    time.sleep(1)
    load, after = meter.read()[0].value, all_cores()

    assert load is not None
    assert load == pytest.approx(100 * (after[0] - load_before[0]) / (after[1] - load_before[1]), abs=5)


def test_used_memory_agrees_with_the_kernel() -> None:
    interfaces = LocalInterfaces()
    reading = read_memory(find_folders("memory", interfaces), interfaces)
    meminfo = fields("/proc/meminfo")
    if reading.source != "psutil":
        pytest.skip("a container's limit counts here")

    assert reading.total_bytes == meminfo["MemTotal"]
    assert reading.available_bytes == pytest.approx(meminfo["MemAvailable"], abs=256 * MIB)
    assert reading.swap_total_bytes == meminfo["SwapTotal"]


def test_container_memory_agrees_with_its_control_group() -> None:
    interfaces = LocalInterfaces()
    reading = read_memory(find_folders("memory", interfaces), interfaces)
    if reading.source == "psutil":
        pytest.skip("no limit counts here")
    # Every folder that could hold the limit, without the path that the gauge goes by.
    files = ("memory.max", "memory.high", "memory.limit_in_bytes")
    limits = {
        int(path.read_text())
        for name in files
        for path in Path("/sys/fs/cgroup").rglob(name)
        if path.read_text().strip().isdigit()
    }

    assert reading.total_bytes in limits
    assert reading.total_bytes < fields("/proc/meminfo")["MemTotal"]
    assert 0 < reading.used_bytes <= reading.total_bytes
    # No less than this very process has of its own.
    assert reading.used_bytes >= fields("/proc/self/smaps_rollup")["Anonymous"]


def test_load_under_a_quota_agrees_with_the_control_group() -> None:
    interfaces = LocalInterfaces()
    limit = cpu_limit(interfaces)
    if limit is None:
        pytest.skip("no quota counts here")
    start, seconds = time.monotonic(), cpu_seconds(limit, interfaces)
    worked = time.process_time()
    while time.process_time() - worked < 0.3:
        pass
    after = cpu_seconds(limit, interfaces)

    assert seconds is not None
    assert after is not None
    # What this process did is in it, and no more than the quota and one period's slack.
    assert after - seconds > 0.25
    assert after - seconds < limit.cores * (time.monotonic() - start + 0.3)


async def test_engine_memory_agrees_with_the_sum_of_its_mappings(smollm2: Path) -> None:
    engine = await Engine.start()
    try:
        await engine.load(smollm2, LoadSettings(context=512))
        reading = ProcessMeter(engine.pid).read()
        mapped = fields(f"/proc/{engine.pid}/smaps_rollup")
    finally:
        await engine.close()

    assert reading.resident_bytes.value == pytest.approx(mapped["Rss"], rel=0.01)
    assert reading.anonymous_bytes.value == pytest.approx(mapped["Anonymous"], rel=0.01)
    # The mapped weights are file pages, and nobody else has them.
    file_bytes = reading.file_bytes.value
    assert file_bytes == pytest.approx(mapped["Rss"] - mapped["Anonymous"], rel=0.05)
    assert file_bytes > smollm2.stat().st_size * 0.8
    # Memory that is shared with nobody is never more than the resident size.
    assert mapped["Pss"] <= reading.resident_bytes.value * 1.01


def test_process_memory_agrees_with_the_sum_of_its_mappings(holder: int) -> None:
    reading = ProcessMeter(holder).read()
    mapped = fields(f"/proc/{holder}/smaps_rollup")

    assert reading.resident_bytes.value == pytest.approx(mapped["Rss"], rel=0.01)
    assert reading.anonymous_bytes.value == pytest.approx(mapped["Anonymous"], rel=0.01)
    assert reading.file_bytes.value == pytest.approx(mapped["Rss"] - mapped["Anonymous"], rel=0.05)
    assert mapped["Anonymous"] > 64 * MIB
