"""NVIDIA cards through a stand-in for NVML that answers as recorded."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.hardware.recorded import PCI_IDS, nvidia_card, plant
from tests.hardware.standin import StandIn
from tests.reasons import sentence_of
from tui.hardware.gpus.nvidia import NvidiaReader, detect_nvidia
from tui.hardware.gpus.nvml import NO_LIBRARY, Nvml
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.machine import Gpu
from tui.hardware.reading import GpuReading, known, unknown
from tui.sentences import Reason
from tui.units import GIB, MIB

TOTAL, USED = 12282 * MIB, 1843 * MIB


class NVMLError(Exception):
    """As pynvml raises it: the code in `value`."""

    def __init__(self, value: int) -> None:
        super().__init__(f"code {value}")
        self.value = value


class FakeNvml:
    """Answers of an RTX 4070; `faults` names functions that fail, with the code or the exception."""

    def __init__(self, count: int = 1, **faults: int | Exception | Callable[[], Any]) -> None:
        self.count = count
        self.faults = faults
        self.calls: list[str] = []

    def _answer(self, name: str, value: Any) -> Any:
        self.calls.append(name)
        fault = self.faults.get(name)
        if isinstance(fault, int):
            raise NVMLError(fault)
        if isinstance(fault, Exception):
            raise fault
        return fault() if callable(fault) else value

    def nvmlInit(self) -> None:
        self._answer("nvmlInit", None)

    def nvmlShutdown(self) -> None:
        self._answer("nvmlShutdown", None)

    def nvmlSystemGetDriverVersion(self) -> bytes:
        return self._answer("nvmlSystemGetDriverVersion", b"550.54.14")

    def nvmlDeviceGetCount(self) -> int:
        return self._answer("nvmlDeviceGetCount", self.count)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> str:
        return self._answer("nvmlDeviceGetHandleByIndex", f"handle {index}")

    def nvmlDeviceGetHandleByPciBusId(self, address: bytes) -> str:
        return self._answer("nvmlDeviceGetHandleByPciBusId", address.decode())

    def nvmlDeviceGetPciInfo(self, handle: Any) -> Any:
        number = str(handle)[-1]
        return self._answer(
            "nvmlDeviceGetPciInfo", SimpleNamespace(busId=f"00000000:0{number}:00.0".encode())
        )

    def nvmlDeviceGetName(self, handle: Any) -> str:
        return self._answer("nvmlDeviceGetName", "NVIDIA GeForce RTX 4070")

    def nvmlDeviceGetMemoryInfo(self, handle: Any) -> Any:
        return self._answer(
            "nvmlDeviceGetMemoryInfo", SimpleNamespace(total=TOTAL, used=USED, free=TOTAL - USED)
        )

    def nvmlDeviceGetUtilizationRates(self, handle: Any) -> Any:
        return self._answer("nvmlDeviceGetUtilizationRates", SimpleNamespace(gpu=37, memory=12))

    def nvmlDeviceGetTemperature(self, handle: Any, sensor: int) -> int:
        return self._answer("nvmlDeviceGetTemperature", 54)

    def nvmlDeviceGetPowerUsage(self, handle: Any) -> int:
        return self._answer("nvmlDeviceGetPowerUsage", 61_250)

    def nvmlDeviceGetClockInfo(self, handle: Any, kind: int) -> int:
        return self._answer("nvmlDeviceGetClockInfo", 2475)

    def nvmlDeviceGetEnforcedPowerLimit(self, handle: Any) -> int:
        return self._answer("nvmlDeviceGetEnforcedPowerLimit", 200_000)


def detected(nvml: FakeNvml, root: Path) -> tuple[tuple[Gpu, ...], Reason | None]:
    return detect_nvidia(LocalInterfaces(root), lambda: nvml)


def test_nvml_is_not_loaded_without_a_card(tmp_path: Path) -> None:
    def load() -> Nvml:
        pytest.fail("NVML was imported on a machine without a card")

    assert detect_nvidia(LocalInterfaces(tmp_path), load) == ((), None)


def test_sleeping_card_is_named_and_not_woken(tmp_path: Path) -> None:
    root = plant(tmp_path, nvidia_card("0000:01:00.0", "suspended"))
    nvml = FakeNvml()
    gpus, reason = detected(nvml, root)
    assert nvml.calls == []
    assert [(gpu.name, gpu.memory_bytes.reason) for gpu in gpus] == [("NVIDIA GeForce RTX 4070", ASLEEP)]
    assert reason == ASLEEP
    (reading,) = NvidiaReader(gpus, lambda: nvml, LocalInterfaces(root)).read()
    assert nvml.calls == []
    assert (reading.load_percent.value, reading.load_percent.reason) == (None, ASLEEP)


def test_a_card_that_wakes_is_read(tmp_path: Path) -> None:
    root = plant(tmp_path, nvidia_card("0000:01:00.0", "suspended"))
    gpus, _ = detected(FakeNvml(), root)
    reader = NvidiaReader(gpus, FakeNvml, LocalInterfaces(root))
    assert reader.read()[0].memory_used_bytes.value is None
    (root / "sys/bus/pci/devices/0000:01:00.0/power/runtime_status").write_text("active\n")
    assert reader.read()[0].memory_used_bytes.value == USED


def test_card_facts_and_readings(tmp_path: Path) -> None:
    root = plant(tmp_path, nvidia_card("0000:01:00.0"))
    nvml = FakeNvml()
    gpus, reason = detected(nvml, root)
    (gpu,) = gpus
    assert reason is None
    assert (gpu.name, gpu.vendor, gpu.shares_memory) == ("NVIDIA GeForce RTX 4070", "nvidia", False)
    assert (gpu.memory_bytes.value, gpu.driver.value) == (TOTAL, "550.54.14")
    (reading,) = NvidiaReader(gpus, lambda: nvml, LocalInterfaces(root)).read()
    assert reading.load_percent.value == 37
    assert (reading.memory_used_bytes.value, reading.memory_total_bytes.value) == (USED, TOTAL)
    assert (reading.temperature_celsius.value, reading.power_watts.value) == (54, 61.25)
    assert reading.frequency_mhz.value == 2475
    assert reading.power_limit_watts.value == 200


def test_memory_not_reported_means_unified(tmp_path: Path) -> None:
    # GIVEN a GB10: NVML knows the GPU and answers "not supported" to the question for its memory
    root = plant(tmp_path, nvidia_card("000f:01:00.0"))
    nvml = FakeNvml(nvmlDeviceGetMemoryInfo=3)
    gpus, _ = detected(nvml, root)
    assert gpus[0].shares_memory
    (reading,) = NvidiaReader(gpus, lambda: nvml, LocalInterfaces(root)).read()
    assert reading.memory_total_bytes.value is None
    assert "shares the system's memory" in sentence_of(reading.memory_total_bytes.reason)
    assert reading.load_percent.value == 37


@pytest.mark.parametrize(
    ("function", "field"),
    [
        ("nvmlDeviceGetUtilizationRates", "load_percent"),
        ("nvmlDeviceGetTemperature", "temperature_celsius"),
        ("nvmlDeviceGetPowerUsage", "power_watts"),
        ("nvmlDeviceGetClockInfo", "frequency_mhz"),
        ("nvmlDeviceGetEnforcedPowerLimit", "power_limit_watts"),
        ("nvmlDeviceGetMemoryInfo", "memory_used_bytes"),
    ],
)
@pytest.mark.parametrize("fault", [3, 4, 15, 999, OSError("gone"), AttributeError("no such function")])
def test_failure_of_one_figure_leaves_the_others(
    tmp_path: Path, function: str, field: str, fault: int | Exception
) -> None:
    root = plant(tmp_path, nvidia_card("0000:00:00.0"))
    gpus, _ = detected(FakeNvml(), root)
    (reading,) = NvidiaReader(gpus, lambda: FakeNvml(**{function: fault}), LocalInterfaces(root)).read()
    fields = ("load_percent", "temperature_celsius", "power_watts", "memory_used_bytes", "frequency_mhz")
    fields += ("power_limit_watts",)
    for name in fields:
        metric = getattr(reading, name)
        assert (metric.value is None) == (name == field)
        assert bool(metric.reason) == (name == field)


@pytest.mark.parametrize("load", [-1, 101, 4294967295, None, "busy", float("nan")])
def test_impossible_load_is_unknown(tmp_path: Path, load: Any) -> None:
    root = plant(tmp_path, nvidia_card("0000:00:00.0"))
    gpus, _ = detected(FakeNvml(), root)
    nvml = FakeNvml(nvmlDeviceGetUtilizationRates=lambda: SimpleNamespace(gpu=load))
    (reading,) = NvidiaReader(gpus, lambda: nvml, LocalInterfaces(root)).read()
    assert reading.load_percent.value is None
    assert "impossible" in sentence_of(reading.load_percent.reason)


def test_card_that_fell_off_the_bus_comes_back_after_a_new_start_of_nvml(tmp_path: Path) -> None:
    root = plant(tmp_path, nvidia_card("0000:00:00.0"))
    gpus, _ = detected(FakeNvml(), root)
    answers = iter([FakeNvml(nvmlDeviceGetHandleByPciBusId=15), FakeNvml()])
    reader = NvidiaReader(gpus, lambda: next(answers), LocalInterfaces(root))
    assert (
        sentence_of(reader.read()[0].load_percent.reason) == "the GPU stopped answering; restart the machine"
    )
    assert reader.read()[0].load_percent.value == 37


def test_driver_library_missing_says_what_to_do(tmp_path: Path) -> None:
    root = plant(tmp_path, nvidia_card("0000:01:00.0") | {"usr/share/misc/pci.ids": PCI_IDS})
    gpus, reason = detected(FakeNvml(nvmlInit=12), root)
    assert reason == NO_LIBRARY
    assert gpus[0].memory_bytes == unknown(NO_LIBRARY)


def test_card_on_the_open_driver_is_named_by_the_list_of_the_bus(tmp_path: Path) -> None:
    files = nvidia_card("0000:01:00.0", driver="nouveau") | {"usr/share/hwdata/pci.ids": PCI_IDS}
    del files["proc/driver/nvidia/gpus/0000:01:00.0/information"]
    gpus, reason = detected(FakeNvml(nvmlInit=9), plant(tmp_path, files))
    assert gpus[0].name == "GeForce RTX 4070"
    assert sentence_of(reason) == "the NVIDIA card runs on nouveau; install NVIDIA's own driver"


def test_failure_of_one_card_leaves_the_other(tmp_path: Path) -> None:
    handles = iter([NVMLError(15), "handle 1"])

    def handle() -> str:
        answer = next(handles)
        if isinstance(answer, Exception):
            raise answer
        return answer

    root = plant(tmp_path, nvidia_card("0000:00:00.0") | nvidia_card("0000:01:00.0"))
    gpus, reason = detected(FakeNvml(2, nvmlDeviceGetHandleByPciBusId=handle), root)
    assert [gpu.device for gpu in gpus] == ["0000:00:00.0", "0000:01:00.0"]
    assert [gpu.memory_bytes.value for gpu in gpus] == [None, TOTAL]
    assert reason == gpus[0].memory_bytes.reason
    assert sentence_of(reason) == "the GPU stopped answering; restart the machine"


def test_card_is_read_on_wsl_without_a_pci_bus(tmp_path: Path) -> None:
    root = plant(tmp_path, {"usr/lib/wsl/lib/libnvidia-ml.so.1": b"\x7fELF"})
    gpus, reason = detected(FakeNvml(), root)
    assert (len(gpus), reason) == (1, None)


def test_control_characters_in_a_name_are_removed(tmp_path: Path) -> None:
    root = plant(tmp_path, nvidia_card("0000:01:00.0"))
    gpus, _ = detected(FakeNvml(nvmlDeviceGetName=lambda: b"RTX\x1b[31m 4070\n"), root)
    assert gpus[0].name == "RTX 4070"


def test_real_binding_without_a_driver_gives_a_reason(tmp_path: Path) -> None:
    # GIVEN a card on a recorded bus, and the real binding on a machine that may have no driver at all
    interfaces = LocalInterfaces(plant(tmp_path, nvidia_card("0000:01:00.0")))
    gpus, reason = detect_nvidia(interfaces)
    if reason is None:
        assert all(gpu.driver.value for gpu in gpus)
    else:
        assert "NVIDIA" in sentence_of(reason)
        assert gpus[0].memory_bytes.reason == reason


ADDRESS = "0000:00:00.0"


PLACE = f"/sys/bus/pci/devices/{ADDRESS}"


GPU = Gpu(0, "RTX 4070", "nvidia", False, known(TOTAL, "NVML"), known("550", "NVML"), device=ADDRESS)


class Laptop:
    """One card; `load` and `used` are what NVML says of it."""

    def __init__(self, control: str = "auto") -> None:
        self.system = StandIn(
            {
                f"{PLACE}/class": "0x030000\n",
                f"{PLACE}/vendor": "0x10de\n",
                f"{PLACE}/device": "0x2786\n",
                f"{PLACE}/power/runtime_status": "active\n",
                f"{PLACE}/power/control": f"{control}\n",
            }
        )
        self.load, self.used = 0, 3 * MIB
        self.nvml = FakeNvml(
            nvmlDeviceGetUtilizationRates=lambda: SimpleNamespace(gpu=self.load),
            nvmlDeviceGetMemoryInfo=lambda: SimpleNamespace(total=TOTAL, used=self.used),
        )
        self._reader = NvidiaReader((GPU,), lambda: self.nvml, self.system)

    def ticks(self, count: int) -> GpuReading:
        answer: Any = None
        for _tick in range(count):
            self.system.clock_seconds += 1
            (answer,) = self._reader.read()
        return answer

    @property
    def questions(self) -> int:
        return len(self.nvml.calls)


def test_unused_card_is_released_and_can_sleep() -> None:
    laptop = Laptop()
    laptop.ticks(5)
    assert laptop.nvml.calls[-1] == "nvmlShutdown"
    # WHEN it rests THEN nothing is asked, and the last reading stands
    question_count = laptop.questions
    assert laptop.ticks(10).load_percent.value == 0
    assert laptop.questions == question_count
    # WHEN it has fallen asleep THEN that is said, and NVML stays closed
    laptop.system.files[f"{PLACE}/power/runtime_status"] = "suspended\n"
    assert laptop.ticks(30).load_percent.reason == ASLEEP
    assert laptop.questions == question_count
    # WHEN a program wakes it THEN it is read at once
    laptop.system.files[f"{PLACE}/power/runtime_status"] = "active\n"
    laptop.load, laptop.used = 40, GIB
    assert laptop.ticks(1).load_percent.value == 40


def test_unused_card_that_stays_awake_is_polled_rarely() -> None:
    laptop = Laptop()
    laptop.ticks(5)
    laptop.load = 30
    assert laptop.ticks(15).load_percent.value == 30
    # AND as long as something is on it, at every tick
    question_count = laptop.questions
    laptop.ticks(5)
    assert laptop.questions >= question_count + 5
    assert "nvmlShutdown" not in laptop.nvml.calls[question_count:]


def test_card_with_an_idle_model_is_still_read() -> None:
    laptop = Laptop()
    laptop.used = 5 * GIB
    laptop.ticks(20)
    assert "nvmlShutdown" not in laptop.nvml.calls


def test_card_without_power_management_is_always_read() -> None:
    laptop = Laptop("on")
    laptop.ticks(20)
    assert "nvmlShutdown" not in laptop.nvml.calls
