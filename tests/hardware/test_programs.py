"""Which programs hold the most memory, and asking one to close."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.program_names import is_session_part, program_name
from tui.hardware.programs import (
    ProcessFacts,
    ProcessId,
    Program,
    ask_to_close,
    group_programs,
    largest_programs,
    parse_pss,
)
from tui.sentences import reason
from tui.units import MIB

ROLLUP = """\
55d0c8a00000-7ffd2b5fe000 ---p 00000000 00:00 0                          [rollup]
Rss:              412340 kB
Pss:              287654 kB
Pss_Dirty:        201000 kB
Shared_Clean:     150000 kB
Private_Dirty:    201000 kB
Swap:                  0 kB
"""

APPS = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-firefox.scope\n"

SESSION = "0::/user.slice/user-1000.slice/user@1000.service/session.slice/org.gnome.Shell@wayland.service\n"

SYSTEM = "0::/system.slice/docker.service\n"


def facts(
    pid: int, parent: int, name: str, path: str, mib: int, *arguments: str, cgroup: str = APPS
) -> ProcessFacts:
    return ProcessFacts(ProcessId(pid, float(pid)), parent, name, path, (path, *arguments), mib * MIB, cgroup)


FIREFOX = "/usr/lib/firefox/firefox"

DESKTOP = [
    facts(1, 0, "systemd", "/usr/lib/systemd/systemd", 12),
    facts(500, 1, "systemd", "/usr/lib/systemd/systemd", 11),
    facts(600, 500, "gnome-shell", "/usr/bin/gnome-shell", 400, cgroup=SESSION),
    facts(610, 500, "Xwayland", "/usr/bin/Xwayland", 150, cgroup=SESSION),
    facts(620, 500, "evolution-sourc", "/usr/libexec/evolution-source-registry", 90),
    facts(700, 600, "firefox", FIREFOX, 500),
    facts(701, 700, "Isolated Web Co", FIREFOX, 300),
    facts(702, 700, "Web Content", FIREFOX, 200),
    facts(703, 700, "Socket Process", FIREFOX + " (deleted)", 40),
    facts(800, 600, "code", "/usr/share/code/code", 600),
    facts(810, 600, "python3", "/usr/bin/python3.12", 250, "-m", "jupyterlab", "--port=8888"),
    facts(820, 600, "python3", "/usr/bin/python3.12", 120, "-X", "dev", "/home/ana/train.py"),
    facts(900, 600, "gnome-terminal-", "/usr/libexec/gnome-terminal-server", 80),
    facts(910, 900, "bash", "/usr/bin/bash", 6),
    facts(911, 900, "bash", "/usr/bin/bash", 6),
    facts(920, 910, "llmtui", "/usr/bin/python3.12", 60, "/home/ana/.venv/bin/llmtui"),
    facts(930, 920, "python3", "/usr/bin/python3.12", 900, "-m", "tui.engine.worker"),
    facts(950, 1, "postgres", "/usr/lib/postgresql/16/bin/postgres", 300, cgroup=SYSTEM),
]


def named(programs: list[Program]) -> list[str]:
    return [program.name for program in programs]


def test_browser_is_one_program_closed_by_its_main_process():
    firefox = next(program for program in group_programs(DESKTOP, 920) if program.name == "firefox")
    assert firefox.count == 4
    assert [process.pid for process in firefox.leaders] == [700]
    assert firefox.memory_bytes == 1040 * MIB


def test_session_and_own_processes_are_never_listed():
    assert named(group_programs(DESKTOP, 920)) == ["firefox", "code", "jupyterlab", "train.py"]


def test_editor_that_runs_llmtui_is_never_listed():
    # GIVEN a terminal inside the editor, and a second process of it elsewhere
    inside = [
        *DESKTOP,
        facts(801, 1, "code", "/usr/share/code/code", 300),
        facts(830, 800, "bash", "/usr/bin/bash", 5),
    ]
    inside.append(facts(940, 830, "llmtui", "/usr/bin/python3.12", 60, "/home/ana/.venv/bin/llmtui"))
    assert "code" not in named(group_programs(inside, 940))
    assert "firefox" in named(group_programs(inside, 940))


def test_circular_parents_are_handled():
    assert group_programs([facts(5, 6, "a", "/bin/a", 1), facts(6, 5, "b", "/bin/b", 1)], 5) == []


def test_pss_is_read_and_not_its_dirty_part():
    assert parse_pss(ROLLUP) == 287654 * 1024
    assert parse_pss(None) is None
    assert parse_pss("Pss: lots kB\n") is None


@given(st.text(), st.text(), st.lists(st.text()))
def test_names_and_parsers_never_raise(text, path, arguments):
    parse_pss(text)
    is_session_part(program_name(text, path, arguments), path, text)


HOLDER = """\
import os, signal
{before}
held = bytearray(b"x" * (96 << 20))
print("ready", os.getpid(), flush=True)
while True:
    signal.pause()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a program of its own name that holds 96 MiB; ends what is left of it."""
    started: list[subprocess.Popen[str]] = []

    def start(preparation: str = "") -> subprocess.Popen[str]:
        script = tmp_path / "holder-of-memory.py"
        script.write_text(HOLDER.format(before=preparation))
        process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready ")
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[int]:
    """The number of a process that holds 96 MiB and is no child of ours."""
    script = tmp_path / "holder-of-memory.py"
    script.write_text(HOLDER.format(before=""))
    # What starts it ends at once, so that the system takes it in.
    code = "import subprocess, sys; subprocess.Popen(sys.argv[1:])"
    starter = subprocess.Popen(
        [sys.executable, "-c", code, sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline().split()[1])
    starter.wait()
    yield pid
    psutil.Process(pid).kill()
    starter.communicate()


@pytest.mark.skipif(not hasattr(signal, "pause"), reason="needs signals")
def test_a_program_of_this_user_is_found_with_its_memory(stranger: int, tmp_path: Path):
    # Without /proc, what a process is part of is not known, and its size is the resident one.
    by_name = {program.name: program for program in largest_programs(100, LocalInterfaces(tmp_path))}
    mine = by_name["holder-of-memory.py"]
    assert [process.pid for process in mine.processes] == [stranger]
    assert 96 * MIB <= mine.memory_bytes < 160 * MIB


def test_own_child_process_is_never_listed(holder):
    child = holder()
    pids = {process.pid for program in largest_programs(50) for process in program.processes}
    assert child.pid not in pids
    assert not pids & {1, psutil.Process().pid, psutil.Process().ppid()}


def of(process: subprocess.Popen[str], started: float | None = None) -> Program:
    born = psutil.Process(process.pid).create_time() if started is None else started
    who = ProcessId(process.pid, born)
    return Program("holder", (who,), (who,), 96 * MIB)


def test_closing_a_program_sends_sigterm(holder):
    process = holder()
    assert ask_to_close([of(process)]) == ()
    assert process.wait(60) == -signal.SIGTERM


def test_program_that_ignores_the_request_keeps_running(holder):
    process = holder("signal.signal(signal.SIGTERM, lambda *_: print('no', flush=True))")
    assert ask_to_close([of(process)]) == ()
    assert process.stdout.readline() == "no\n"
    assert process.poll() is None


def test_reused_process_id_is_not_signalled(holder):
    process = holder("signal.signal(signal.SIGTERM, lambda *_: print('no', flush=True))")
    assert ask_to_close([of(process, started=1.0)]) == ()
    # THEN the only signal that arrives is the one sent here
    process.send_signal(signal.SIGTERM)
    assert process.stdout.readline() == "no\n"
    process.kill()
    assert process.stdout.read() == ""


def test_permission_errors_are_reported_and_ended_processes_are_not(monkeypatch, holder):
    process = holder()
    gone = Program("gone", (), (ProcessId(2**22 + 7, 1.0),), MIB)
    monkeypatch.setattr(
        psutil.Process, "send_signal", lambda *_: (_ for _ in ()).throw(psutil.AccessDenied())
    )
    assert ask_to_close([gone, of(process)]) == (reason("hardware.program_not_asked", program="holder"),)
