"""Vague names: names that could stand for anything.

Three figures are kept.

- `vague` counts stored names: every plain name that a statement or an expression binds, once for each place
  that binds it. Those are the targets of assignments (class attributes and annotated fields included), of
  `for`, `with`, `:=` and `+=`, and of comprehensions.
- `vague-parameters` counts the parameters of functions and lambdas, without `self` and `cls`, and the
  attributes that are assigned on an object (`self.rest = …`).
- `vague-tests` counts both kinds in the modules below `tests/`.

A leading underscore is not part of the name. A longer name with such a word in it, `found_models`, is not
vague.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from tests.house.rule import Finding, Result
from tests.house.source import Module, Program

VAGUE_NAMES = frozenset(
    {"found", "each", "one", "at", "told", "made", "left", "rest", "here", "now", "known", "before", "kept"}
    | {"asked", "other", "others", "words", "given", "shown", "most", "near", "what", "some", "whole", "held"}
    | {"away", "back"}
)


def check_vague_names(program: Program) -> Result:
    """Find stored names that are vague; the measure is their share."""
    return _share(program.modules, stored_names)


def check_vague_parameters(program: Program) -> Result:
    """Find parameters and assigned attributes that are vague; the measure is their share."""
    return _share(program.modules, parameters_and_attributes)


def check_vague_tests(program: Program) -> Result:
    """Find vague names of both kinds in the tests; the measure is their share."""
    return _share(program.tests, all_names)


def stored_names(module: Module) -> Iterator[tuple[str, int]]:
    """Yield every plain name that is bound, with its line."""
    for node in module.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno


def parameters_and_attributes(module: Module) -> Iterator[tuple[str, int]]:
    """Yield the parameters of functions and the attributes that are assigned, with their lines."""
    for node in module.nodes:
        if isinstance(node, ast.arg) and node.arg not in {"self", "cls"}:
            yield node.arg, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def all_names(module: Module) -> Iterator[tuple[str, int]]:
    """Yield the names of both kinds, with their lines."""
    yield from stored_names(module)
    yield from parameters_and_attributes(module)


def _share(modules: Iterable[Module], names_of: Callable[[Module], Iterator[tuple[str, int]]]) -> Result:
    findings: list[Finding] = []
    population: Counter[str] = Counter()
    for module in modules:
        for name, line in names_of(module):
            population[module.path] += 1
            if name.lstrip("_") in VAGUE_NAMES:
                findings.append(Finding(module.path, line, name))
    return Result(
        tuple(sorted(findings, key=lambda finding: (finding.path, finding.line))), "percent", population
    )
