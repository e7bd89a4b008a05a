"""Circles of imports: modules of `tui` that reach themselves by their imports, deferred ones included."""

from collections.abc import Iterable, Mapping

from tests.house.imports import Import, internal_imports
from tests.house.rule import Finding, Result
from tests.house.source import Program


def check_circles(program: Program) -> Result:
    """Find the imports that form circles; the measure is the number of modules in one."""
    imports = internal_imports(program)
    findings: list[Finding] = []
    for circle in circles(imports):
        heading = f"circle of {len(circle)} modules"
        first = min(circle)
        findings += [
            Finding(
                program.by_name[edge.importer].path,
                edge.line,
                f"{edge.importer} → {edge.imported}",
                f"{heading}, {first} …",
            )
            for edge in imports
            if edge.importer in circle and edge.imported in circle
        ]
    return Result(tuple(findings), unit="files")


def circles(imports: Iterable[Import]) -> list[frozenset[str]]:
    """Return the strongly connected components with two modules or more, the largest first.

    Modules are put in the order in which a walk along the imports leaves them. Walks against the imports,
    from the last module to the first, then stay within one component each.
    """
    imported: dict[str, list[str]] = {}
    importers: dict[str, list[str]] = {}
    for edge in imports:
        imported.setdefault(edge.importer, []).append(edge.imported)
        importers.setdefault(edge.imported, []).append(edge.importer)
    visited: set[str] = set()
    order = [module for start in imported for module in _walk(start, imported, visited)]
    visited = set()
    components = [frozenset(_walk(start, importers, visited)) for start in reversed(order)]
    return sorted(
        (component for component in components if len(component) > 1),
        key=lambda component: (-len(component), min(component)),
    )


def _walk(start: str, neighbours: Mapping[str, list[str]], visited: set[str]) -> list[str]:
    """Return the modules that a depth-first walk reaches for the first time, in the order it leaves them."""
    if start in visited:
        return []
    visited.add(start)
    finished: list[str] = []
    branch = [(start, iter(neighbours.get(start, [])))]
    while branch:
        module, targets = branch[-1]
        target = next((name for name in targets if name not in visited), None)
        if target is None:
            finished.append(module)
            branch.pop()
        else:
            visited.add(target)
            branch.append((target, iter(neighbours.get(target, []))))
    return finished
