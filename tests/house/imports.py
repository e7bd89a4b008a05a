"""Graph of imports among the modules of `tui`, read from their source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.source import Module, Program


@dataclass(frozen=True)
class Import:
    """One import, at any depth of the file: of the module, of a function, or below `TYPE_CHECKING`."""

    importer: str
    """Dotted name of the module that imports."""
    imported: str
    """Dotted name of the imported module; of a name in a module of `tui`, that module."""
    line: int


def imports_of(module: Module, program: Program) -> Iterator[Import]:
    """Yield every import of a module, those of outside libraries too.

    `from tui.fit import judge` imports `tui.fit.judge` if that is a module, else `tui.fit`.
    A call of `import_module` counts when its argument is a literal. An f-string that opens with a package,
    `f"tui.cli.{command}"`, imports every module of that package.
    """
    for node in module.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module.name, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            source = absolute_name(module, node)
            for alias in node.names:
                submodule = f"{source}.{alias.name}"
                yield Import(module.name, submodule if submodule in program.by_name else source, node.lineno)
        elif isinstance(node, ast.Call):
            for name in _dynamic_imports(node, program):
                yield Import(module.name, name, node.lineno)


def internal_imports(program: Program) -> list[Import]:
    """Return the imports of modules of `tui` by other modules of `tui`, once for each line."""
    edges = (edge for module in program.modules for edge in imports_of(module, program))
    internal = (edge for edge in edges if edge.imported in program.by_name and edge.imported != edge.importer)
    return list(dict.fromkeys(internal))


def absolute_name(module: Module, node: ast.ImportFrom) -> str:
    """Return the dotted name of the module that `from … import` names."""
    if not node.level:
        return node.module or ""
    packages = module.package.split(".")
    package = ".".join(packages[: len(packages) - node.level + 1])
    return f"{package}.{node.module}" if node.module else package


def _dynamic_imports(call: ast.Call, program: Program) -> list[str]:
    function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
    if function not in {"import_module", "__import__"} or not call.args:
        return []
    argument = call.args[0]
    if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
        package = str(argument.values[0].value).rstrip(".")
        return [name for name in program.by_name if name.rpartition(".")[0] == package]
    return [str(argument.value)] if isinstance(argument, ast.Constant) else []
