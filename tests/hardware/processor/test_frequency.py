"""The processor's frequency over files of the kernel."""

from typing import Any

import pytest

from tests.hardware.standin import StandIn, busy, closed, gone
from tests.reasons import sentence_of
from tui.hardware.processor.frequency import FrequencyMeter

CPUFREQ = "/sys/devices/system/cpu/cpufreq"


def policies(count: int, kilohertz: Any = "2400000\n") -> dict[str, Any]:
    return {f"{CPUFREQ}/policy{number}/scaling_cur_freq": kilohertz for number in range(count)}


def test_mean_over_the_cores() -> None:
    files = policies(2) | {f"{CPUFREQ}/policy1/scaling_cur_freq": "1200000\n"}
    frequency = FrequencyMeter(StandIn(files)).read()
    assert (frequency.value, frequency.source) == (1800, "cpufreq")


def test_many_cores_are_read_in_turns_of_a_few() -> None:
    machine = StandIn(policies(64))
    meter = FrequencyMeter(machine)
    questions: list[set[str]] = []
    for _ in range(8):
        machine.reads.clear()
        assert meter.read().value == 2400
        questions.append(set(machine.reads))
    assert max(len(paths) for paths in questions) <= 8
    # All of them have had their turn, and each look was spread over the machine.
    assert len(set[str]().union(*questions)) == 64
    assert f"{CPUFREQ}/policy0/scaling_cur_freq" in questions[0]
    assert f"{CPUFREQ}/policy56/scaling_cur_freq" in questions[0]


@pytest.mark.parametrize("content", ["", "<unknown>\n", "0\n", "99999999999\n", closed(), busy(), gone()])
def test_unreadable_core_is_left_out(content: Any) -> None:
    files = policies(2) | {f"{CPUFREQ}/policy0/scaling_cur_freq": content}
    assert FrequencyMeter(StandIn(files)).read().value == 2400
    frequency = FrequencyMeter(StandIn(policies(2, content))).read()
    assert frequency.value is None
    assert "frequency" in sentence_of(frequency.reason)


CPUINFO = """\
processor\t: 0
model name\t: Intel(R) Core(TM) i5-1035G1 CPU @ 1.00GHz
cpu MHz\t\t: 1190.400
cache size\t: 6144 KB

processor\t: 1
cpu MHz\t\t: 3600.000
"""


def test_virtual_machine_frequency_is_read_rarely_from_cpuinfo() -> None:
    machine = StandIn({"/proc/cpuinfo": CPUINFO})
    meter = FrequencyMeter(machine)
    assert meter.read().value == pytest.approx(2395.2)
    machine.clock_seconds += 1
    meter.read()
    assert machine.reads.count("/proc/cpuinfo") == 1
    machine.clock_seconds += 5
    meter.read()
    assert machine.reads.count("/proc/cpuinfo") == 2


def test_kernel_without_a_frequency_gives_a_reason() -> None:
    arm = StandIn({"/proc/cpuinfo": "processor\t: 0\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd\n"})
    assert sentence_of(FrequencyMeter(arm).read().reason) == "this kernel does not report it"
    assert FrequencyMeter(StandIn()).read().reason
