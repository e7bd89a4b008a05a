"""The house rules are kept to their bounds, one test each."""

from functools import cache

import pytest

from tests.house.report import detail_lines, verdict_line
from tests.house.rule import Rule
from tests.house.rules import RULES
from tests.house.source import Program, read_program

BOUND_RULES = [rule for rule in RULES if rule.bound is not None]


@cache
def program() -> Program:
    return read_program()


@pytest.mark.parametrize("rule", BOUND_RULES, ids=lambda rule: rule.name)
def test_the_rule_is_kept(rule: Rule):
    result = rule.check(program())
    assert rule.bound is not None
    report = [verdict_line(rule, result, is_whole=True), *detail_lines(result, rule.folder)]
    assert result.measure <= rule.bound, "\n".join(report)
