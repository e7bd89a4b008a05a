"""Shape of a rule: its name, its check, and the findings that the check returns."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.house.source import PACKAGE, Program

Unit = Literal["findings", "files", "groups", "percent"]


@dataclass(frozen=True)
class Finding:
    """One offending line."""

    path: str
    """File, from the project's folder."""
    line: int
    text: str
    """The offending name, word, import or string."""
    group: str = ""
    """Heading that findings of one circle, class name or family share."""


@dataclass(frozen=True)
class Result:
    """Findings of one rule in the whole package, or in a part of it."""

    findings: tuple[Finding, ...]
    unit: Unit = "findings"
    """Quantity that is measured: findings, files or groups with any, or percent of `population`."""
    population: Mapping[str, int] = field(default_factory=dict[str, int])
    """Names or docstrings per file, for a share."""

    @property
    def measure(self) -> float:
        """The figure that is compared with the bound."""
        if self.unit == "percent":
            return share(len(self.findings), sum(self.population.values()))
        if self.unit == "files":
            return len({finding.path for finding in self.findings})
        if self.unit == "groups":
            return len({finding.group for finding in self.findings})
        return len(self.findings)

    def within(self, folder: str) -> "Result":
        """Keep the findings and the population of one folder or file."""
        inside = f"{folder}/"
        return Result(
            tuple(finding for finding in self.findings if f"{finding.path}/".startswith(inside)),
            self.unit,
            {path: count for path, count in self.population.items() if f"{path}/".startswith(inside)},
        )

    def findings_by_file(self) -> Counter[str]:
        """Count the findings of each file."""
        return Counter(finding.path for finding in self.findings)


@dataclass(frozen=True)
class Rule:
    """One rule of the house."""

    name: str
    """Name on the command line: `vague`."""
    title: str
    """What is counted."""
    check: Callable[[Program], Result]
    bound: float | None
    """Highest measure that passes; None for a rule that only informs."""
    folder: str = PACKAGE
    """Folder that the rule is about: `tui` or `tests`."""

    def is_kept_by(self, result: Result) -> bool:
        """Return whether the measure of the whole folder is within the bound."""
        return self.bound is None or result.measure <= self.bound


def share(count: int, total: int) -> float:
    """Return `count` in percent of `total`; 0 where there is nothing to count."""
    return 100 * count / total if total else 0.0
