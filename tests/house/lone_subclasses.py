"""Classes with exactly one subclass that are never used alone: one class cut in two."""

import ast
from collections import Counter
from collections.abc import Iterator

from tests.house.class_names import ClassDefinition, class_definitions, descendants, last_name
from tests.house.rule import Finding, Result
from tests.house.source import Module, Program

EXEMPT_ROOTS = {"Message", "UiMessage", "Exception", "BaseException", "ValueError", "OSError", "RuntimeError"}
"""Messages and exceptions are handled by their base class, which need not be named for that."""
JUSTIFIED: dict[str, str] = {}
"""Bases that may stay, by name, with the reason."""


def check_lone_subclasses(program: Program) -> Result:
    """Find bases that only their one subclass names.

    A base is used alone when any other code names it: creates it, annotates with it, asks `isinstance` or
    queries for it. Its own body, its subclass's list of bases and imports do not count.
    """
    definitions = class_definitions(program)
    exempt = descendants(definitions, EXEMPT_ROOTS)
    subclasses: dict[str, list[ClassDefinition]] = {}
    for definition in definitions:
        for base in definition.base_names:
            subclasses.setdefault(base, []).append(definition)
    mentions = Counter(name for module in program.modules for name in _names_in(module.tree, module))
    findings: list[Finding] = []
    for definition in definitions:
        heirs = subclasses.get(definition.name, [])
        if len(heirs) != 1 or definition.name in exempt or definition.name in JUSTIFIED:
            continue
        own_mentions = sum(name == definition.name for name in _names_in(definition.node, definition.module))
        heir_mentions = sum(
            name == definition.name
            for base in heirs[0].node.bases
            for name in _names_in(base, heirs[0].module)
        )
        if mentions[definition.name] == own_mentions + heir_mentions:
            heir = heirs[0]
            findings.append(
                Finding(
                    definition.module.path,
                    definition.node.lineno,
                    f"{definition.qualified_name} ← {heir.qualified_name} ({heir.module.path})",
                )
            )
    return Result(tuple(findings))


def _names_in(root: ast.AST, module: Module) -> Iterator[str]:
    """Yield every name that code below this node reads, those in quoted annotations too."""
    for node in ast.walk(root):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            if name := last_name(node):
                yield name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            if not isinstance(module.parents.get(node), ast.Expr):
                yield node.value
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_annotation(node, module):
            yield from _names_in_text(node.value)


def _is_annotation(node: ast.Constant, module: Module) -> bool:
    parent = module.parents.get(node)
    return isinstance(
        parent, ast.arg | ast.AnnAssign | ast.FunctionDef | ast.AsyncFunctionDef | ast.Subscript
    )


def _names_in_text(annotation: str) -> Iterator[str]:
    try:
        expression = ast.parse(annotation, mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(expression):
        if isinstance(node, ast.Name | ast.Attribute) and (name := last_name(node)):
            yield name
