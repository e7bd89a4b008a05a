"""Doors between the rooms: only `ui` draws, and `cli` and `ui` do not know one another."""

from tests.house.imports import Import, imports_of
from tests.house.rule import Finding, Result
from tests.house.source import Program

FRONT_ENDS = ("tui.cli", "tui.ui", "tui.serve", "tui.__main__")
DRAWING = ("textual", "rich")
DASHBOARD_COMMAND = "tui.cli.dashboard"
"""The one module of `cli` that starts `ui`."""


def check_drawing(program: Program) -> Result:
    """Find modules below the front ends that import Textual or Rich, themselves or by what they import.

    The import of a submodule imports its packages too. The measure is the number of such modules.
    """
    imports = {module.name: list(imports_of(module, program)) for module in program.modules}
    drawing: dict[str, Import] = {
        name: edge for name, edges in imports.items() for edge in edges if is_in(edge.imported, DRAWING)
    }
    importers: dict[str, list[tuple[str, Import]]] = {}
    for name, edges in imports.items():
        for edge in edges:
            for module in _with_packages(edge.imported):
                if module in program.by_name and module != name:
                    importers.setdefault(module, []).append((name, edge))
    queue = list(drawing)
    while queue:
        for name, edge in importers.get(queue.pop(), []):
            if name not in drawing:
                drawing[name] = edge
                queue.append(name)
    return Result(
        tuple(
            Finding(program.by_name[name].path, edge.line, f"{name} → {edge.imported}")
            for name, edge in sorted(drawing.items())
            if not is_in(name, FRONT_ENDS) and name != "tui"
        ),
        unit="files",
    )


def check_doors(program: Program) -> Result:
    """Find imports of `ui` in `cli`, but for the dashboard's command, and of `cli` in `ui`."""
    return Result(
        tuple(
            Finding(module.path, edge.line, f"{edge.importer} → {edge.imported}")
            for module in program.modules
            for edge in imports_of(module, program)
            if (
                is_in(module.name, ("tui.cli",))
                and is_in(edge.imported, ("tui.ui",))
                and module.name != DASHBOARD_COMMAND
            )
            or (is_in(module.name, ("tui.ui",)) and is_in(edge.imported, ("tui.cli",)))
        )
    )


def is_in(name: str, packages: tuple[str, ...]) -> bool:
    """Return whether a module is one of these packages or inside one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _with_packages(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
