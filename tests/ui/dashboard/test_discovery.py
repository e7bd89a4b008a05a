"""Search for machine and models: the messages it sends, and their order."""

from pathlib import Path

import pytest
from textual.message import Message

from tests.reasons import because
from tests.ui.host import machine, reading
from tests.waiting import until
from tui.hardware.reading import known, unknown
from tui.hardware.recording.replay import Replay
from tui.ui.dashboard import discovery
from tui.ui.dashboard.discovery import MachineFound, Sampled, detect_and_sample

RECORDINGS = Path(__file__).parents[2] / "recordings"


class Posted(list[Message]):
    """Messages in the order in which they came."""

    def post(self, message: Message) -> bool:
        self.append(message)
        return True

    @property
    def machines(self) -> list[MachineFound]:
        return [message for message in self if isinstance(message, MachineFound)]

    @property
    def readings(self) -> list[Sampled]:
        return [message for message in self if isinstance(message, Sampled)]

    def stop(self) -> None:
        for machine_posted in self.machines:
            machine_posted.sampler.stop()


async def test_a_recording_is_shown_as_the_machine_and_its_readings_follow() -> None:
    posted = Posted()
    detect_and_sample(posted.post, 0.05, Replay(RECORDINGS / "m1-8gb"))
    try:
        # The processor's name is in the recording, so the machine is complete at once.
        (machine_posted,) = posted.machines
        assert posted[0] is machine_posted
        assert machine_posted.machine.cpu.name.value == "Apple M1"
        await until(lambda: len(posted.readings) > 1, "two readings")
        first, second = posted.readings[:2]
        assert first.reading.time_seconds < second.reading.time_seconds
    finally:
        posted.stop()


async def test_gauges_do_not_wait_for_the_processors_full_name(monkeypatch: pytest.MonkeyPatch) -> None:
    posted = Posted()
    earlier: list[Message] = []

    def cpu_details() -> tuple[object, tuple[str, ...]]:
        # The sampler runs by now, since this takes a second on some machines.
        earlier.extend(posted)
        return known("Core Ultra 9 285K", "test"), ("AVX2", "AVX512")

    plain = machine(name="x86_64")
    monkeypatch.setattr(discovery, "detect_machine", lambda *, interfaces: plain)
    monkeypatch.setattr(discovery, "cpu_details", cpu_details)
    detect_and_sample(posted.post, 60.0)
    try:
        early, late = posted.machines
        assert earlier[0] is early
        assert early.machine is plain
        assert late.machine.cpu.name.value == "Core Ultra 9 285K"
        assert late.machine.cpu.features == ("AVX2", "AVX512")
        assert late.machine.ram_bytes == plain.ram_bytes
        # One sampler goes on for both.
        assert late.sampler is early.sampler
    finally:
        posted.stop()


async def test_a_name_that_cannot_be_read_keeps_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    posted = Posted()
    unreadable = unknown(because("access is denied"))
    monkeypatch.setattr(discovery, "cpu_details", lambda: (unreadable, ()))
    detect_and_sample(posted.post, 60.0)
    try:
        assert posted.machines[-1].machine.cpu.name == unreadable
    finally:
        posted.stop()


def test_new_reading_replaces_only_a_waiting_one() -> None:
    old, new = Sampled(reading(1.0)), Sampled(reading(2.0))
    assert new.can_replace(old)
    assert not new.can_replace(Message())
