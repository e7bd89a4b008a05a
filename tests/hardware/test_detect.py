"""What this machine is: processor, cores, container, memory, GPUs."""

import threading
from pathlib import Path

import msgspec
import psutil
import pytest

from tests.hardware.recorded import MOUNTS_V2, amd_card, intel_card, nvidia_card, plant
from tests.reasons import sentence_of
from tui.hardware import detect
from tui.hardware.detect import cpu_details, detect_machine
from tui.hardware.gpus import makers
from tui.hardware.gpus.maker import Detection
from tui.hardware.gpus.nvidia import NO_ANSWER, NVIDIA
from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.processor.cpu import usable_cpus
from tui.sentences import reason
from tui.units import GIB

linux = pytest.mark.skipif(not psutil.LINUX, reason="needs Linux")


def test_this_machine_is_detected() -> None:
    machine = detect_machine()
    assert sentence_of(machine.name) == "This machine"
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
def test_container_limits_replace_the_hosts_figures(tmp_path: Path) -> None:
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
def test_missing_gpu_has_a_reason(tmp_path: Path) -> None:
    assert detect_machine(interfaces=LocalInterfaces(tmp_path)).gpu_reason == reason("hardware.no_gpu")


@linux
def test_gpu_not_passed_into_the_container_is_named(tmp_path: Path) -> None:
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


def test_failing_details_fall_back_on_the_quick_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> object:
        raise RuntimeError("probe failed")

    monkeypatch.setattr(detect.importlib, "import_module", broken)
    name, _ = cpu_details(tmp_path / "cpu.json")
    assert name.value or name.reason


def test_hanging_driver_does_not_delay_detection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN NVIDIA's driver, which never answers, beside Intel's, which does
    monkeypatch.setattr(detect, "_MAX_SECONDS", 0.5)
    release = threading.Event()

    def hang(interfaces: Interfaces) -> Detection:
        release.wait(30)
        return (), None

    silent = msgspec.structs.replace(NVIDIA, detect=hang)
    monkeypatch.setattr(makers, "MAKERS", (silent, *makers.MAKERS[1:]))
    files = nvidia_card("0000:01:00.0") | intel_card("card0", "0000:00:02.0")
    machine = detect_machine(interfaces=LocalInterfaces(plant(tmp_path, files)))
    release.set()
    # THEN the card is named, with the reason, and the rest of the machine is there
    assert [gpu.vendor for gpu in machine.gpus] == ["nvidia", "intel"]
    assert machine.gpus[0].name == "NVIDIA GeForce RTX 4070"
    assert machine.gpus[0].memory_bytes.reason == machine.gpu_reason == NO_ANSWER
    assert machine.ram_bytes > 0
