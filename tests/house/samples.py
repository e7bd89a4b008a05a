"""Small programs for the tests of the rules."""

from pathlib import Path

from tests.house.rule import Result
from tests.house.source import Module, Program


def program(
    sources: dict[str, str], project: Path = Path("nowhere"), tests: dict[str, str] | None = None
) -> Program:
    """Return the program with these sources and tests, by path."""
    return Program(_modules(sources), project, _modules(tests or {}))


def _modules(sources: dict[str, str]) -> tuple[Module, ...]:
    return tuple(Module(path, text) for path, text in sources.items())


def texts(result: Result) -> list[str]:
    """Return the text of each finding."""
    return [finding.text for finding in result.findings]
