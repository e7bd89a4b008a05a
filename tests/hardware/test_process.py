"""What one process holds and how busy it is."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.recorded import plant
from tests.hardware.standin import StandIn
from tests.reasons import sentence_of
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.process import ProcessMeter, parse_stat_times, parse_status
from tui.units import MIB

STATUS = """\
Name:	llmtui engine
Umask:	0022
State:	S (sleeping)
Pid:	4242
VmPeak:	 3164932 kB
VmSize:	 3164932 kB
VmHWM:	 2111488 kB
VmRSS:	 2101248 kB
RssAnon:	  524288 kB
RssFile:	 1572864 kB
RssShmem:	    4096 kB
Threads:	9
"""
STAT = (
    "4242 (llmtui) (x) S 4000 4242 4000 34816 4242 4194304 5000 0 12 0 750 250 0 0 20 0 9 0 123456 "
    "3240890368 525312 18446744073709551615 1 1 0 0 0 0 0 16781312 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
)

linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")


def test_anonymous_and_mapped_memory_apart() -> None:
    memory = parse_status(STATUS)
    assert memory.resident.value == 2101248 * 1024
    assert memory.anonymous.value == (524288 + 4096) * 1024
    assert memory.file.value == 1572864 * 1024
    assert memory.peak.value == 2111488 * 1024


def test_old_kernel_without_the_split_says_so() -> None:
    memory = parse_status("VmHWM:\t 200 kB\nVmRSS:\t 100 kB\n")
    assert memory.resident.value == 100 * 1024
    assert memory.anonymous.value is None
    assert sentence_of(memory.anonymous.reason) == "this system does not report it"


def test_zombie_process_is_reported_as_ended() -> None:
    memory = parse_status("Name:\tpython3\nState:\tZ (zombie)\nPid:\t77\n")
    assert (memory.resident.value, sentence_of(memory.resident.reason)) == (None, "the process has ended")


def test_a_name_with_brackets_and_spaces_does_not_shift_the_times() -> None:
    assert parse_stat_times(STAT) == (123456, 1000)


@given(st.text())
def test_parsers_never_raise(text: str) -> None:
    parse_status(text)
    parse_stat_times(text)


@linux
def test_reused_process_id_is_not_followed(tmp_path: Path) -> None:
    plant(tmp_path, {"proc/4242/status": STATUS, "proc/4242/stat": STAT})
    meter = ProcessMeter(4242, LocalInterfaces(tmp_path))
    assert meter.read().resident_bytes.value == 2101248 * 1024
    plant(tmp_path, {"proc/4242/stat": STAT.replace("123456", "999999")})
    after = meter.read()
    assert (after.resident_bytes.value, sentence_of(after.resident_bytes.reason)) == (
        None,
        "the process has ended",
    )


@linux
def test_memory_of_this_process_agrees_with_the_kernel() -> None:
    # GIVEN some memory that is surely there
    ballast = bytearray(os.urandom(1) * (32 * MIB))
    # smaps_rollup adds up every page; status uses counters that lag by some pages a thread
    rollup = Path("/proc/self/smaps_rollup").read_text()
    rss = next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Rss:"))
    reading = ProcessMeter(os.getpid()).read()
    assert reading.resident_bytes.value == pytest.approx(rss, abs=4 * MIB)
    own, mapped = reading.anonymous_bytes.value, reading.file_bytes.value
    assert own is not None
    assert own >= len(ballast)
    assert mapped is not None
    assert own + mapped == reading.resident_bytes.value
    assert reading.peak_bytes.value is not None
    assert reading.peak_bytes.value >= reading.resident_bytes.value - 4 * MIB


def test_load_of_a_busy_process_is_measured() -> None:
    # GIVEN a child that spins
    child = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        meter = ProcessMeter(child.pid)
        assert meter.read().cpu_percent.value is None
        deadline = time.monotonic() + 30
        load = None
        while time.monotonic() < deadline and not load:
            time.sleep(0.1)
            load = meter.read().cpu_percent.value
        # THEN it is busy, and no more than the one core that it can keep busy
        assert load is not None
        assert 1 < load < 150
    finally:
        child.kill()
        child.wait()
    # WHEN it is gone THEN every figure is unknown, and says why
    after = meter.read()
    for metric in (
        after.resident_bytes,
        after.anonymous_bytes,
        after.file_bytes,
        after.peak_bytes,
        after.cpu_percent,
    ):
        assert (metric.value, sentence_of(metric.reason)) == (None, "the process has ended")


def test_macos_accounts_include_metal_memory() -> None:
    accounts = {"started": 5.0, "seconds": 1.0, "resident": 3 * MIB, "footprint": 2 * MIB, "peak": 4 * MIB}
    interfaces = StandIn(platform="macos", answers={"process_accounts": accounts})
    meter = ProcessMeter(77, interfaces)
    reading = meter.read()
    assert reading.resident_bytes.value == 3 * MIB
    assert (reading.anonymous_bytes.value, reading.file_bytes.value) == (2 * MIB, MIB)
    assert reading.peak_bytes.value == 4 * MIB
    # WHEN it has worked for half of the next second
    interfaces.clock_seconds += 1
    interfaces.answers["process_accounts"] = accounts | {"seconds": 1.5}
    assert meter.read().cpu_percent.value == 50
    # WHEN another process has its number
    interfaces.answers["process_accounts"] = accounts | {"started": 9.0}
    assert sentence_of(meter.read().resident_bytes.reason) == "the process has ended"


def test_windows_counts_private_memory_and_the_peak_working_set() -> None:
    accounts = {"started": 5.0, "seconds": 1.0, "resident": 3 * MIB, "private": MIB, "peak": 4 * MIB}
    reading = ProcessMeter(7, StandIn(platform="windows", answers={"process_accounts": accounts})).read()
    assert (reading.anonymous_bytes.value, reading.file_bytes.value) == (MIB, 2 * MIB)
    assert reading.peak_bytes.value == 4 * MIB


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ProcessLookupError(3, "no such process"), "the process has ended"),
        (PermissionError(13, "closed"), "the process is not open to this user; it needs more rights"),
    ],
)
def test_ended_or_unreadable_process_gives_a_reason(error: OSError, reason: str) -> None:
    reading = ProcessMeter(7, StandIn(platform="macos", answers={"process_accounts": error})).read()
    assert (reading.resident_bytes.value, sentence_of(reading.resident_bytes.reason)) == (None, reason)


def test_accounts_of_this_process_agree_with_psutil() -> None:
    accounts = LocalInterfaces().ask("process_accounts", os.getpid())
    assert accounts["resident"] > MIB
    with pytest.raises(ProcessLookupError):
        LocalInterfaces().ask("process_accounts", 2**22 + 7)


def test_peak_includes_released_memory() -> None:
    code = "import sys; x = bytearray(b'x' * (64 << 20)); del x; print('ready', flush=True); sys.stdin.read()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        child.stdout.readline()
        reading = ProcessMeter(child.pid).read()
        if reading.peak_bytes.value is None:
            assert reading.peak_bytes.reason
        else:
            assert reading.peak_bytes.value >= 64 * MIB
    finally:
        child.communicate()
