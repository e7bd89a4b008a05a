"""Command `python -m tests.house`: the report of the house rules.

Exits with 1 when a bound is broken. Bounds are for `tui/` or `tests/` as a whole: with PATH only the figures
of its rules are shown.
"""

import argparse
import signal
import sys
from collections.abc import Sequence

from tests.house.report import detail_lines, finding_lines, verdict_line
from tests.house.rules import RULES
from tests.house.source import read_program


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.house", description=__doc__)
    parser.add_argument("path", nargs="?", help="folder or file, for instance tui/engine")
    parser.add_argument(
        "--rule", action="append", choices=[rule.name for rule in RULES], help="only this rule"
    )
    parser.add_argument("--files", action="store_true", help="list every finding: path:line: text")
    parser.add_argument("--short", action="store_true", help="only the figures")
    options = parser.parse_args(arguments)
    program = read_program()
    path = (options.path or "").strip("/")
    modules = program.modules + program.tests
    if path and not any(f"{module.path}/".startswith(f"{path}/") for module in modules):
        parser.error(f"no module below {options.path}")
    broken = False
    for rule in RULES:
        if options.rule and rule.name not in options.rule:
            continue
        base = path or rule.folder
        if base.partition("/")[0] != rule.folder:
            continue
        result = rule.check(program).within(base)
        is_whole = base == rule.folder
        broken |= is_whole and not rule.is_kept_by(result)
        print(verdict_line(rule, result, is_whole=is_whole))
        lines = finding_lines(result.findings) if options.files else detail_lines(result, base)
        for line in () if options.short else lines:
            print(line)
    return int(broken)


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        # `| head` ends the report without a traceback.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
