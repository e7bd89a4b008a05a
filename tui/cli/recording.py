"""`llmtui doctor --record` and what `--replay` opens."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tui.cli.output import UserError, print_note
from tui.hardware.detect import detect_machine
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.machine import Machine
from tui.hardware.recording.recorder import Recorder, RecordingError, RecordingWriter
from tui.hardware.recording.replay import Replay
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of
from tui.i18n import _, ngettext
from tui.services.sentences import sentence
from tui.text import full_path

_INTERVAL = 1.0


def record(folder: Path, seconds: int) -> int:
    """Look at this machine once a second and keep all of its answers; how often it was looked at.

    Ctrl+C ends it early: what was kept up to then is a recording too.

    Raises:
        UserError: the folder is not empty, or cannot be written.
    """
    recorder = Recorder(LocalInterfaces())
    machine = detect_machine(interfaces=recorder)
    sampler = MachineSampler(machine, lambda _reading: None, sources=sources_of(machine, recorder))
    try:
        writer = RecordingWriter(full_path(folder), recorder, title_of(machine), _INTERVAL)
        try:
            looks = _look(sampler, writer, seconds)
        finally:
            writer.close()
    except RecordingError as error:
        raise UserError(sentence(error.reason)) from error
    readings = ngettext("{count} look at this machine", "{count} looks at this machine", looks)
    print_note(
        _("{looks} in {folder}. Look at it with: llmtui --replay {folder}").format(
            looks=readings.format(count=looks), folder=folder
        )
    )
    return looks


def open_replay(folder: Path, clock: Callable[[], float] = time.monotonic) -> Replay:
    """Return the recording in a folder; `clock` as in `Replay`.

    Raises:
        UserError: there is none, or it is damaged.
    """
    try:
        return Replay(full_path(folder), clock)
    except RecordingError as error:
        raise UserError(sentence(error.reason)) from error


def title_of(machine: Machine) -> str:
    """Return a title for the machine, without a word about whose it is."""
    parts = [machine.cpu.name.value or machine.system, *(gpu.name for gpu in machine.gpus)]
    return ", ".join(dict.fromkeys(parts))


def _look(sampler: MachineSampler, writer: RecordingWriter, seconds: int) -> int:
    """Take and keep a look a second, the one at second 0 too, until the end or Ctrl+C; how many there are."""
    looks = 0
    start = time.monotonic()
    try:
        while looks <= seconds:
            time.sleep(max(0.0, start + looks * _INTERVAL - time.monotonic()))
            sampler.take()
            writer.write()
            looks += 1
            _progress(looks - 1, seconds)
    except KeyboardInterrupt:
        if not looks:
            # What the machine is was asked already.
            writer.write()
            looks = 1
        _end_progress()
    return looks


def _progress(done: int, seconds: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r" + _("Recording: {done} of {seconds} s").format(done=done, seconds=seconds))
        sys.stderr.flush()
        if done == seconds:
            _end_progress()


def _end_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\n")
