"""Modules without a test of their name: `tui/fit/judge.py` is tested by `tests/fit/test_judge.py`."""

from pathlib import PurePosixPath

from tests.house.modules_without_test import MODULES_WITHOUT_TEST
from tests.house.rule import Finding, Result
from tests.house.source import Program


def check_missing_tests(program: Program) -> Result:
    """Find modules whose test is not there, but for `__init__`, `__main__` and those that have a reason."""
    findings: list[Finding] = []
    for module in program.modules:
        test = path_of_test(module.path)
        if module.path.endswith("__.py") or module.path in MODULES_WITHOUT_TEST:
            continue
        if not (program.project / test).is_file():
            findings.append(Finding(module.path, 1, test))
    paths = {module.path for module in program.modules}
    findings += [
        Finding(path, 1, "has a reason in modules_without_test.py, but is no module")
        for path in MODULES_WITHOUT_TEST
        if path not in paths
    ]
    return Result(tuple(findings))


def path_of_test(module_path: str) -> str:
    """Return the path of the test that belongs to a module."""
    path = PurePosixPath(module_path)
    return PurePosixPath("tests", *path.parts[1:-1], f"test_{path.name}").as_posix()
