"""The programs of this user that hold the most memory, and a polite way to ask one to close."""

import os
import signal
import subprocess
from collections.abc import Iterable, Sequence

import msgspec
import psutil

from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.program_names import is_session_part, program_name
from tui.hardware.system_files import parse_integer, read_line
from tui.sentences import Reason, reason
from tui.units import MIB

_LEAST_BYTES = 64 * MIB
"""Less is not worth closing a program for."""
_CANDIDATES_FACTOR = 2
"""Times as many programs as are wanted have their memory read exactly: by resident size the order differs."""


class ProcessId(msgspec.Struct, frozen=True):
    """One process; its start distinguishes it from another one that got the same number."""

    pid: int
    started: float
    """Seconds since 1970."""


class ProcessFacts(msgspec.Struct, frozen=True):
    """Facts of a process, read at once."""

    id: ProcessId
    parent: int
    name: str
    path: str
    """Of its executable; empty when the system does not say."""
    arguments: tuple[str, ...]
    resident_bytes: int
    cgroup: str = ""
    """Linux: its line or lines of `/proc/<pid>/cgroup`."""


class Program(msgspec.Struct, frozen=True):
    """A program with all its processes: a browser's dozen is one."""

    name: str
    """Cleaned, for the screen."""
    processes: tuple[ProcessId, ...]
    leaders: tuple[ProcessId, ...]
    """Those that started the others; they are asked to close and see to the rest."""
    memory_bytes: int
    """About what closing it gives back."""

    @property
    def count(self) -> int:
        """The number of its processes."""
        return len(self.processes)


def largest_programs(limit: int, interfaces: Interfaces | None = None) -> tuple[Program, ...]:
    """Return up to `limit` programs of this user, the largest first; too slow for the screen's thread.

    Never among them: this program, what it was started from (shell, terminal), and what the session itself is
    made of. On Linux memory is the proportional set size, which counts shared pages once; elsewhere the
    resident size.
    """
    interfaces = interfaces or LocalInterfaces()
    facts = _own_processes(interfaces)
    programs = group_programs(facts, os.getpid())[: limit * _CANDIDATES_FACTOR]
    if interfaces.platform == "linux":
        resident = {process.id: process.resident_bytes for process in facts}
        programs = [_with_exact_memory(program, resident, interfaces) for program in programs]
    programs.sort(key=lambda program: program.memory_bytes, reverse=True)
    return tuple(program for program in programs if program.memory_bytes >= _LEAST_BYTES)[:limit]


def group_programs(facts: Iterable[ProcessFacts], own_pid: int) -> list[Program]:
    """Processes by program, the largest by resident size first; `largest_programs` says what is left out."""
    by_pid = {process.id.pid: process for process in facts}
    groups: dict[str, list[ProcessFacts]] = {}
    for process in by_pid.values():
        groups.setdefault(program_name(process.name, process.path, process.arguments), []).append(process)
    ours = _relatives(by_pid, own_pid)
    programs = [
        _program(name, members)
        for name, members in groups.items()
        if name
        # One of ours among them: closing the others by their name could close the terminal too.
        and not any(process.id.pid in ours for process in members)
        and not any(is_session_part(name, process.path, process.cgroup) for process in members)
    ]
    return sorted(programs, key=lambda program: program.memory_bytes, reverse=True)


def parse_pss(text: str | None) -> int | None:
    """Bytes of the `Pss` line of `/proc/<pid>/smaps_rollup`, see proc_pid_smaps(5); None when it has none."""
    for line in (text or "").splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[0] == "Pss:" and fields[2] == "kB":
            size = parse_integer(fields[1])
            return None if size is None or size < 0 else size * 1024
    return None


def ask_to_close(programs: Iterable[Program]) -> tuple[Reason, ...]:
    """Ask each to end, as a window's close button does, and never force it; return what went wrong."""
    problems: list[Reason] = []
    for program in programs:
        for leader in program.leaders:
            try:
                process = psutil.Process(leader.pid)
                if process.create_time() == leader.started:
                    _ask(process)
            except psutil.NoSuchProcess:
                continue
            except (psutil.Error, OSError):
                problems.append(reason("hardware.program_not_asked", program=program.name))
                break
    return tuple(problems)


def _ask(process: psutil.Process) -> None:
    if psutil.WINDOWS:
        # Its `terminate` ends a process at once; without /F, this only sends its windows a request.
        subprocess.run(["taskkill", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        process.send_signal(signal.SIGTERM)


def _own_processes(interfaces: Interfaces) -> list[ProcessFacts]:
    """Return every process of this user that can be read."""
    me = psutil.Process().username()
    wanted = ["pid", "ppid", "name", "exe", "cmdline", "memory_info", "create_time", "username"]
    facts: list[ProcessFacts] = []
    for process in psutil.process_iter(wanted):
        info = process.info
        if info["memory_info"] is None or info["create_time"] is None or info["username"] != me:
            continue
        linux = interfaces.platform == "linux"
        cgroup = read_line(interfaces, f"/proc/{process.pid}/cgroup") if linux else None
        facts.append(
            ProcessFacts(
                ProcessId(process.pid, info["create_time"]),
                info["ppid"] or 0,
                info["name"] or "",
                info["exe"] or "",
                tuple(info["cmdline"] or ()),
                info["memory_info"].rss,
                cgroup or "",
            )
        )
    return facts


def _relatives(by_pid: dict[int, ProcessFacts], own_pid: int) -> set[int]:
    """Return this process, its ancestors and its descendants."""
    ours = {own_pid}
    above = by_pid.get(own_pid)
    while above is not None and above.parent not in ours:
        ours.add(above.parent)
        above = by_pid.get(above.parent)
    below = {own_pid}
    while more := {pid for pid, process in by_pid.items() if process.parent in below and pid not in below}:
        below |= more
    # Process 1 has no equal, whoever it belongs to.
    return ours | below | {1}


def _program(name: str, members: Sequence[ProcessFacts]) -> Program:
    pids = {process.id.pid for process in members}
    return Program(
        name,
        tuple(process.id for process in members),
        tuple(process.id for process in members if process.parent not in pids),
        sum(process.resident_bytes for process in members),
    )


def _with_exact_memory(program: Program, resident: dict[ProcessId, int], interfaces: Interfaces) -> Program:
    sizes = [
        (process, parse_pss(read_line(interfaces, f"/proc/{process.pid}/smaps_rollup")))
        for process in program.processes
    ]
    total = sum(resident[process] if size is None else size for process, size in sizes)
    return msgspec.structs.replace(program, memory_bytes=total)
