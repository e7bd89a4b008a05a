"""A maker that is added by one row is seen everywhere, and the rows that there are make sense."""

import msgspec
import pytest

from tests.hardware.standin import StandIn
from tests.recordings.stepped import FOLDER
from tui.cli.doctor_output import report_lines
from tui.engine.protocol import EngineDevice
from tui.fit.engine_view import pair_up, rebuild_command
from tui.fit.pools import pools
from tui.hardware.detect import detect_machine
from tui.hardware.gpus import makers
from tui.hardware.gpus.maker import Detection, GpuMaker, GpuReader
from tui.hardware.gpus.makers import (
    maker_of,
    short_gpu_name,
    vendor_of_backend,
    vendor_of_name,
    vendor_of_pci,
)
from tui.hardware.interfaces import Interfaces
from tui.hardware.machine import Gpu
from tui.hardware.reading import GpuReading, known, unknown
from tui.hardware.recording.replay import Replay
from tui.hardware.report import machine_report
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of
from tui.hardware.what_if import machine_named
from tui.sentences import reason
from tui.settings.settings import MachineSettings
from tui.units import GIB

NO_SENSOR = reason("hardware.no_gpu_power")


def detect_loongson(interfaces: Interfaces) -> Detection:
    try:
        size = int(interfaces.read("/sys/loong/memory"))
    except OSError:
        return (), None
    card = Gpu(0, "Loongson LG200", "loongson", False, known(size, "sysfs"), known("loonggpu", "sysfs"))
    return (card,), None


def loongson_readers(gpus: tuple[Gpu, ...], interfaces: Interfaces) -> tuple[GpuReader, ...]:
    def read() -> tuple[GpuReading, ...]:
        load = float(interfaces.read("/sys/loong/load"))
        return tuple(
            GpuReading(
                gpu.index,
                known(load, "sysfs"),
                known(GIB, "sysfs"),
                gpu.memory_bytes,
                unknown(NO_SENSOR),
                unknown(NO_SENSOR),
            )
            for gpu in gpus
        )

    return (GpuReader(gpus, lambda: read),)


LOONGSON = GpuMaker(
    vendor="loongson",
    label="Loongson",
    platforms=("linux",),
    detect=detect_loongson,
    readers=loongson_readers,
    pci_vendors=(0x0014,),
    name_words=("loongson",),
    name_prefixes=("Loongson ",),
    backends=("loong",),
    build_option="LOONG",
)


class Door(Replay):
    """A recorded machine with such a card in it."""

    def read(self, path: str) -> bytes:
        cards = {"/sys/loong/memory": str(16 * GIB).encode(), "/sys/loong/load": b"37"}
        return cards[path] if path in cards else super().read(path)


@pytest.fixture(autouse=True)
def _row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(makers, "MAKERS", (*makers.MAKERS, LOONGSON))


def test_one_row_adds_a_maker_to_reading_report_and_pools() -> None:
    # GIVEN a recorded machine with an NVIDIA card, and a card of the new maker beside it
    door = Door(FOLDER / "pc-12gb", clock=lambda: 0.0)
    machine = detect_machine(interfaces=door)
    assert [(gpu.index, gpu.vendor) for gpu in machine.gpus] == [(0, "nvidia"), (1, "loongson")]
    # WHEN it is read
    reading = MachineSampler(machine, lambda _reading: None, sources=sources_of(machine, door)).take()
    assert reading.gpus[1].load_percent.value == 37
    # THEN the report has it, with what is unknown of it
    report = machine_report(machine, reading)["gpus"][1]
    assert (report["name"], report["load_percent"]) == ("Loongson LG200", 37)
    assert report["power_watts_reason_code"] == "hardware.no_gpu_power"
    assert any("Loongson LG200" in line for line in report_lines(machine, reading))
    # AND as the largest card it is the pool of the models, by its short name
    assert next((pool.kind, pool.device) for pool in pools(machine, reading)) == ("vram", "LG200")


def test_the_engines_device_of_a_new_maker_is_known_by_its_backend_and_built_with_its_option() -> None:
    (card,), _ = detect_loongson(StandIn({"/sys/loong/memory": str(16 * GIB)}))
    device = EngineDevice("LOONG0", "some card", "gpu", 15 * GIB, 16 * GIB)
    assert pair_up((card,), [device]) == [(card, device)]
    assert "-DGGML_LOONG=on" in rebuild_command("loongson", "Linux 6.8")


def test_card_of_a_new_maker_can_be_in_a_custom_machine() -> None:
    own = {"box": MachineSettings(ram_gb=32, gpu="Loongson LG200", vram_gb=16)}
    local_machine = detect_machine(interfaces=Replay(FOLDER / "nothing", clock=lambda: 0.0))
    assert machine_named("box", own, local_machine).gpus[0].vendor == "loongson"


@pytest.mark.parametrize(
    ("name", "vendor"),
    [
        ("NVIDIA GeForce RTX 4070", "nvidia"),
        ("AMD Radeon(TM) 780M Graphics", "amd"),
        ("Radeon RX Vega M GH Graphics", "amd"),
        ("Intel(R) Arc(TM) A770 Graphics", "intel"),
        ("Apple M3 Max", "apple"),
        ("Qualcomm Adreno", "unknown"),
    ],
)
def test_maker_is_recognized_by_name(name: str, vendor: str) -> None:
    assert vendor_of_name(name) == vendor


def test_maker_is_recognized_by_pci_number_and_backend() -> None:
    assert [vendor_of_pci(number) for number in (0x10DE, 0x1002, 0x1022, 0x8086, 0x1AF4)] == [
        "nvidia",
        "amd",
        "amd",
        "intel",
        None,
    ]
    names = ("CUDA0", "ROCm1", "HIP0", "MTL0", "Metal", "SYCL0", "Vulkan0")
    assert [vendor_of_backend(name) for name in names] == [
        "nvidia",
        "amd",
        "amd",
        "apple",
        "apple",
        "intel",
        "unknown",
    ]


def test_a_short_name_is_without_the_maker() -> None:
    assert short_gpu_name("NVIDIA GeForce RTX 4070") == "RTX 4070"
    assert short_gpu_name("Intel(R) Iris(R) Xe Graphics") == "Iris(R) Xe Graphics"


def test_a_vendor_without_a_row_has_no_properties() -> None:
    nobody = maker_of("unknown")
    assert (nobody.build_option, nobody.ram_ceiling, nobody.own_load_only) == ("VULKAN", None, False)
    assert nobody.detect(StandIn()) == ((), None)
    assert nobody.readers((), StandIn()) == ()


def test_no_two_makers_share_a_word_a_number_or_a_backend() -> None:
    for field in ("vendor", "label", "pci_vendors", "name_words", "name_prefixes", "backends"):
        values = [getattr(maker, field) for maker in makers.MAKERS]
        flat = [value for item in values for value in (item if isinstance(item, tuple) else (item,))]
        assert len(flat) == len(set(flat)), field
    assert all(msgspec.structs.asdict(maker)["platforms"] for maker in makers.MAKERS)
