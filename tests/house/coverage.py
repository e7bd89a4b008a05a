"""Command `python -m tests.house.coverage`: line and branch coverage of `tui`, the engine's process included.

Arguments go to pytest: `python -m tests.house.coverage tests/fit` measures some tests. Without any, the whole
suite runs, and the total is held to `fail_under` of `pyproject.toml`.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.house.rule import share
from tests.house.source import PACKAGE, PROJECT

TESTS_FAILED = 1
"""Highest exit code of pytest after which there is something to report."""
WORST_FILES = 15


@dataclass(frozen=True)
class Coverage:
    """Lines and branches of one file, or of several together."""

    lines: int
    covered_lines: int
    branches: int
    covered_branches: int

    def __add__(self, addend: "Coverage") -> "Coverage":
        return Coverage(
            self.lines + addend.lines,
            self.covered_lines + addend.covered_lines,
            self.branches + addend.branches,
            self.covered_branches + addend.covered_branches,
        )

    @property
    def missed(self) -> int:
        """Lines and branches that no test reached."""
        return self.lines - self.covered_lines + self.branches - self.covered_branches

    def __str__(self) -> str:
        lines = share(self.covered_lines, self.lines)
        branches = share(self.covered_branches, self.branches)
        return f"lines {lines:6.2f} %   branches {branches:6.2f} %   missed {self.missed:5}"


NOTHING = Coverage(0, 0, 0, 0)


def main(pytest_arguments: Sequence[str]) -> int:
    """Run tests with coverage, print the figures, and return the exit code of pytest or of the bound."""
    run_coverage("erase")
    tests = run_coverage("run", "-m", "pytest", *pytest_arguments)
    if tests > TESTS_FAILED:
        return tests
    run_coverage("combine", "--quiet")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        run_coverage("json", "--quiet", "--fail-under=0", "-o", str(report))
        files = read_report(json.loads(report.read_text("utf-8")))
    print(*report_lines(files), sep="\n")
    if pytest_arguments:
        return tests
    return tests or run_coverage("report", "--format=total")


def run_coverage(*arguments: str) -> int:
    """Run one command of coverage in the project's folder and return its exit code."""
    return subprocess.run([sys.executable, "-m", "coverage", *arguments], cwd=PROJECT, check=False).returncode


def read_report(report: Mapping[str, Any]) -> dict[str, Coverage]:
    """Return the coverage of each file, by path, from coverage's JSON."""
    return {
        path.replace("\\", "/"): Coverage(
            summary["num_statements"],
            summary["covered_lines"],
            summary["num_branches"],
            summary["covered_branches"],
        )
        for path, entry in report["files"].items()
        for summary in [entry["summary"]]
    }


def report_lines(files: Mapping[str, Coverage]) -> list[str]:
    """Return the figures of the rooms, of the files that miss most, and of all together."""
    rooms: dict[str, Coverage] = {}
    for path, coverage in files.items():
        room = "/".join(path.split("/")[:-1][:2])
        rooms[room] = rooms.get(room, NOTHING) + coverage
    worst = sorted(files.items(), key=lambda item: -item[1].missed)[:WORST_FILES]
    return [
        *(f"  {coverage}  {room}" for room, coverage in sorted(rooms.items())),
        f"worst {WORST_FILES} files:",
        *(f"  {coverage}  {path}" for path, coverage in worst),
        "total:",
        f"  {sum(files.values(), NOTHING)}  {PACKAGE}",
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
