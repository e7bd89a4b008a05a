"""Coroutines begun before their worker, which never awaits them when it is cancelled early."""

import ast

from tests.house.class_names import last_name
from tests.house.rule import Finding, Result
from tests.house.source import Program


def check_begun_coroutines(program: Program) -> Result:
    """Find calls as the work of `run_worker`, but for `partial`: the worker calls a function itself."""
    return Result(
        tuple(
            Finding(module.path, node.lineno, ast.unparse(node.args[0]))
            for module in program.modules
            for node in module.nodes
            if isinstance(node, ast.Call) and last_name(node.func) == "run_worker" and node.args
            if isinstance(work := node.args[0], ast.Call) and last_name(work.func) != "partial"
        )
    )
