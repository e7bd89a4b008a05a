"""Load of the cores from the kernel's counters."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.recorded import plant
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.processor.cpu import usable_cpus
from tui.hardware.processor.load import CpuMeter, busy_percents, parse_proc_stat

STAT = """\
cpu  4000 100 900 50000 300 0 50 10 200 0
cpu0 2000 50 450 25000 150 0 25 5 100 0
cpu2 2000 50 450 25000 150 0 25 5 100 0
intr 8885917 17 0
ctxt 1990473
btime 1062191376
procs_running 2
"""


def test_counters_of_each_core_by_its_number() -> None:
    # GIVEN a machine whose cpu1 is offline; guest time (100) is part of user time (2000)
    assert parse_proc_stat(STAT) == {0: (2530.0, 27680.0), 2: (2530.0, 27680.0)}


def test_load_is_the_busy_share_of_what_passed() -> None:
    assert busy_percents({0: (10, 100), 1: (0, 0)}, {0: (35, 150), 1: (0, 50), 2: (9, 9)}) == {
        0: 50.0,
        1: 0.0,
    }


@given(st.text() | st.lists(st.text(alphabet="cpu 0123456789\n²")).map("".join))
def test_parser_never_raises(text: str) -> None:
    assert all(len(pair) == 2 for pair in parse_proc_stat(text).values())


@given(
    st.dictionaries(st.integers(0, 3), st.tuples(st.floats(0, 1e12), st.floats(0, 1e12))),
    st.dictionaries(st.integers(0, 3), st.tuples(st.floats(0, 1e12), st.floats(0, 1e12))),
)
def test_load_never_leaves_0_to_100(
    before: dict[int, tuple[float, float]], after: dict[int, tuple[float, float]]
) -> None:
    assert all(0 <= percent <= 100 for percent in busy_percents(before, after).values())


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="needs /proc")
class TestOnLinux:
    def write(self, root: Path, busy: int, idle: int) -> None:
        first, second = f"cpu0 {busy} 0 0 {idle} 0 0 0 0 0 0", f"cpu1 0 0 0 {busy + idle} 0 0 0 0 0 0"
        plant(root, {"proc/stat": f"cpu  0\n{first}\n{second}\n"})

    def test_only_usable_cores_count(self, tmp_path: Path) -> None:
        self.write(tmp_path, 0, 0)
        meter = CpuMeter(frozenset({0}), LocalInterfaces(tmp_path))
        self.write(tmp_path, 30, 70)
        load, cores = meter.read()
        assert (load.value, cores) == (30.0, (30.0,))

    def test_too_soon_after_the_last_look_gives_its_answer_again(self, tmp_path: Path) -> None:
        self.write(tmp_path, 0, 0)
        meter = CpuMeter(frozenset({0, 1}), LocalInterfaces(tmp_path))
        self.write(tmp_path, 100, 0)
        assert meter.read()[0].value == 50.0
        self.write(tmp_path, 100, 1)
        assert meter.read()[0].value == 50.0
        self.write(tmp_path, 100, 100)
        assert meter.read()[0].value == 0.0

    def test_cores_numbered_afresh_by_a_container_are_all_shown(self, tmp_path: Path) -> None:
        self.write(tmp_path, 0, 0)
        meter = CpuMeter(frozenset({14, 15}), LocalInterfaces(tmp_path))
        self.write(tmp_path, 10, 10)
        assert meter.read()[1] == (50.0, 0.0)

    def test_counters_that_cannot_be_read_at_first(self, tmp_path: Path) -> None:
        meter = CpuMeter(frozenset({0}), LocalInterfaces(tmp_path))
        with pytest.raises(OSError, match="No such file"):
            meter.read()
        self.write(tmp_path, 0, 0)
        assert meter.read()[0].value is None
        self.write(tmp_path, 20, 80)
        assert meter.read()[0].value == 20.0

    def test_this_machine_agrees_with_the_counters(self) -> None:
        # On a busy machine this process may be held up between two looks, so a few tries are fair.
        assert any(abs(shown - counted) < 10 for shown, counted in map(self.compare, range(5)))

    def compare(self, attempt: int) -> tuple[float, float]:
        """The meter's load, and that of a plain reading of the counters around the same stretch of work."""
        meter = CpuMeter(usable_cpus(LocalInterfaces()), LocalInterfaces())
        before = parse_proc_stat(Path("/proc/stat").read_text())
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass
        load, cores = meter.read()
        percents = busy_percents(before, parse_proc_stat(Path("/proc/stat").read_text()))
        usable = [percent for number, percent in percents.items() if number in usable_cpus(LocalInterfaces())]
        assert load.value is not None
        assert load.value > 0
        assert len(cores) == len(usable)
        return load.value, sum(usable) / len(usable)
