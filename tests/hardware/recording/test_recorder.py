"""Recordings as they are written."""

import errno
import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.hardware.standin import StandIn, busy, closed
from tests.reasons import raises_sentence, sentence_of
from tests.recordings.samples import LOOKS
from tests.recordings.stepped import FOLDER, step
from tui.hardware.detect import detect_machine
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.reading import Reading
from tui.hardware.recording.recorder import (
    ANSWERS_FILE,
    HEAD_FILE,
    Recorder,
    RecordingError,
    RecordingWriter,
    question_key,
)
from tui.hardware.recording.replay import Replay
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of

COUNTED = ("cpu_power_watts", "swap_in_bytes_per_second", "gpus")

"""Where a counter is divided by the time between two looks, which a recording rounds to milliseconds."""

OWN = ("time_seconds", "own_cpu_percent", "own_resident_bytes")


def lines_of(folder: Path) -> list[Any]:
    return [json.loads(line) for line in (folder / ANSWERS_FILE).read_text().splitlines()]


class TestRoundTrip:
    def test_this_machine_is_the_same_in_its_recording(self, tmp_path: Path) -> None:
        # GIVEN two looks at this machine, recorded
        folder = tmp_path / "here"
        recorder = Recorder(LocalInterfaces())
        machine = detect_machine(interfaces=recorder)
        sampler = MachineSampler(machine, lambda _reading: None, sources=sources_of(machine, recorder))
        writer = RecordingWriter(folder, recorder, "Here", 1.0)
        live: list[Reading] = []
        for number in range(2):
            time.sleep(0.2 * number)
            live.append(sampler.take())
            writer.write()
        writer.close()
        # THEN replaying them gives that machine and the reading of the second look
        again = step(folder, 2)
        assert again.machine == machine
        for field in Reading.__struct_fields__:
            replayed, wanted = getattr(again.readings[1], field), getattr(live[1], field)
            if field in COUNTED:
                assert (getattr(replayed, "value", 0) is None) == (getattr(wanted, "value", 0) is None), field
            elif field not in OWN:
                assert replayed == wanted, field

    @pytest.mark.parametrize("name", ["m1-8gb", "pc-16gb", "hp-i5-1035g1", "two-cards", "driver-fails"])
    def test_recording_a_recording_gives_the_same_readings(self, name: str, tmp_path: Path) -> None:
        clock = [0.0]
        recorder = Recorder(Replay(FOLDER / name, clock=lambda: clock[0]))
        machine = detect_machine(interfaces=recorder)
        sampler = MachineSampler(machine, lambda _reading: None, sources=sources_of(machine, recorder))
        writer = RecordingWriter(tmp_path / name, recorder, "Again", 1.0)
        for number in range(LOOKS):
            clock[0] = float(number)
            sampler.take()
            writer.write()
        writer.close()
        assert step(tmp_path / name, LOOKS) == step(FOLDER / name, LOOKS)

    def test_only_changed_answers_are_written(self, tmp_path: Path) -> None:
        stand_in = StandIn({"/a": "1\n", "/b": "2\n"}, answers={"core_count": 4})
        recorder = Recorder(stand_in)
        writer = RecordingWriter(tmp_path, recorder, "Test", 1.0)
        for _look in range(3):
            for path in ("/a", "/b"):
                recorder.read(path)
            recorder.ask("core_count")
            writer.write()
            stand_in.clock_seconds += 1
            stand_in.files["/b"] = "3\n"
        writer.close()
        first, second, third = lines_of(tmp_path)
        assert set(first["answers"]) == {"read /a", "read /b", "ask core_count"}
        assert second["answers"] == {"read /b": {"text": "3\n"}}
        assert third.get("answers", {}) == {}
        assert [first["at"], second["at"], third["at"]] == [0, 1, 2]

    @pytest.mark.parametrize("error", [closed(), busy(), FileNotFoundError(errno.ENOENT, "No such file")])
    def test_recorded_failures_are_replayed(self, error: OSError, tmp_path: Path) -> None:
        recorder = Recorder(StandIn({"/a": error}))
        writer = RecordingWriter(tmp_path, recorder, "Test", 1.0)
        with pytest.raises(OSError, match=error.strerror) as live:
            recorder.read("/a")
        writer.write()
        writer.close()
        with pytest.raises(OSError, match=error.strerror) as again:
            Replay(tmp_path).read("/a")
        assert (type(again.value), again.value.errno) == (type(live.value), live.value.errno)

    @pytest.mark.parametrize("data", [b"", b"42\n", b"\x78\x00\x02\x01\xff\xfe", "Größe\n".encode()])
    def test_bytes_survive_a_round_trip(self, data: bytes, tmp_path: Path) -> None:
        recorder = Recorder(StandIn({"/a": data}))
        writer = RecordingWriter(tmp_path, recorder, "Test", 1.0)
        recorder.read("/a")
        writer.write()
        writer.close()
        assert Replay(tmp_path).read("/a") == data

    def test_environment_variables_are_not_recorded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("API_TOKEN", "secret-word")
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.7.7.7")
        RecordingWriter(tmp_path, Recorder(LocalInterfaces()), "Test", 1.0).close()
        head = (tmp_path / HEAD_FILE).read_text()
        assert "secret-word" not in head
        assert "10.7.7.7" not in head
        assert "KUBERNETES_SERVICE_HOST" in head


class TestWriter:
    def test_non_empty_folder_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "letter.txt").write_text("dear")
        with raises_sentence(RecordingError, r"is not empty\. Name a folder"):
            RecordingWriter(tmp_path, Recorder(StandIn()), "Test", 1.0)
        assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]

    def test_file_in_place_of_the_folder_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with raises_sentence(RecordingError, "cannot be written"):
            RecordingWriter(tmp_path / "file", Recorder(StandIn()), "Test", 1.0)

    def test_recording_is_complete_after_every_write(self, tmp_path: Path) -> None:
        recorder = Recorder(StandIn({"/a": "1\n"}))
        writer = RecordingWriter(tmp_path, recorder, "Test", 2.0)
        recorder.read("/a")
        writer.write()
        # WHEN nothing closes it
        replay = Replay(tmp_path)
        assert (replay.sample_count, sentence_of(replay.title), replay.head.interval) == (1, "Test", 2.0)
        writer.close()


def test_question_is_written_as_documented() -> None:
    assert question_key("read", "/proc/stat") == "read /proc/stat"
    assert question_key("ask", "nvml", "nvmlDeviceGetTemperature", "index 0", 0) == (
        'ask nvml ["nvmlDeviceGetTemperature", "index 0", 0]'
    )
