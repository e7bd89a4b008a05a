"""Clause openings: docstrings that open with a question word in place of a verb or a noun."""

import ast
import re
from collections import Counter

from tests.house.rule import Finding, Result
from tests.house.source import Program, docstring_statement

QUESTION_WORDS = frozenset({"what", "how", "where", "whether", "which", "who", "when", "why"})
_FIRST_WORD = re.compile(r"\W*(\w+)")


def check_clause_openings(program: Program) -> Result:
    """Find docstrings of modules, classes, functions and methods that open so; the measure is their share."""
    findings: list[Finding] = []
    population: Counter[str] = Counter()
    for module in program.modules:
        for node in module.nodes:
            if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            docstring = docstring_statement(node)
            if docstring is None:
                continue
            population[module.path] += 1
            text = str(docstring.value)
            word = _FIRST_WORD.match(text)
            if word and word[1].lower() in QUESTION_WORDS:
                findings.append(Finding(module.path, docstring.lineno, text.strip().partition("\n")[0]))
    return Result(tuple(findings), "percent", population)
