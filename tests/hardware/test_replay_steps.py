"""A recording that is stepped by hand, and limits that still hold in it under other names."""

from pathlib import Path

import pytest

from tests.hardware.recorded import plant
from tests.hardware.standin import StandIn
from tui.hardware.detect import detect_machine
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.machine import Machine
from tui.hardware.memory.available import read_memory
from tui.hardware.memory.cgroup import find_folders
from tui.hardware.recording.recorder import Recorder, Writer
from tui.hardware.recording.replay import Replay
from tui.hardware.recording.scrub import Scrubber
from tui.units import GIB

V1 = {
    "proc/self/cgroup": "4:memory:/annas.slice/run-7.scope\n1:cpu:/\n",
    "proc/self/mountinfo": (
        "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
        "33 31 0:30 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    ),
    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "150000\n",
    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "sys/fs/cgroup/memory/annas.slice/memory.limit_in_bytes": f"{GIB}\n",
    "sys/fs/cgroup/memory/annas.slice/memory.usage_in_bytes": f"{GIB // 4}\n",
    "sys/fs/cgroup/memory/annas.slice/run-7.scope/memory.stat": "inactive_file 0\n",
}
V2 = {
    "proc/self/cgroup": "0::/annas.slice/run-7.scope\n",
    "proc/self/mountinfo": "35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
    "sys/fs/cgroup/cgroup.procs": "1\n",
    "sys/fs/cgroup/annas.slice/memory.max": f"{GIB}\n",
    "sys/fs/cgroup/annas.slice/memory.current": f"{GIB // 4}\n",
    "sys/fs/cgroup/annas.slice/cpu.max": "150000 100000\n",
    "sys/fs/cgroup/annas.slice/run-7.scope/cgroup.procs": "2\n",
}


def recorded(folder: Path, root: Path) -> tuple[Machine, int]:
    """The machine whose files are below `root`, recorded once; and what was in use of its limit."""
    recorder = Recorder(LocalInterfaces(root, "linux"))
    machine = detect_machine(interfaces=recorder)
    used = read_memory(find_folders("memory", recorder), recorder).used_bytes
    writer = Writer(folder, recorder, "Test", 1.0)
    writer.write()
    writer.close()
    return machine, used


@pytest.mark.parametrize("files", [V1, V2], ids=["v1", "v2"])
def test_a_limit_is_the_same_in_a_recording_though_its_group_has_another_name(
    files: dict[str, str | bytes], tmp_path: Path
) -> None:
    # GIVEN a process in groups with a limit, whose names say what somebody runs
    machine, used = recorded(tmp_path / "it", plant(tmp_path / "root", files))
    assert (machine.memory_limit_bytes, machine.cpu.quota_cores.value) == (GIB, 1.5)
    # WHEN it is replayed
    replay = Replay(tmp_path / "it", now=lambda: 0.0)
    again = detect_machine(interfaces=replay)
    # THEN the limit holds, and the names are not there
    assert again == machine
    assert read_memory(find_folders("memory", replay), replay).used_bytes == used
    assert b"annas" not in (tmp_path / "it" / "answers.jsonl").read_bytes()
    assert b"run-7" not in (tmp_path / "it" / "answers.jsonl").read_bytes()


def test_steps_by_hand_through_every_look_and_over_the_end(tmp_path: Path) -> None:
    # GIVEN looks that are not all a second apart
    machine = StandIn()
    recorder = Recorder(machine)
    writer = Writer(tmp_path, recorder, "Test", 1.0)
    for number, later in enumerate((0.0, 1.0, 0.3, 1.7)):
        machine.files["/n"] = str(number)
        machine.now += later
        recorder.read("/n")
        writer.write()
    writer.close()
    replay = Replay(tmp_path, now=lambda: 7.0)
    seen: list[tuple[int, bytes, float]] = []
    for _ in range(9):
        seen.append((replay.look, replay.read("/n"), replay.clock()))
        replay.forward()
    assert [one[:2] for one in seen] == [(number % 4, b"%d" % (number % 4)) for number in range(9)]
    assert [one[2] for one in seen[:6]] == pytest.approx([0.0, 1.0, 1.3, 3.0, 4.0, 5.0])
    # Several at once
    replay.forward(3)
    assert replay.look == 0


def test_what_was_first_asked_later_is_answered_before_too(tmp_path: Path) -> None:
    machine = StandIn({"/late": "x"})
    recorder = Recorder(machine)
    writer = Writer(tmp_path, recorder, "Test", 1.0)
    writer.write()
    machine.now += 1
    recorder.read("/late")
    writer.write()
    writer.close()
    replay = Replay(tmp_path, now=lambda: 0.0)
    assert (replay.look, replay.read("/late")) == (0, b"x")


def test_an_address_is_renamed_the_same_way_everywhere() -> None:
    scrub = Scrubber()
    folder = "/sys/class/power_supply"
    (name,) = scrub.names(folder, ["hid-00:1f:20:aa:bb:cc-battery"])
    assert "1f:20" not in name
    assert scrub.path(f"{folder}/hid-00:1f:20:aa:bb:cc-battery/type") == f"{folder}/{name}/type"
    # The address of a PCI device is that of a slot, the same in every machine of its kind.
    assert scrub.names("/sys/bus/pci/devices", ["0000:01:00.0"]) == ["0000:01:00.0"]


def test_of_a_group_only_its_own_files_are_listed() -> None:
    names = ["cgroup.procs", "memory.max", "cpu.max", "ssh.service", "annas-backup.service"]
    assert Scrubber().names("/sys/fs/cgroup", names) == ["cgroup.procs", "memory.max", "cpu.max"]


def test_who_built_the_kernel_and_what_the_container_is_called_go() -> None:
    scrub = Scrubber()
    assert scrub.data("/proc/version", b"Linux version 6.1 (anna@den) (gcc 13) #1\n") == (
        b"Linux version 6.1 (gcc 13) #1\n"
    )
    assert scrub.data("/run/.containerenv", b'name="annas-box"\n') == b""
