"""Recording and replaying: the same machine comes out, what is damaged is named."""

import errno
import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.hardware.standin import StandIn, busy, closed
from tests.reasons import raises_sentence
from tests.recordings.look import LOOKS
from tests.recordings.stepped import FOLDER, step
from tui.hardware.detect import detect_machine
from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.reading import Reading
from tui.hardware.recording.recorder import (
    ANSWERS_FILE,
    FORMAT,
    HEAD_FILE,
    Recorder,
    RecordingError,
    Writer,
    question,
)
from tui.hardware.recording.replay import Replay
from tui.hardware.sampler import Sampler
from tui.hardware.sources import sources_of

COUNTED = ("cpu_power_watts", "swap_in_bytes_per_second", "gpus")
"""Where a counter is divided by the time between two looks, which a recording rounds to milliseconds."""
OWN = ("time_seconds", "own_cpu_percent", "own_resident_bytes")


def lines_of(folder: Path) -> list[Any]:
    return [json.loads(line) for line in (folder / ANSWERS_FILE).read_text().splitlines()]


def kept(folder: Path, looks: list[Any] | str, head: dict[str, Any] | str | None = None) -> Path:
    """A recording as written by hand."""
    whole = {"format": FORMAT, "platform": "linux", "title": "Test"}
    folder.mkdir(exist_ok=True)
    (folder / HEAD_FILE).write_text(head if isinstance(head, str) else json.dumps(whole | (head or {})))
    text = looks if isinstance(looks, str) else "".join(f"{json.dumps(look)}\n" for look in looks)
    (folder / ANSWERS_FILE).write_text(text)
    return folder


def look(at: float, **answers: Any) -> dict[str, Any]:
    return {"at": at, "answers": {f"read /{name}": answer for name, answer in answers.items()}}


class TestRoundTrip:
    def test_this_machine_is_the_same_in_its_recording(self, tmp_path: Path) -> None:
        # GIVEN two looks at this machine, recorded
        folder = tmp_path / "here"
        recorder = Recorder(LocalInterfaces())
        machine = detect_machine(interfaces=recorder)
        sampler = Sampler(machine, lambda _reading: None, sources=sources_of(machine, recorder))
        writer = Writer(folder, recorder, "Here", 1.0)
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
            found, wanted = getattr(again.readings[1], field), getattr(live[1], field)
            if field in COUNTED:
                assert (getattr(found, "value", 0) is None) == (getattr(wanted, "value", 0) is None), field
            elif field not in OWN:
                assert found == wanted, field

    @pytest.mark.parametrize("name", ["m1-8gb", "pc-16gb", "hp-i5-1035g1", "two-cards", "driver-fails"])
    def test_recording_a_recording_gives_the_same_readings(self, name: str, tmp_path: Path) -> None:
        now = [0.0]
        recorder = Recorder(Replay(FOLDER / name, now=lambda: now[0]))
        machine = detect_machine(interfaces=recorder)
        sampler = Sampler(machine, lambda _reading: None, sources=sources_of(machine, recorder))
        writer = Writer(tmp_path / name, recorder, "Again", 1.0)
        for number in range(LOOKS):
            now[0] = float(number)
            sampler.take()
            writer.write()
        writer.close()
        assert step(tmp_path / name, LOOKS) == step(FOLDER / name, LOOKS)

    def test_only_changed_answers_are_written(self, tmp_path: Path) -> None:
        stand_in = StandIn({"/a": "1\n", "/b": "2\n"}, answers={"core_count": 4})
        recorder = Recorder(stand_in)
        writer = Writer(tmp_path, recorder, "Test", 1.0)
        for _look in range(3):
            for path in ("/a", "/b"):
                recorder.read(path)
            recorder.ask("core_count")
            writer.write()
            stand_in.now += 1
            stand_in.files["/b"] = "3\n"
        writer.close()
        first, second, third = lines_of(tmp_path)
        assert set(first["answers"]) == {"read /a", "read /b", "ask core_count"}
        assert second["answers"] == {"read /b": {"text": "3\n"}}
        assert third.get("answers", {}) == {}
        assert [first["at"], second["at"], third["at"]] == [0, 1, 2]

    @pytest.mark.parametrize("error", [closed(), busy(), FileNotFoundError(errno.ENOENT, "No such file")])
    def test_what_failed_fails_again_in_the_same_way(self, error: OSError, tmp_path: Path) -> None:
        recorder = Recorder(StandIn({"/a": error}))
        writer = Writer(tmp_path, recorder, "Test", 1.0)
        with pytest.raises(OSError, match=error.strerror) as live:
            recorder.read("/a")
        writer.write()
        writer.close()
        with pytest.raises(OSError, match=error.strerror) as again:
            Replay(tmp_path).read("/a")
        assert (type(again.value), again.value.errno) == (type(live.value), live.value.errno)

    @pytest.mark.parametrize("data", [b"", b"42\n", b"\x78\x00\x02\x01\xff\xfe", "Größe\n".encode()])
    def test_bytes_come_back_as_they_were(self, data: bytes, tmp_path: Path) -> None:
        recorder = Recorder(StandIn({"/a": data}))
        writer = Writer(tmp_path, recorder, "Test", 1.0)
        recorder.read("/a")
        writer.write()
        writer.close()
        assert Replay(tmp_path).read("/a") == data

    def test_variables_of_the_user_are_not_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("API_TOKEN", "secret-word")
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.7.7.7")
        Writer(tmp_path, Recorder(LocalInterfaces()), "Test", 1.0).close()
        head = (tmp_path / HEAD_FILE).read_text()
        assert "secret-word" not in head
        assert "10.7.7.7" not in head
        assert "KUBERNETES_SERVICE_HOST" in head


class TestPace:
    def test_each_look_is_shown_at_its_time_and_the_first_follows_the_last(self, tmp_path: Path) -> None:
        now = [50.0]
        looks = [look(3.0, a={"text": "1"}), look(4.0, a={"text": "2"}), look(6.5, a={"text": "3"})]
        replay = Replay(kept(tmp_path, looks), now=lambda: now[0])
        seen: list[tuple[str, float]] = []
        for passed in (0.0, 0.9, 1.0, 3.4, 3.5, 4.4, 4.5, 5.5):
            now[0] = 50.0 + passed
            seen.append((replay.read("/a").decode(), replay.clock()))
        assert [text for text, _ in seen] == ["1", "1", "2", "2", "3", "3", "1", "2"]
        # The clock goes on where the recording starts again.
        assert [at for _, at in seen] == [0, 0, 1, 1, 3.5, 3.5, 4.5, 5.5]

    def test_one_look_is_a_recording(self, tmp_path: Path) -> None:
        replay = Replay(kept(tmp_path, [look(0.0, a={"text": "1"})]))
        assert (replay.looks, replay.read("/a")) == (1, b"1")

    def test_what_was_not_asked_is_missing(self, tmp_path: Path) -> None:
        replay: Interfaces = Replay(kept(tmp_path, [look(0.0)]))
        questions = (
            lambda: replay.read("/a"),
            lambda: replay.names("/a"),
            lambda: replay.target("/a"),
            lambda: replay.run(("a",)),
            lambda: replay.ask("core_count"),
        )
        for asked in questions:
            with pytest.raises(FileNotFoundError):
                asked()


class TestDamaged:
    @pytest.mark.parametrize("missing", [HEAD_FILE, ANSWERS_FILE])
    def test_missing_file_is_named(self, missing: str, tmp_path: Path) -> None:
        kept(tmp_path, [look(0.0)])
        (tmp_path / missing).unlink()
        with raises_sentence(RecordingError, f"{missing} cannot be read"):
            Replay(tmp_path)

    def test_no_folder(self, tmp_path: Path) -> None:
        with raises_sentence(RecordingError, r"not-here.*doctor --record"):
            Replay(tmp_path / "not-here")

    @pytest.mark.parametrize(
        "head", ["", "{", "[]", '{"format": "one"}', '{"format": 1, "platform": "beos"}']
    )
    def test_head_that_makes_no_sense_is_named(self, head: str, tmp_path: Path) -> None:
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
    def test_time_that_goes_back_is_named_by_its_line(self, times: tuple[float, ...], tmp_path: Path) -> None:
        with raises_sentence(RecordingError, rf"{ANSWERS_FILE}:3 is damaged.*not after"):
            Replay(kept(tmp_path, [look(at) for at in times]))

    @pytest.mark.parametrize("text", ["", "\n\n"])
    def test_empty_recording(self, text: str, tmp_path: Path) -> None:
        with raises_sentence(RecordingError, rf"{ANSWERS_FILE}.*0 looks"):
            Replay(kept(tmp_path, text))

    @pytest.mark.parametrize(
        ("asked", "answer"),
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
    def test_answer_that_makes_no_sense_is_named_by_its_line(
        self, asked: str, answer: dict[str, Any], tmp_path: Path
    ) -> None:
        looks = [look(0.0), {"at": 1.0, "answers": {asked: answer}}]
        with raises_sentence(RecordingError, rf"{ANSWERS_FILE}:2 is damaged"):
            Replay(kept(tmp_path, looks))

    def test_end_that_was_cut_off_is_named(self, tmp_path: Path) -> None:
        whole = (FOLDER / "nothing" / ANSWERS_FILE).read_text()
        kept(tmp_path, whole[:-40])
        with raises_sentence(RecordingError, rf"{ANSWERS_FILE}:{LOOKS} is damaged"):
            Replay(tmp_path)


class TestWriter:
    def test_folder_that_holds_something_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "letter.txt").write_text("dear")
        with raises_sentence(RecordingError, r"is not empty\. Name a folder"):
            Writer(tmp_path, Recorder(StandIn()), "Test", 1.0)
        assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]

    def test_place_that_is_a_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with raises_sentence(RecordingError, "cannot be written"):
            Writer(tmp_path / "file", Recorder(StandIn()), "Test", 1.0)

    def test_what_is_written_is_whole_at_every_moment(self, tmp_path: Path) -> None:
        recorder = Recorder(StandIn({"/a": "1\n"}))
        writer = Writer(tmp_path, recorder, "Test", 2.0)
        recorder.read("/a")
        writer.write()
        # WHEN nothing closes it
        replay = Replay(tmp_path)
        assert (replay.looks, replay.title, replay.head.interval) == (1, "Test", 2.0)
        writer.close()


def test_question_is_written_as_documented() -> None:
    assert question("read", "/proc/stat") == "read /proc/stat"
    assert question("ask", "nvml", "nvmlDeviceGetTemperature", "index 0", 0) == (
        'ask nvml ["nvmlDeviceGetTemperature", "index 0", 0]'
    )
