"""Downloads by processes that are killed, by two at once, and onto a disk that is really full."""

import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from tests.models.hub.loopback_hub import Behaviour, LoopbackHub, ServedPart
from tests.models.hub.samples import FILE, REPOSITORY, SMALL, published
from tests.waiting import wait_for
from tui.models.hub.part_state import part_path, read_state, total
from tui.models.hub.remote_file import RemoteFile
from tui.units import KIB, MIB

ROOT = Path(__file__).parents[3]
KILLS = 20


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models" / REPOSITORY / FILE


def start(hub: LoopbackHub, file: RemoteFile, target: Path, **options: object) -> subprocess.Popen[str]:
    environment = os.environ | {"HF_ENDPOINT": hub.url, "NO_PROXY": "127.0.0.1,localhost"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.models.hub.fetch", msgspec.json.encode(file).decode(), str(target)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )


def recorded(target: Path) -> list[tuple[int, int]]:
    state = read_state(target)
    return list(state.pieces) if state else []


def test_killed_twenty_times_at_random_it_fetches_no_byte_twice_beyond_one_block(
    hub: LoopbackHub, target: Path
) -> None:
    # GIVEN a file that takes longer than all the runs, and a hub that notes what each run asks for
    file = published(hub, 24 * MIB)
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=700 * KIB)
    moments = random.Random(2026)
    lost_bytes: list[int] = []
    for number in range(KILLS):
        safe = recorded(target)
        asked_before = len(hub.parts)
        process = start(hub, file, target)
        wait_for(lambda count=asked_before: len(hub.parts) > count)
        time.sleep(moments.uniform(0.0, 0.9))
        process.send_signal(signal.SIGKILL)
        process.wait()

        # THEN no run asks for a byte that was recorded before it
        for part in hub.parts[asked_before:]:
            assert all(part.end <= start or end <= part.start for start, end in safe), number
        # AND at most a block of what it wrote is not recorded
        written = part_path(target).stat().st_blocks * 512
        lost_bytes.append(written - total(recorded(target)))
    assert max(lost_bytes) <= SMALL.block_bytes + 3 * 64 * KIB

    # WHEN the last one may end
    hub.on_bytes = lambda _part: None
    kept_bytes, asked_before = total(recorded(target)), len(hub.parts)
    process = start(hub, file, target)
    output, _none = process.communicate(timeout=60)

    assert process.returncode == 0
    assert output.strip() == file.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert hub.served_since(asked_before) == file.size_bytes - kept_bytes


def test_of_two_processes_only_one_fetches(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 4 * MIB)
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=MIB)
    first = start(hub, file, target)
    wait_for(lambda: len(hub.parts) > 0)

    second = start(hub, file, target)
    output, _none = second.communicate(timeout=30)
    assert (second.returncode, output.strip()) == (1, "hub.in_use")

    hub.on_bytes = lambda _part: None
    output, _none = first.communicate(timeout=60)
    assert output.strip() == file.sha256
    assert hub.served_bytes() == file.size_bytes


def test_lock_of_a_killed_process_is_free(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 2 * MIB)
    hub.on_bytes = lambda _part: Behaviour(stall_after=64 * KIB)
    first = start(hub, file, target)
    wait_for(lambda: len(hub.parts) > 0)
    first.kill()
    first.wait()
    hub.on_bytes = lambda _part: None
    output, _none = start(hub, file, target).communicate(timeout=60)
    assert output.strip() == file.sha256


def test_file_that_the_system_lets_grow_no_further_ends_in_a_sentence(hub: LoopbackHub, target: Path) -> None:
    # GIVEN a process whose files may have 1 MiB: the write fails as on a full disk
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, MIB))

    file = published(hub, 3 * MIB)
    process = start(hub, file, target, preexec_fn=limit)
    output, _none = process.communicate(timeout=60)
    assert (process.returncode, output.strip()) == (1, "hub.disk_full")
    kept_bytes = total(recorded(target))
    assert 0 < kept_bytes <= MIB

    # WHEN there is room
    part_count = len(hub.parts)
    output, _none = start(hub, file, target).communicate(timeout=60)
    assert output.strip() == file.sha256
    assert hub.served_since(part_count) == file.size_bytes - kept_bytes


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="mounts a small disk")
def test_full_disk_ends_in_a_sentence_and_the_next_run_goes_on(hub: LoopbackHub, tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=70m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        target = folder / FILE
        file = published(hub, 3 * MIB)
        filler = folder / "filler"
        filled = False

        def fill(part: ServedPart) -> None:
            nonlocal filled
            if part.start >= MIB and not filled:
                filled = True
                filler.write_bytes(bytes(67 * MIB))

        hub.on_bytes = fill
        process = start(hub, file, target)
        output, _none = process.communicate(timeout=60)
        assert process.returncode == 1
        assert output.strip() in ("hub.disk_short", "hub.disk_full")

        filler.unlink()
        kept_bytes, part_count = total(recorded(target)), len(hub.parts)
        output, _none = start(hub, file, target).communicate(timeout=60)
        assert output.strip() == file.sha256
        assert hub.served_since(part_count) == file.size_bytes - kept_bytes
    finally:
        subprocess.run(["umount", str(folder)], check=False)
