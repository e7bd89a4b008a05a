"""Phrases in English only that a person might read: two words or more that pass through no translator.

A string or f-string is counted when it has two words or more, one of them in lower case. Beside what
`tests.house.sentences` leaves out (docstrings, logs, comparisons, SQL, tables by language …) these are no
findings:

- text with signs of code, as style sheets, grammars, patterns and types have them;
- names, whose words all have a capital or a digit: `Intel UHD Graphics`;
- commands, which begin with a program, and styles: `bold underline`;
- codes: the values of a `Literal` or an enumeration, whose words are in a table;
- sources of values, which only JSON has;
- the texts in `EXCEPTIONS` and the modules in `LISTS`.
"""

import ast
import re
from collections.abc import Iterator

from tests.house.class_names import last_name
from tests.house.rule import Finding, Result
from tests.house.sentences import (
    TEXT_OF_MODELS,
    Parameters,
    is_code,
    is_no_text_for_the_user,
    names_for,
    parameters_of_callables,
    strings,
    uses,
)
from tests.house.source import Module, Program

EXCEPTIONS = {
    "patterns for messages of SQLite": {"is full", "unable to open", "not a database"},
    "beginnings of messages of the parser of TOML": {
        *(
            "Invalid statement",
            "Expected newline",
            "Invalid initial",
            "Unclosed array",
            "Unclosed inline table",
        ),
        *("Invalid hex", "Unterminated string", "Illegal character", "Found invalid character"),
        *("Invalid date", "Invalid value"),
    },
    "keys and labels of the system": {"In use system memory", "model name", "Package id"},
    "words that people type into a filter": {
        *("on disk", "en disco", "en otro sitio", "no cabe", "demasiado grande", "sin chat")
    },
    "the engine's log": {"error: unreadable request\n"},
    "a code in JSON, for which doctor has words": {"described in settings.toml"},
    "errors for which each caller has words of its own": {
        *("no plain file", "no size: {}", "no count: {}", "two meanings: {}")
    },
}
"""Texts by the reason why nobody reads them on the screen."""
LISTS = frozenset({"tui/hardware/program_names.py", "tui/models/purpose.py"})
"""Modules with lists of names that are split while they are imported."""
_CODE = re.compile(r"""[\[\]|$<>=\\_*?^#@]|%\(|"[^\w{]*"|\w\(\W*'""")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LOWER_CASE = re.compile(r"(?<![^\s(,:/'-])[a-z]{2,}(?![^\s),.:;!?…'/-])")
_STYLES = frozenset({"bold", "dim", "italic", "none", "not", "on", "reverse", "underline"})
_PROGRAMS = frozenset({"llmtui", "llama-cpp-python", "pip", "pipx", "uv"})


def check_literals(program: Program) -> Result:
    """Find phrases that a person might read in English only; the measure is their number."""
    codes = set(_codes(program)).union(*EXCEPTIONS.values())
    parameters = parameters_of_callables(program)
    return Result(
        tuple(
            Finding(module.path, node.lineno, text)
            for module in program.modules
            if module.path not in LISTS
            for node, text in strings(module)
            if _is_phrase(text) and text not in codes and not _is_for_others(node, module, parameters)
        )
    )


def _is_phrase(text: str) -> bool:
    word_list = _WORD.findall(text)
    return not (
        len(word_list) < 2
        or is_code(text)
        or _CODE.search(text)
        or _LOWER_CASE.search(text) is None
        or _STYLES.issuperset(word_list)
        or text.split()[0] in _PROGRAMS
        or text.strip() in TEXT_OF_MODELS
    )


def _codes(program: Program) -> Iterator[str]:
    for module in program.modules:
        for node in module.nodes:
            if isinstance(node, ast.Subscript) and last_name(node.value) == "Literal":
                yield from _texts(node.slice)
            elif isinstance(node, ast.ClassDef) and any(
                last_name(base).endswith("Enum") for base in node.bases
            ):
                yield from _texts(node)


def _texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _is_for_others(node: ast.expr, module: Module, parameters: Parameters) -> bool:
    return any(
        is_no_text_for_the_user(inner, outer)
        or any(name.lower().endswith("source") for name in names_for(inner, outer, parameters))
        for inner, outer in uses(node, module)
    )
