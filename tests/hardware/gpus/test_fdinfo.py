"""GPU load of one process from fdinfo."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.recorded import plant
from tests.reasons import sentence_of
from tui.hardware.gpus.fdinfo import GpuClient, ProcessGpuMeter, busiest_percent, parse_fdinfo
from tui.hardware.interfaces import LocalInterfaces

I915 = """\
pos:	0
flags:	02100002
mnt_id:	26
ino:	284
drm-driver:	i915
drm-client-id:	35
drm-pdev:	0000:00:02.0
drm-total-system0:	125 MiB
drm-engine-render:	{ns} ns
drm-engine-copy:	1000 ns
drm-engine-video:	0 ns
drm-engine-capacity-video:	2
"""
XE = """\
drm-driver:	xe
drm-client-id:	7
drm-pdev:	0000:03:00.0
drm-cycles-rcs:	{cycles}
drm-total-cycles-rcs:	{total}
"""


def clients(*texts: str) -> dict[str, GpuClient]:
    merged = [parse_fdinfo(text) for text in texts]
    return {client.key: client for client in merged if client is not None}


def test_i915_counts_nanoseconds() -> None:
    earlier, after = clients(I915.format(ns=0)), clients(I915.format(ns=400_000_000))
    assert busiest_percent(earlier, after, 1.0) == 40.0


def test_xe_counts_cycles() -> None:
    earlier, after = clients(XE.format(cycles=100, total=1000)), clients(XE.format(cycles=350, total=2000))
    assert busiest_percent(earlier, after, 123.0) == 25.0


def test_two_descriptors_of_one_handle_count_once() -> None:
    text = I915.format(ns=0)
    assert len(clients(text, text)) == 1


def test_other_descriptors_are_ignored() -> None:
    assert parse_fdinfo("pos:\t0\nflags:\t0100000\nmnt_id:\t15\n") is None
    assert busiest_percent({}, {}, 1.0) is None


def test_handles_that_came_or_went_do_not_count() -> None:
    assert busiest_percent({}, clients(I915.format(ns=10**9)), 1.0) is None
    assert busiest_percent(clients(I915.format(ns=10**9)), {}, 1.0) is None


def test_meter_needs_two_readings(tmp_path: Path) -> None:
    root = plant(tmp_path, {"proc/77/fdinfo/5": I915.format(ns=0), "proc/77/fdinfo/0": "pos:\t0\n"})
    meter = ProcessGpuMeter(77, LocalInterfaces(root))
    assert meter.read().value is None
    plant(tmp_path, {"proc/77/fdinfo/5": I915.format(ns=10**15)})
    assert meter.read().value == 100.0


def test_meter_of_a_process_without_a_gpu(tmp_path: Path) -> None:
    meter = ProcessGpuMeter(77, LocalInterfaces(tmp_path))
    meter.read()
    assert sentence_of(meter.read().reason) == "the engine does not use this GPU"


@given(st.text() | st.lists(st.sampled_from(I915.split("\n") + XE.split("\n")) | st.text()).map("\n".join))
def test_parser_never_raises(text: str) -> None:
    client = parse_fdinfo(text)
    if client is not None:
        busiest_percent({client.key: client}, {client.key: client}, 0.0)
