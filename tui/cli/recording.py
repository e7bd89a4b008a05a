"""`llmtui doctor --record` and what `--replay` opens."""

import sys
import time
from pathlib import Path

from tui.cli.output import UserError, print_note
from tui.hardware.detect import detect_machine
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.machine import Machine
from tui.hardware.recording import Recorder, RecordingError, Writer
from tui.hardware.replay import Replay
from tui.hardware.sampler import Sampler
from tui.hardware.sources import sources_of
from tui.i18n import _, ngettext

_INTERVAL = 1.0


def record(folder: Path, seconds: int) -> None:
    """Look at this machine once a second and keep all of its answers; Ctrl+C ends it early.

    Raises:
        UserError: the folder is not empty, or cannot be written.
    """
    recorder = Recorder(LocalInterfaces())
    machine = detect_machine(interfaces=recorder)
    sampler = Sampler(machine, lambda _reading: None, sources=sources_of(machine, recorder))
    try:
        writer = Writer(folder.expanduser(), recorder, _title(machine), _INTERVAL)
        looks = 0
        try:
            start = time.monotonic()
            while looks <= seconds:
                time.sleep(max(0.0, start + looks * _INTERVAL - time.monotonic()))
                sampler.take()
                writer.write(time.monotonic() - start)
                looks += 1
                _progress(min(looks, seconds), seconds)
        except KeyboardInterrupt:
            # What was written up to here is a recording too.
            pass
        finally:
            writer.close()
    except RecordingError as error:
        raise UserError(str(error)) from error
    told = ngettext("{count} look at this machine", "{count} looks at this machine", looks)
    print_note(
        _("{looks} in {folder}. Look at it with: llmtui --replay {folder}").format(
            looks=told.format(count=looks), folder=folder
        )
    )


def open_replay(folder: Path) -> Replay:
    """The recording in a folder.

    Raises:
        UserError: there is none, or it is damaged.
    """
    try:
        return Replay(folder.expanduser())
    except RecordingError as error:
        raise UserError(str(error)) from error


def _title(machine: Machine) -> str:
    """What the machine is, without a word about whose it is."""
    parts = [machine.cpu.name.value or machine.system, *(gpu.name for gpu in machine.gpus)]
    return ", ".join(dict.fromkeys(parts))


def _progress(done: int, seconds: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r" + _("Recording: {done} of {seconds} s").format(done=done, seconds=seconds))
        sys.stderr.write("\n" if done == seconds else "")
        sys.stderr.flush()
