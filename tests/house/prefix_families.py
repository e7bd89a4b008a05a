"""Families of modules that should be folders, and modules with next to no content."""

from pathlib import PurePosixPath

from tests.house.rule import Finding, Result
from tests.house.source import Program, docstring_statement
from tests.house.tiny_modules import TINY_MODULES

FAMILY_SIZE = 3
"""Modules with one prefix in one folder that make a family."""
TINY_LINES = 15
"""A module with fewer lines than this, besides its docstring and empty lines, is tiny."""


def check_prefix_families(program: Program) -> Result:
    """Find modules of one folder that share the part of their name before the first `_`.

    A module that is called by the prefix alone, `chat.py` beside `chat_rows.py`, belongs to the family.
    The measure is the number of families.
    """
    families: dict[str, list[str]] = {}
    for module in program.modules:
        path = PurePosixPath(module.path)
        prefix = path.stem.lstrip("_").partition("_")[0]
        if not path.stem.startswith("__"):
            families.setdefault(f"{path.parent}/{prefix}_*", []).append(module.path)
    return Result(
        tuple(
            Finding(path, 1, PurePosixPath(path).name, family)
            for family, paths in sorted(families.items())
            if sum("_" in PurePosixPath(path).stem for path in paths) >= FAMILY_SIZE
            for path in paths
        ),
        "groups",
    )


def check_tiny_modules(program: Program) -> Result:
    """Find modules with few lines besides the docstring; `__init__` and `__main__` do not count."""
    findings: list[Finding] = []
    for module in program.modules:
        if module.path.endswith("__.py") or module.path in TINY_MODULES:
            continue
        docstring = docstring_statement(module.tree)
        start = (docstring.end_lineno or 0) if docstring else 0
        count = sum(bool(line.strip()) for line in module.text.splitlines()[start:])
        if count < TINY_LINES:
            findings.append(Finding(module.path, 1, f"{count} lines"))
    paths = {module.path for module in program.modules}
    findings += [
        Finding(path, 1, "has a reason in tiny_modules.py, but is no module")
        for path in TINY_MODULES
        if path not in paths
    ]
    return Result(tuple(findings))
