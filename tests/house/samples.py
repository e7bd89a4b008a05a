"""Small programs for the tests of the rules."""

from pathlib import Path

from tests.house.rule import Result
from tests.house.source import Module, Program


def program(sources: dict[str, str], project: Path = Path("nowhere")) -> Program:
    """Return the program with these sources, by path."""
    return Program(tuple(Module(path, text) for path, text in sources.items()), project)


def texts(result: Result) -> list[str]:
    """Return the text of each finding."""
    return [finding.text for finding in result.findings]
