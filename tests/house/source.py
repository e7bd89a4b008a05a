"""The source of `tui` and of its tests, read and parsed once for all rules. Nothing of it is imported."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = "tui"
TESTS = "tests"

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Module:
    """One Python file of the package or of the tests."""

    path: str
    """Path from the project's folder, with slashes: `tui/fit/judge.py`."""
    text: str
    """Its source."""

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The parent of every node but the root."""
        return {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    @property
    def is_package(self) -> bool:
        """True for `__init__.py`."""
        return self.path.endswith("/__init__.py")

    @property
    def name(self) -> str:
        """Dotted name: `tui.fit.judge`, and `tui.fit` for its `__init__.py`."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        """Dotted name of the package that relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the parent of a node, then that one's parent, up to the root."""
        while node in self.parents:
            node = self.parents[node]
            yield node


@dataclass(frozen=True, eq=False)
class Program:
    """All modules of the package."""

    modules: tuple[Module, ...]
    project: Path = PROJECT
    """Folder that holds `tui/` and `tests/`."""
    tests: tuple[Module, ...] = ()
    """All modules below `tests/`."""

    @cached_property
    def by_name(self) -> dict[str, Module]:
        """The modules by dotted name."""
        return {module.name: module for module in self.modules}


def read_program(project: Path = PROJECT) -> Program:
    """Read every `.py` file below the project's `tui/` and `tests/`."""
    return Program(_read_modules(project, PACKAGE), project, _read_modules(project, TESTS))


def _read_modules(project: Path, folder: str) -> tuple[Module, ...]:
    files = sorted((project / folder).rglob("*.py"))
    return tuple(Module(file.relative_to(project).as_posix(), file.read_text("utf-8")) for file in files)


def docstring_statement(node: Documented) -> ast.Constant | None:
    """Return the docstring of a module, class or function as it stands in the tree."""
    if node.body and isinstance(node.body[0], ast.Expr):
        expression = node.body[0].value
        if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
            return expression
    return None
