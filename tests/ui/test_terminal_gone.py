"""The window is closed: llmtui ends, and so does every process that it started."""

import os
import pty
import select
import signal
import sys
import time

import psutil
import pytest

PATIENCE = 60.0


def read_for(terminal: int, seconds: float) -> bytes:
    """What comes from the terminal meanwhile."""
    taken = b""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            taken += os.read(terminal, 65536)
    return taken


@pytest.mark.parametrize("drawn_for", [0.0, 2.0])
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals on Windows")
def test_a_window_that_is_closed_leaves_nothing_behind(drawn_for: float) -> None:
    # GIVEN a dashboard that draws, and is asking the engine for sizes by the second
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            os.execvp(sys.executable, [sys.executable, "-m", "tui"])
        finally:
            os._exit(127)
    try:
        taken = b""
        end = time.monotonic() + PATIENCE
        while b"Models" not in taken and time.monotonic() < end:
            taken += read_for(terminal, 0.1)
        assert b"Models" in taken
        read_for(terminal, drawn_for)
        started = psutil.Process(pid).children(recursive=True)

        # WHEN the window is closed
        os.close(terminal)

        # THEN it ends by itself, and its processes with it
        ended = 0
        while not ended and time.monotonic() < end:
            ended, _status = os.waitpid(pid, os.WNOHANG)
            time.sleep(0.02)
        assert ended == pid
        _gone, alive = psutil.wait_procs(started, timeout=PATIENCE)
        assert not alive
    finally:
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
