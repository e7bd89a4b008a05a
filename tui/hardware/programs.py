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
_LOOKED_AT = 2
"""Times as many programs as are wanted have their memory read exactly: by resident size the order differs."""


class ProcessId(msgspec.Struct, frozen=True):
    """One process; a number given again to another one is told apart by its start."""

    pid: int
    started: float
    """Seconds since 1970."""


class ProcessFacts(msgspec.Struct, frozen=True):
    """What one look tells of a process."""

    id: ProcessId
    parent: int
    name: str
    path: str
    """Of its executable; empty when it is not told."""
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
        """How many processes it has."""
        return len(self.processes)


def largest_programs(limit: int, interfaces: Interfaces | None = None) -> tuple[Program, ...]:
    """Up to `limit` programs of this user, the largest first; too slow for the screen's thread.

    Never among them: this program, what it was started from (shell, terminal), and what the session itself is
    made of. On Linux memory is the proportional set size, which counts shared pages once; elsewhere the
    resident size.
    """
    interfaces = interfaces or LocalInterfaces()
    facts = _look(interfaces)
    found = group_programs(facts, os.getpid())[: limit * _LOOKED_AT]
    if interfaces.platform == "linux":
        resident = {one.id: one.resident_bytes for one in facts}
        found = [_exactly(program, resident, interfaces) for program in found]
    found.sort(key=lambda one: one.memory_bytes, reverse=True)
    return tuple(one for one in found if one.memory_bytes >= _LEAST_BYTES)[:limit]


def group_programs(facts: Iterable[ProcessFacts], own_pid: int) -> list[Program]:
    """Processes by program, the largest by resident size first; `largest_programs` says what is left out."""
    by_pid = {one.id.pid: one for one in facts}
    groups: dict[str, list[ProcessFacts]] = {}
    for one in by_pid.values():
        groups.setdefault(program_name(one.name, one.path, one.arguments), []).append(one)
    ours = _relatives(by_pid, own_pid)
    found = [
        _program(name, members)
        for name, members in groups.items()
        if name
        # One of ours among them: closing the others by their name could close the terminal too.
        and not any(one.id.pid in ours for one in members)
        and not any(is_session_part(name, one.path, one.cgroup) for one in members)
    ]
    return sorted(found, key=lambda one: one.memory_bytes, reverse=True)


def parse_pss(text: str | None) -> int | None:
    """Bytes of the `Pss` line of `/proc/<pid>/smaps_rollup`, see proc_pid_smaps(5); None when it has none."""
    for line in (text or "").splitlines():
        words = line.split()
        if len(words) == 3 and words[0] == "Pss:" and words[2] == "kB":
            size = parse_integer(words[1])
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


def _look(interfaces: Interfaces) -> list[ProcessFacts]:
    """Every process of this user that can be read."""
    me = psutil.Process().username()
    wanted = ["pid", "ppid", "name", "exe", "cmdline", "memory_info", "create_time", "username"]
    found: list[ProcessFacts] = []
    for process in psutil.process_iter(wanted):
        told = process.info
        if told["memory_info"] is None or told["create_time"] is None or told["username"] != me:
            continue
        linux = interfaces.platform == "linux"
        cgroup = read_line(interfaces, f"/proc/{process.pid}/cgroup") if linux else None
        found.append(
            ProcessFacts(
                ProcessId(process.pid, told["create_time"]),
                told["ppid"] or 0,
                told["name"] or "",
                told["exe"] or "",
                tuple(told["cmdline"] or ()),
                told["memory_info"].rss,
                cgroup or "",
            )
        )
    return found


def _relatives(by_pid: dict[int, ProcessFacts], own_pid: int) -> set[int]:
    """Ourselves, all that we come from, and all that comes from us."""
    ours = {own_pid}
    above = by_pid.get(own_pid)
    while above is not None and above.parent not in ours:
        ours.add(above.parent)
        above = by_pid.get(above.parent)
    below = {own_pid}
    while more := {pid for pid, one in by_pid.items() if one.parent in below and pid not in below}:
        below |= more
    # Process 1 has no equal, whoever it belongs to.
    return ours | below | {1}


def _program(name: str, members: Sequence[ProcessFacts]) -> Program:
    pids = {one.id.pid for one in members}
    return Program(
        name,
        tuple(one.id for one in members),
        tuple(one.id for one in members if one.parent not in pids),
        sum(one.resident_bytes for one in members),
    )


def _exactly(program: Program, resident: dict[ProcessId, int], interfaces: Interfaces) -> Program:
    sizes = [
        (one, parse_pss(read_line(interfaces, f"/proc/{one.pid}/smaps_rollup"))) for one in program.processes
    ]
    total = sum(resident[one] if size is None else size for one, size in sizes)
    return msgspec.structs.replace(program, memory_bytes=total)
