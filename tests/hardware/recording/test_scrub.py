"""What a recording leaves out, so that nobody can be told from it."""

import plistlib

from tests.hardware.standin import StandIn
from tui.hardware.detect import detect_machine
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.recording.recorder import Recorder
from tui.hardware.recording.scrub import Scrubber


def test_serial_numbers_and_ids_are_removed() -> None:
    notes = b"Model: \t\t NVIDIA GeForce RTX 3090\nGPU UUID: \t GPU-6a1d\nBus Type: \t PCIe\n"
    scrubbed = b"Model: \t\t NVIDIA GeForce RTX 3090\nBus Type: \t PCIe\n"
    assert Scrubber().data("/proc/driver/nvidia/gpus/x/information", notes) == scrubbed
    cpuinfo = b"processor\t: 0\nSerial\t\t: 10000000abcdef\nModel\t\t: Raspberry Pi 5\n"
    assert Scrubber().data("/proc/cpuinfo", cpuinfo) == b"processor\t: 0\nModel\t\t: Raspberry Pi 5\n"


def test_property_list_keeps_all_but_its_serial_numbers() -> None:
    entry = {"IOPlatformSerialNumber": "C02XG", "UUID": "8B1F", "gpu-core-count": 8}
    scrubbed = Scrubber().data("ioreg", plistlib.dumps([entry]))
    assert plistlib.loads(scrubbed) == [{"gpu-core-count": 8}]


def test_only_control_group_mounts_are_recorded() -> None:
    group = b"35 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
    mounts = b"36 24 8:1 / /media/anna/Taxes rw - ext4 /dev/sda1 rw\n" + group
    assert Scrubber().data("/proc/self/mountinfo", mounts) == group


def test_service_names_are_removed_and_paths_stay_consistent() -> None:
    scrub = Scrubber()
    member = scrub.data("/proc/self/cgroup", b"0::/user.slice/annas-backup.service\n").decode()
    assert "anna" not in member
    assert scrub.path("/sys/fs/cgroup/user.slice/annas-backup.service/memory.max") == (
        f"/sys/fs/cgroup{member[3:].rstrip()}/memory.max"
    )


def test_only_this_machines_lines_of_the_pci_list_are_recorded() -> None:
    names = b"10de  NVIDIA\n\t2204  GA102 [RTX 3090]\n\t\t1043 87d9  Board\n\t2206  GA102\n8086  Intel\n"
    scrub = Scrubber()
    assert scrub.data("/usr/share/misc/pci.ids", names) == b""
    scrub.data("/sys/bus/pci/devices/a/vendor", b"0x10de\n")
    scrub.data("/sys/bus/pci/devices/a/device", b"0x2204\n")
    scrubbed = b"10de  NVIDIA\n\t2204  GA102 [RTX 3090]\n"
    assert scrub.data("/usr/share/misc/pci.ids", names) == scrubbed


def test_only_this_machines_lines_of_the_amd_list_are_recorded() -> None:
    scrub = Scrubber()
    scrub.data("/sys/bus/pci/devices/a/device", b"0x15bf\n")
    rows = b"1.0.0\n15BF,\tC1,\tAMD Radeon 780M\n744C,\tC8,\tAMD Radeon RX 7900 XTX\n"
    assert scrub.data("/usr/share/libdrm/amdgpu.ids", rows) == b"15BF,\tC1,\tAMD Radeon 780M\n"


def test_recording_of_this_machine_contains_no_mounts() -> None:
    recorder = Recorder(LocalInterfaces())
    detect_machine(interfaces=recorder)
    for question, answer in recorder.changed().items():
        if question.endswith("/mountinfo"):
            assert all(" - cgroup" in line for line in (answer.text or "").splitlines())


def test_live_readings_are_not_scrubbed() -> None:
    text = "Serial\t\t: 1\nModel\t\t: Board\n"
    assert Recorder(StandIn({"/proc/cpuinfo": text})).read("/proc/cpuinfo") == text.encode()
