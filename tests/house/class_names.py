"""Class names that are defined more than once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.rule import Finding, Result
from tests.house.source import Module, Program


@dataclass(frozen=True, eq=False)
class ClassDefinition:
    """One class statement."""

    module: Module
    node: ast.ClassDef
    qualified_name: str
    """Name with the classes around it: `Chip.Chosen`."""

    @property
    def name(self) -> str:
        """Name in its own statement: `Chosen`."""
        return self.node.name

    @property
    def base_names(self) -> list[str]:
        """Last part of definition base's name: `Struct` for `msgspec.Struct`, `Widget` for `Widget[int]`."""
        return [name for base in self.node.bases if (name := last_name(base))]

    @property
    def is_nested(self) -> bool:
        """True inside another class."""
        return "." in self.qualified_name


def check_class_names(program: Program) -> Result:
    """Find classes that share a name, nested messages left out; the measure is the number of names."""
    definitions = class_definitions(program)
    messages = message_names(definitions)
    return _repeated(
        [
            definition
            for definition in definitions
            if not (definition.is_nested and definition.name in messages)
        ]
    )


def check_message_names(program: Program) -> Result:
    """Find nested messages that share a name with another class; the measure is the number of names.

    Such a message is written with the name of its widget, `Chip.Chosen`, as Textual's own are.
    """
    definitions = class_definitions(program)
    messages = message_names(definitions)
    repeated = _repeated(definitions)
    nested = {
        definition.name for definition in definitions if definition.is_nested and definition.name in messages
    }
    return Result(tuple(finding for finding in repeated.findings if finding.group in nested), "groups")


def class_definitions(program: Program) -> list[ClassDefinition]:
    """Return every class of the program, those in classes and functions too."""
    return [definition for module in program.modules for definition in _definitions_in(module)]


def message_names(definitions: list[ClassDefinition]) -> set[str]:
    """Return the names of the classes that descend from Textual's `Message`."""
    return descendants(definitions, {"Message", "UiMessage"})


def descendants(definitions: list[ClassDefinition], roots: set[str]) -> set[str]:
    """Return the roots and the names of all classes that descend from one of them."""
    names = set(roots)
    size = 0
    while len(names) > size:
        size = len(names)
        names |= {definition.name for definition in definitions if names & set(definition.base_names)}
    return names


def last_name(expression: ast.expr) -> str | None:
    """Return the last part of a dotted name, without its type arguments."""
    if isinstance(expression, ast.Subscript):
        return last_name(expression.value)
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else None


def _definitions_in(module: Module) -> Iterator[ClassDefinition]:
    for node in module.nodes:
        if isinstance(node, ast.ClassDef):
            outer = [scope.name for scope in module.ancestors(node) if isinstance(scope, ast.ClassDef)]
            yield ClassDefinition(module, node, ".".join([*reversed(outer), node.name]))


def _repeated(definitions: list[ClassDefinition]) -> Result:
    by_name: dict[str, list[ClassDefinition]] = {}
    for definition in definitions:
        by_name.setdefault(definition.name, []).append(definition)
    return Result(
        tuple(
            Finding(definition.module.path, definition.node.lineno, definition.qualified_name, name)
            for name, namesakes in sorted(by_name.items())
            if len(namesakes) > 1
            for definition in namesakes
        ),
        "groups",
    )
