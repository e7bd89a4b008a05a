"""What this machine is: processor, cores, container, memory, GPUs."""

import threading
from pathlib import Path

import msgspec
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.recorded import MOUNTS_V2, PCI_IDS, amd_card, intel_card, nvidia_card, plant
from tests.reasons import sentence_of
from tui.hardware import detect
from tui.hardware.detect import cpu_details, detect_machine
from tui.hardware.gpus.nvidia import NO_ANSWER
from tui.hardware.gpus.nvml import Nvml
from tui.hardware.gpus.pci import parse_pci_ids
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.memory.container import container_kind
from tui.hardware.processor.cpu import count_cores, parse_cpuinfo, physical_cores, usable_cpus
from tui.hardware.text import parse_range_list
from tui.sentences import reason
from tui.text import clean_line
from tui.units import GIB

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


def test_name_and_features_of_x86() -> None:
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


@pytest.mark.parametrize(
    ("environ", "files", "kind"),
    [
        ({}, {}, None),
        ({}, {".dockerenv": ""}, "docker"),
        ({}, {"run/.containerenv": "", "proc/1/cgroup": "0::/\n"}, "podman"),
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, {".dockerenv": ""}, "kubernetes"),
        ({}, {"proc/1/cgroup": "1:cpu:/kubepods/besteffort/pod1/abc\n"}, "kubernetes"),
        ({}, {"proc/1/cgroup": "5:memory:/docker/0f3c\n"}, "docker"),
        ({"container": "lxc"}, {}, "lxc"),
        ({}, {"run/systemd/container": "systemd-nspawn\n"}, "systemd-nspawn"),
        ({}, {"proc/version": "Linux version 5.15.153.1-microsoft-standard-WSL2 (root@host)\n"}, "WSL"),
        ({}, {"proc/version": "Linux version 6.1.0-18-amd64\n", "proc/1/cgroup": "0::/init.scope\n"}, None),
    ],
)
def test_container_kinds(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    files: dict[str, str | bytes],
    kind: str | None,
) -> None:
    interfaces = LocalInterfaces(plant(tmp_path, files))
    monkeypatch.setattr(LocalInterfaces, "environ", environ)
    assert container_kind(interfaces) == kind


def test_this_machine() -> None:
    machine = detect_machine()
    assert machine.name == "This machine"
    assert machine.ram_bytes == psutil.virtual_memory().total
    assert 0 < machine.memory_limit_bytes <= machine.ram_bytes
    assert 1 <= machine.cpu.physical_cores <= machine.cpu.logical_cores == len(usable_cpus(LocalInterfaces()))
    assert (machine.cpu.name.value is None) == bool(machine.cpu.name.reason)
    assert bool(machine.gpus) or bool(machine.gpu_reason)
    # It crosses rooms and goes into JSON as it is.
    assert msgspec.json.decode(msgspec.json.encode(machine), type=type(machine)) == machine


def test_a_better_name_is_taken() -> None:
    assert detect_machine("Core\x1b i5").cpu.name.value == "Core i5"


@linux
def test_container_limits_are_the_machine(tmp_path: Path) -> None:
    root = plant(
        tmp_path,
        {
            "proc/self/cgroup": "0::/\n",
            "proc/self/mountinfo": MOUNTS_V2,
            "sys/fs/cgroup/memory.max": f"{GIB // 8}\n",
            "sys/fs/cgroup/cpu.max": "50000 100000\n",
        },
    )
    machine = detect_machine(interfaces=LocalInterfaces(root))
    assert (machine.memory_limit_bytes, machine.memory_limit_source) == (GIB // 8, "cgroup v2 memory.max")
    assert (machine.cpu.quota_cores.value, machine.cpu.physical_cores) == (0.5, 1)


@linux
def test_several_gpus_are_numbered_in_one_row(tmp_path: Path) -> None:
    vram = {"mem_info_vram_total": f"{GIB}\n", "gpu_metrics": b"\0\0\x01\0"}
    files = nvidia_card("0000:01:00.0", "suspended") | intel_card("card0", "0000:00:02.0")
    files |= amd_card("card1", "0000:03:00.0", vram)
    machine = detect_machine(interfaces=LocalInterfaces(plant(tmp_path, files)))
    assert [(gpu.index, gpu.vendor) for gpu in machine.gpus] == [(0, "nvidia"), (1, "intel"), (2, "amd")]


@linux
def test_no_gpu_says_so(tmp_path: Path) -> None:
    assert detect_machine(interfaces=LocalInterfaces(tmp_path)).gpu_reason == reason("hardware.no_gpu")


@linux
def test_gpu_on_the_bus_that_the_container_does_not_open(tmp_path: Path) -> None:
    files = intel_card("card0", "0000:00:02.0") | {".dockerenv": ""}
    del files["sys/class/drm/card0/device"]
    why = detect_machine(interfaces=LocalInterfaces(plant(tmp_path, files))).gpu_reason
    assert sentence_of(why) == "a GPU is on the bus but not open to this container"


class FakeCpuinfo:
    calls = 0

    def get_cpu_info(self) -> dict[str, object]:
        self.calls += 1
        return {"brand_raw": "Recorded CPU", "flags": ["avx2", "sse4_2"]}


def test_details_are_asked_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake, place = FakeCpuinfo(), tmp_path / "cache" / "cpu.json"
    monkeypatch.setattr(detect.importlib, "import_module", lambda name: fake)
    for _ in range(2):
        name, features = cpu_details(place)
        assert (name.value, features) == ("Recorded CPU", ("SSE4.2", "AVX2"))
    assert fake.calls == 1
    # WHEN the file is damaged or of another processor THEN it is asked again
    place.write_bytes(b"\xff{")
    cpu_details(place)
    place.write_text('{"key": "another", "name": "x", "features": []}')
    assert cpu_details(place)[0].value == "Recorded CPU"
    assert fake.calls == 3
    assert list(place.parent.iterdir()) == [place]


def test_details_that_fail_fall_back_on_the_quick_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(name: str) -> object:
        raise RuntimeError("probe failed")

    monkeypatch.setattr(detect.importlib, "import_module", broken)
    name, _ = cpu_details(tmp_path / "cpu.json")
    assert name.value or name.reason


def test_names_on_the_bus() -> None:
    lines = PCI_IDS.splitlines()
    assert parse_pci_ids(lines, 0x1002, 0x15BF) == "Phoenix1"
    assert parse_pci_ids(lines, 0x10DE, 0x2786) == "AD104 [GeForce RTX 4070]"
    assert parse_pci_ids(lines, 0x1002, 0x2786) is None


@given(st.text(), st.lists(st.text()))
def test_text_parsers_never_raise(text: str, lines: list[str]) -> None:
    parse_cpuinfo(text)
    parse_pci_ids(lines, 0x1002, 0x744C)
    assert all(0 <= number < 65536 for number in parse_range_list(text))
    assert clean_line(text).isprintable()


def test_driver_that_hangs_does_not_hold_up_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN NVIDIA's driver, which never answers, beside Intel's, which does
    monkeypatch.setattr(detect, "_MOST_SECONDS", 0.5)
    release = threading.Event()

    def hang() -> Nvml:
        release.wait(30)
        raise OSError

    files = nvidia_card("0000:01:00.0") | intel_card("card0", "0000:00:02.0")
    machine = detect_machine(interfaces=LocalInterfaces(plant(tmp_path, files)), load_nvml=hang)
    release.set()
    # THEN the card is named, with the reason, and the rest of the machine is there
    assert [gpu.vendor for gpu in machine.gpus] == ["nvidia", "intel"]
    assert machine.gpus[0].name == "NVIDIA GeForce RTX 4070"
    assert machine.gpus[0].memory_bytes.reason == machine.gpu_reason == NO_ANSWER
    assert machine.ram_bytes > 0
