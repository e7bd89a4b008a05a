"""Reading from swap over counters of Linux and macOS."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.standin import StandIn, closed, gone
from tests.reasons import sentence_of
from tui.hardware.memory.swap import SwapMeter, parse_swap_in, swapped_in_macos
from tui.hardware.processor.frequency import mean_mhz

VMSTAT = "nr_free_pages 100\npgpgin 5\npswpin {}\npswpout 9\npgswapin 1\n"


def test_swap_in_is_pages_times_their_size() -> None:
    machine = StandIn({"/proc/vmstat": VMSTAT.format(1000)}, answers={"page_size": 4096})
    meter = SwapMeter(machine)
    machine.clock_seconds += 2
    machine.files["/proc/vmstat"] = VMSTAT.format(3000)
    assert meter.read().value == 4096 * 1000
    machine.clock_seconds += 1
    assert meter.read().value == 0


@pytest.mark.parametrize(
    "content", ["", "pswpin\n", "pswpin many\n", "pswpin -4\n", "xpswpin 4\n", closed(), gone()]
)
def test_no_count_of_swap_is_unknown(content: Any) -> None:
    machine = StandIn({"/proc/vmstat": content}, answers={"page_size": 4096})
    swap = SwapMeter(machine).read()
    assert swap.value is None
    assert "swap" in sentence_of(swap.reason)


def test_unknown_page_size_is_not_guessed() -> None:
    machine = StandIn({"/proc/vmstat": VMSTAT.format(1)})
    meter = SwapMeter(machine)
    machine.clock_seconds += 1
    assert meter.read().value is None


VM_STAT = """\
Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                                5183.
Pages active:                            130012.
Pageins:                                 900000.
Swapins:                                  {}.
Swapouts:                                  4096.
"""


def test_swap_in_is_read_on_macos() -> None:
    machine = StandIn(platform="macos")
    machine.commands["vm_stat"] = VM_STAT.format(10).encode()
    meter = SwapMeter(machine)
    machine.clock_seconds += 1
    machine.commands["vm_stat"] = VM_STAT.format(74).encode()
    assert meter.read().value == 64 * 16384
    machine.commands.clear()
    machine.clock_seconds += 1
    assert meter.read().value is None
    assert SwapMeter(StandIn(platform="windows")).read().reason


@given(st.text())
def test_parsers_never_raise(text: str) -> None:
    assert (parse_swap_in(text) or 0) >= 0
    swapped_in_macos(text)
    mean_mhz(text)
