"""The processor's name, features and cores."""

from pathlib import Path

import psutil
import pytest

from tests.hardware.recorded import plant
from tui.hardware.detect import detect_machine
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.processor.cpu import count_cores, parse_cpuinfo, physical_cores

linux = pytest.mark.skipif(not psutil.LINUX, reason="needs Linux")

ICE_LAKE = """\
processor	: 0
vendor_id	: GenuineIntel
model name	: Intel(R) Core(TM) i5-1035G1 CPU @ 1.00GHz
flags		: fpu sse sse2 ht sse4_1 sse4_2 avx f16c fma avx2 avx512f avx512dq avx512_vnni

processor	: 1
model name	: another
"""

RASPBERRY = """\
processor	: 0
BogoMIPS	: 108.00
Features	: fp asimd evtstrm aes crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp
CPU implementer	: 0x41
CPU part	: 0xd0b
"""


def test_x86_name_and_features_are_read() -> None:
    name, features = parse_cpuinfo(ICE_LAKE)
    assert name == "Intel(R) Core(TM) i5-1035G1 CPU @ 1.00GHz"
    assert features == ("SSE4.2", "AVX", "AVX2", "FMA", "F16C", "AVX512F", "AVX512_VNNI")


def test_arm_kernels_give_features_and_no_name() -> None:
    assert parse_cpuinfo(RASPBERRY) == (None, ("NEON", "FP16", "DOTPROD"))


@linux
def test_board_stands_for_a_processor_without_a_name(tmp_path: Path) -> None:
    files = {"proc/cpuinfo": RASPBERRY, "proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0\0"}
    assert (
        detect_machine(interfaces=LocalInterfaces(plant(tmp_path, files))).cpu.name.value
        == "Raspberry Pi 5 Model B Rev 1.0"
    )


def topology(pairs: dict[int, str]) -> dict[str, str | bytes]:
    return {
        f"sys/devices/system/cpu/cpu{n}/topology/core_cpus_list": f"{text}\n" for n, text in pairs.items()
    }


def test_threads_of_one_core_count_once(tmp_path: Path) -> None:
    root = plant(tmp_path, topology({0: "0,4", 1: "1,5", 4: "0,4", 5: "1,5"}))
    assert count_cores(frozenset({0, 1, 4, 5}), LocalInterfaces(root)) == 2
    assert count_cores(frozenset({0, 4}), LocalInterfaces(root)) == 1


@pytest.mark.parametrize(
    ("usable", "quota", "cores"),
    [(range(8), None, 4), (range(8), 1.5, 2), (range(8), 0.1, 1), ((0, 4), None, 1)],
)
def test_cores_stay_inside_affinity_and_quota(
    tmp_path: Path, usable: tuple[int, ...], quota: float | None, cores: int
) -> None:
    root = plant(tmp_path, topology({n: f"{n % 4},{n % 4 + 4}" for n in range(8)}))
    assert physical_cores(frozenset(usable), quota, {}, LocalInterfaces(root)) == cores


def test_without_a_topology_the_count_is_never_zero(tmp_path: Path) -> None:
    assert 1 <= physical_cores(frozenset({0}), None, {}, LocalInterfaces(tmp_path)) <= 1
