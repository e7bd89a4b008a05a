"""Recordings as they are replayed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.hardware.recorded import plant
from tests.hardware.standin import StandIn
from tests.reasons import raises_sentence
from tests.recordings.samples import LOOKS
from tests.recordings.stepped import FOLDER
from tui.hardware.detect import detect_machine
from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.machine import Machine
from tui.hardware.memory.available_memory import read_memory
from tui.hardware.memory.cgroup import find_folders
from tui.hardware.recording.recorder import (
    ANSWERS_FILE,
    FORMAT,
    HEAD_FILE,
    Recorder,
    RecordingError,
    RecordingWriter,
)
from tui.hardware.recording.replay import Replay
from tui.hardware.recording.scrub import Scrubber
from tui.units import GIB


def kept(folder: Path, looks: list[Any] | str, head: dict[str, Any] | str | None = None) -> Path:
    """A recording as written by hand."""
    default_head = {"format": FORMAT, "platform": "linux", "title": "Test"}
    folder.mkdir(exist_ok=True)
    (folder / HEAD_FILE).write_text(
        head if isinstance(head, str) else json.dumps(default_head | (head or {}))
    )
    text = looks if isinstance(looks, str) else "".join(f"{json.dumps(look)}\n" for look in looks)
    (folder / ANSWERS_FILE).write_text(text)
    return folder


def look(seconds: float, **answers: Any) -> dict[str, Any]:
    return {"at": seconds, "answers": {f"read /{name}": answer for name, answer in answers.items()}}


class TestPace:
    def test_samples_are_replayed_at_their_times_in_a_loop(self, tmp_path: Path) -> None:
        clock = [50.0]
        looks = [look(3.0, a={"text": "1"}), look(4.0, a={"text": "2"}), look(6.5, a={"text": "3"})]
        replay = Replay(kept(tmp_path, looks), clock=lambda: clock[0])
        seen: list[tuple[str, float]] = []
        for passed in (0.0, 0.9, 1.0, 3.4, 3.5, 4.4, 4.5, 5.5):
            clock[0] = 50.0 + passed
            seen.append((replay.read("/a").decode(), replay.clock()))
        assert [text for text, _ in seen] == ["1", "1", "2", "2", "3", "3", "1", "2"]
        # The clock goes on where the recording starts again.
        assert [seconds for _, seconds in seen] == [0, 0, 1, 1, 3.5, 3.5, 4.5, 5.5]

    def test_one_sample_is_a_recording(self, tmp_path: Path) -> None:
        replay = Replay(kept(tmp_path, [look(0.0, a={"text": "1"})]))
        assert (replay.sample_count, replay.read("/a")) == (1, b"1")

    def test_questions_not_recorded_are_missing(self, tmp_path: Path) -> None:
        replay: Interfaces = Replay(kept(tmp_path, [look(0.0)]))
        questions = (
            lambda: replay.read("/a"),
            lambda: replay.names("/a"),
            lambda: replay.target("/a"),
            lambda: replay.run(("a",)),
            lambda: replay.ask("core_count"),
        )
        for question in questions:
            with pytest.raises(FileNotFoundError):
                question()


class TestDamaged:
    @pytest.mark.parametrize("missing", [HEAD_FILE, ANSWERS_FILE])
    def test_missing_file_is_named(self, missing: str, tmp_path: Path) -> None:
        kept(tmp_path, [look(0.0)])
        (tmp_path / missing).unlink()
        with raises_sentence(RecordingError, f"{missing} cannot be read"):
            Replay(tmp_path)

    def test_missing_folder_is_an_error(self, tmp_path: Path) -> None:
        with raises_sentence(RecordingError, r"not-here.*doctor --record"):
            Replay(tmp_path / "not-here")

    @pytest.mark.parametrize(
        "head", ["", "{", "[]", '{"format": "one"}', '{"format": 1, "platform": "beos"}']
    )
    def test_invalid_head_is_named(self, head: str, tmp_path: Path) -> None:
        with raises_sentence(RecordingError, HEAD_FILE):
            Replay(kept(tmp_path, [look(0.0)], head))

    def test_unknown_format_says_which(self, tmp_path: Path) -> None:
        with raises_sentence(RecordingError, rf"{HEAD_FILE}.*format 99"):
            Replay(kept(tmp_path, [look(0.0)], {"format": 99}))

    @pytest.mark.parametrize(
        "line", ["{", "null", '{"at": "now", "answers": {}}', '{"at": 1, "answer": {}}', "\xff", "[" * 9999]
    )
    def test_damaged_line_is_named_by_its_number(self, line: str, tmp_path: Path) -> None:
        text = f"{json.dumps(look(0.0))}\n\n{line}\n"
        with raises_sentence(RecordingError, rf"{ANSWERS_FILE}:3 is damaged"):
            Replay(kept(tmp_path, text))

    @pytest.mark.parametrize("times", [(0.0, 1.0, 0.5), (0.0, 1.0, 1.0), (5.0, 7.0, 6.0)])
    def test_time_going_back_is_reported_with_its_line(
        self, times: tuple[float, ...], tmp_path: Path
    ) -> None:
        with raises_sentence(RecordingError, rf"{ANSWERS_FILE}:3 is damaged.*not after"):
            Replay(kept(tmp_path, [look(seconds) for seconds in times]))

    @pytest.mark.parametrize("text", ["", "\n\n"])
    def test_empty_recording(self, text: str, tmp_path: Path) -> None:
        with raises_sentence(RecordingError, rf"{ANSWERS_FILE}.*0 looks"):
            Replay(kept(tmp_path, text))

    @pytest.mark.parametrize(
        ("question", "answer"),
        [
            ("read /a", {}),
            ("read /a", {"text": 5}),
            ("read /a", {"base64": "%%%"}),
            ("read /a", {"names": []}),
            ("read /a", {"text": "1", "errno": 13}),
            ("names /a", {"names": 5}),
            ("ask core_count", {"text": "4"}),
            ("guess /a", {"text": "1"}),
        ],
    )
    def test_invalid_answer_is_reported_with_its_line(
        self, question: str, answer: dict[str, Any], tmp_path: Path
    ) -> None:
        looks = [look(0.0), {"at": 1.0, "answers": {question: answer}}]
        with raises_sentence(RecordingError, rf"{ANSWERS_FILE}:2 is damaged"):
            Replay(kept(tmp_path, looks))

    def test_truncated_end_is_reported(self, tmp_path: Path) -> None:
        complete = (FOLDER / "nothing" / ANSWERS_FILE).read_text()
        kept(tmp_path, complete[:-40])
        with raises_sentence(RecordingError, rf"{ANSWERS_FILE}:{LOOKS} is damaged"):
            Replay(tmp_path)


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
    writer = RecordingWriter(folder, recorder, "Test", 1.0)
    writer.write()
    writer.close()
    return machine, used


@pytest.mark.parametrize("files", [V1, V2], ids=["v1", "v2"])
def test_limit_survives_a_renamed_group(files: dict[str, str | bytes], tmp_path: Path) -> None:
    # GIVEN a process in groups with a limit, whose names say what somebody runs
    machine, used = recorded(tmp_path / "it", plant(tmp_path / "root", files))
    assert (machine.memory_limit_bytes, machine.cpu.quota_cores.value) == (GIB, 1.5)
    # WHEN it is replayed
    replay = Replay(tmp_path / "it", clock=lambda: 0.0)
    again = detect_machine(interfaces=replay)
    # THEN the limit holds, and the names are not there
    assert again == machine
    assert read_memory(find_folders("memory", replay), replay).used_bytes == used
    assert b"annas" not in (tmp_path / "it" / "answers.jsonl").read_bytes()
    assert b"run-7" not in (tmp_path / "it" / "answers.jsonl").read_bytes()


def test_stepping_by_hand_loops_over_all_samples(tmp_path: Path) -> None:
    # GIVEN looks that are not all a second apart
    machine = StandIn()
    recorder = Recorder(machine)
    writer = RecordingWriter(tmp_path, recorder, "Test", 1.0)
    for number, later in enumerate((0.0, 1.0, 0.3, 1.7)):
        machine.files["/n"] = str(number)
        machine.clock_seconds += later
        recorder.read("/n")
        writer.write()
    writer.close()
    replay = Replay(tmp_path, clock=lambda: 7.0)
    seen: list[tuple[int, bytes, float]] = []
    for _ in range(9):
        seen.append((replay.sample_index, replay.read("/n"), replay.clock()))
        replay.forward()
    assert [look[:2] for look in seen] == [(number % 4, b"%d" % (number % 4)) for number in range(9)]
    assert [look[2] for look in seen[:6]] == pytest.approx([0.0, 1.0, 1.3, 3.0, 4.0, 5.0])
    # Several at once
    replay.forward(3)
    assert replay.sample_index == 0


def test_answers_recorded_later_are_used_from_the_start(tmp_path: Path) -> None:
    machine = StandIn({"/late": "x"})
    recorder = Recorder(machine)
    writer = RecordingWriter(tmp_path, recorder, "Test", 1.0)
    writer.write()
    machine.clock_seconds += 1
    recorder.read("/late")
    writer.write()
    writer.close()
    replay = Replay(tmp_path, clock=lambda: 0.0)
    assert (replay.sample_index, replay.read("/late")) == (0, b"x")


def test_pci_address_is_renamed_consistently() -> None:
    scrub = Scrubber()
    folder = "/sys/class/power_supply"
    (name,) = scrub.names(folder, ["hid-00:1f:20:aa:bb:cc-battery"])
    assert "1f:20" not in name
    assert scrub.path(f"{folder}/hid-00:1f:20:aa:bb:cc-battery/type") == f"{folder}/{name}/type"
    # The address of a PCI device is that of a slot, the same in every machine of its kind.
    assert scrub.names("/sys/bus/pci/devices", ["0000:01:00.0"]) == ["0000:01:00.0"]


def test_only_the_own_files_of_a_group_are_listed() -> None:
    names = ["cgroup.procs", "memory.max", "cpu.max", "ssh.service", "annas-backup.service"]
    assert Scrubber().names("/sys/fs/cgroup", names) == ["cgroup.procs", "memory.max", "cpu.max"]


def test_kernel_builder_and_container_name_are_removed() -> None:
    scrub = Scrubber()
    assert scrub.data("/proc/version", b"Linux version 6.1 (anna@den) (gcc 13) #1\n") == (
        b"Linux version 6.1 (gcc 13) #1\n"
    )
    assert scrub.data("/run/.containerenv", b'name="annas-box"\n') == b""
