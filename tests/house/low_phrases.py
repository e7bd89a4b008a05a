"""Texts for people in the rooms below the services, outside the tables that hold them.

There a text is a reason, a code with facts, whose sentence the front end finds in the user's language.
"""

import ast
from pathlib import PurePosixPath

from tests.house.class_names import last_name
from tests.house.rule import Finding, Result
from tests.house.source import Program

ROOMS = frozenset({"chat", "fit", "engine", "models", "hardware", "settings"})
TRANSLATORS = frozenset({"_", "N_", "ngettext", "Plural"})


def check_low_phrases(program: Program) -> Result:
    """Find calls of translators outside `sentences.py`, `words.py` and `…_words.py`."""
    return Result(
        tuple(
            Finding(module.path, node.lineno, ast.unparse(node))
            for module in program.modules
            if PurePosixPath(module.path).parts[1] in ROOMS and not _is_table(PurePosixPath(module.path).stem)
            for node in module.nodes
            if isinstance(node, ast.Call) and last_name(node.func) in TRANSLATORS
        )
    )


def _is_table(name: str) -> bool:
    return name == "sentences" or name.rpartition("_")[2] == "words"
