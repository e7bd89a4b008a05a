"""Search for machine and models: the messages it sends, and their order."""

from pathlib import Path

import pytest
from textual.message import Message

from tests.gguf_files import write_llama
from tests.reasons import because
from tests.ui.host import machine, reading
from tests.waiting import until
from tui.hardware.reading import known, unknown
from tui.hardware.recording.replay import Replay
from tui.services import finding
from tui.services.finding import SearchPaths, remembered_models
from tui.ui.dashboard import discovery
from tui.ui.dashboard.discovery import (
    MachineFound,
    ModelsFound,
    ModelsListed,
    Sampled,
    detect_and_sample,
    find_and_remember,
)

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


def test_the_first_search_tells_early_what_the_list_can_show(tmp_path: Path) -> None:
    # GIVEN a first start THEN the files are listed before the catalogue is read
    write_llama(tmp_path / "first-F32.gguf")
    paths = SearchPaths((tmp_path,))
    posted = Posted()
    find_and_remember(posted.post, paths)
    listed, scanned = posted
    assert isinstance(listed, ModelsListed)
    assert isinstance(scanned, ModelsFound)
    assert "first" in [model.name for model in listed.models]
    assert all(model.on_disk for model in listed.models)
    assert not all(model.on_disk for model in scanned.scan.models)
    assert not scanned.is_as_listed
    assert remembered_models(paths) == scanned.scan.models

    # WHEN nothing has changed THEN the list is there before the scan, which has nothing to add
    posted.clear()
    find_and_remember(posted.post, paths)
    listed, scanned = posted
    assert isinstance(listed, ModelsListed)
    assert isinstance(scanned, ModelsFound)
    assert listed.models == scanned.scan.models
    assert scanned.is_as_listed

    # WHEN a file has come THEN the scan has another list, which the next start begins with
    write_llama(tmp_path / "second-F32.gguf")
    posted.clear()
    find_and_remember(posted.post, paths)
    listed, scanned = posted
    assert isinstance(listed, ModelsListed)
    assert isinstance(scanned, ModelsFound)
    assert len(scanned.scan.models) == len(listed.models) + 1
    assert not scanned.is_as_listed
    assert remembered_models(paths) == scanned.scan.models


def test_a_search_while_the_list_has_models_tells_only_what_it_found(tmp_path: Path) -> None:
    paths = SearchPaths((tmp_path,))
    write_llama(tmp_path / "first-F32.gguf")
    posted = Posted()
    find_and_remember(posted.post, paths)
    scanned = posted[-1]
    assert isinstance(scanned, ModelsFound)
    find_and_remember(posted.post, paths, scanned.scan.models)
    assert [type(message) for message in posted] == [ModelsListed, ModelsFound, ModelsFound]
    assert isinstance(posted[-1], ModelsFound)
    assert posted[-1].is_as_listed


def test_the_scan_goes_on_at_once_when_the_list_is_drawn(tmp_path: Path) -> None:
    write_llama(tmp_path / "first-F32.gguf")
    waits: list[bool] = []

    def post(message: Message) -> bool:
        if isinstance(message, ModelsListed):
            message.drawn.set()
            waits.append(message.drawn.wait(0))
        return True

    find_and_remember(post, SearchPaths((tmp_path,)))
    assert waits == [True]


def test_a_long_list_is_not_read_quickly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = SearchPaths((tmp_path,))
    find_and_remember(Posted().post, paths)
    assert remembered_models(paths, quickly=True)
    monkeypatch.setattr(finding, "_QUICK_LIST_BYTES", 100)
    assert remembered_models(paths, quickly=True) is None
    assert remembered_models(paths)


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
