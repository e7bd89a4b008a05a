"""Untranslated sentences: text for the user that does not pass through gettext.

A string or f-string is counted when it is one of these and no argument of `_`, `ngettext` or a marker:

- a sentence: it opens with a capital or a value, ends with `.`, `!`, `?` or `…`, and has three words or more;
- three words or more that reach the user under a name for text: an argument, variable, attribute or result
  that is called `message`, `hint`, `reason`, `title` and so on, or `free_reason`;
- three words or more in an exception that `tui` defines, when it is raised;
- prose: four words or more, one of them a small word such as `the`, `is` or `not`.

Arguments without a keyword get their names from the functions and classes of `tui`. These are no findings:
docstrings, logs, assertions, SQL, style sheets, lists that are split into words, text that other text is
compared with, tables with one text for each language, and the message of a `RuntimeError`. That one is raised
where a caller breaks a contract of the code: whoever reads it mends the program, and no handler may show it.
"""

import ast
import re
from collections.abc import Iterator

from tests.house.class_names import class_definitions, descendants
from tests.house.rule import Finding, Result
from tests.house.source import Function, Module, Program

TRANSLATORS = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext", "N_", "Plural"})
TEXT_NAMES = frozenset(
    {"caption", "description", "explanation", "help", "hint", "label", "message", "notice", "placeholder"}
    | {"problem", "reason", "remedy", "subtitle", "title", "tooltip", "warning", "why", "words"}
)
"""Names, or last parts of names, under which text reaches the user."""
LIBRARY_PARAMETERS = {
    "Binding": ("key", "action", "description"),
    "Button": ("label",),
    "Label": ("label",),
    "Static": ("label",),
    "notify": ("message",),
}
"""Parameters of Textual's classes and methods that take text."""
EXCEPTION_ROOTS = {
    "Exception",
    "ValueError",
    "OSError",
    "RuntimeError",
    "KeyError",
    "TypeError",
    "LookupError",
}
PROGRAM_ERRORS = frozenset({"RuntimeError"})
"""Exceptions for mistakes of the program itself, whose message is for its authors."""
COMPARING_METHODS = frozenset(
    {
        "compile",
        "count",
        "endswith",
        "find",
        "findall",
        "finditer",
        "fullmatch",
        "index",
        "match",
        "partition",
    }
    | {"removeprefix", "removesuffix", "replace", "rpartition", "search", "split", "startswith", "sub"}
)
"""Methods of `str` and `re` whose text is compared with other text."""
LOGS = frozenset({"log", "logger", "logging", "warnings"})
LANGUAGES = frozenset({"en", "es"})
"""Keys of tables that hold one text in several languages."""
TEXT_OF_MODELS = frozenset(
    {
        "The quick brown fox jumps over the lazy dog while seven wizards brew coffee in the kitchen.",
        "Here are my reasoning steps:",
        "Result of {}: {}",
    }
)
"""Text that is read or written by models, in whatever language the user has."""
WORDS_OF_A_SENTENCE = 3
WORDS_OF_PROSE = 4
SMALL_WORDS = frozenset(
    {
        "a",
        "an",
        "are",
        "as",
        "be",
        "been",
        "but",
        "can",
        "cannot",
        "could",
        "did",
        "do",
        "does",
        "has",
        "have",
    }
    | {"is", "it", "its", "may", "more", "must", "no", "not", "only", "than", "that", "the", "there", "they"}
    | {"this", "too", "was", "were", "which", "with", "would", "you", "your"}
)
"""Words that tell prose from names, commands and lists."""
_SQL = re.compile(
    r"\s*(?:ALTER|ATTACH|BEGIN|COMMIT|CREATE|DELETE|DETACH|DROP|INSERT|PRAGMA|ROLLBACK|SELECT|UPDATE|VACUUM|WITH)\b"
    r"|.*\b(?:FROM|JOIN|WHERE|MATCH)\b",
    re.DOTALL,
)
_NO_PROSE = re.compile(r"""\$\w|\\|::=|[{"]\s*"|^\s*[{\[].*[}\]]\s*$|^\s*--""", re.DOTALL)
"""Style, patterns, grammars, JSON, options of commands."""
_WORD = re.compile(r"[^\W\d_]{2,}|\b[aAI]\b")
_VALUE = "{}"
_SENTENCE = re.compile(r"""["'(\[]*(?:[A-Z]|\{\}).*[.!?…]["')\]]*\s*""", re.DOTALL)

Parameters = dict[str, tuple[str, ...]]
"""Names of the positional parameters of each function and class, by its name."""


def check_sentences(program: Program) -> Result:
    """Find strings that the user reads in English only; the measure is their number."""
    parameters = parameters_of_callables(program)
    exceptions = descendants(class_definitions(program), set(EXCEPTION_ROOTS)) - EXCEPTION_ROOTS
    return Result(
        tuple(
            Finding(module.path, node.lineno, text)
            for module in program.modules
            for node, text in strings(module)
            if is_for_the_user(node, text, module, parameters, exceptions)
        )
    )


def strings(module: Module) -> Iterator[tuple[ast.expr, str]]:
    """Yield every string and f-string of a module with its text; each value in an f-string is `{}`."""
    for node in module.nodes:
        if isinstance(node, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else _VALUE for part in node.values)
            yield node, "".join(parts)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and not isinstance(module.parents.get(node), ast.JoinedStr | ast.FormattedValue)
        ):
            yield node, node.value


def is_for_the_user(
    node: ast.expr, text: str, module: Module, parameters: Parameters, exceptions: set[str]
) -> bool:
    """Return whether a string is untranslated text that the user reads."""
    word_list = _WORD.findall(text)
    length = len(word_list) + text.count(_VALUE)
    if len(word_list) < 2 or length < WORDS_OF_A_SENTENCE or text.strip() in TEXT_OF_MODELS or is_code(text):
        return False
    every_use = list(uses(node, module))
    if any(is_no_text_for_the_user(inner, outer) for inner, outer in every_use):
        return False
    if _SENTENCE.fullmatch(text) or (
        length >= WORDS_OF_PROSE and SMALL_WORDS & {word.lower() for word in word_list}
    ):
        return True
    return any(
        _is_text_name(name) for inner, outer in every_use for name in names_for(inner, outer, parameters)
    ) or any(_is_raised(inner, outer, module, exceptions) for inner, outer in every_use)


def parameters_of_callables(program: Program) -> Parameters:
    """Return the positional parameters of the functions and classes of the program.

    A name that is defined with different parameters is left out.
    """
    signatures: dict[str, set[tuple[str, ...]]] = {}
    for module in program.modules:
        for node in module.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "__init__":
                signatures.setdefault(node.name, set()).add(_function_parameters(node))
            elif isinstance(node, ast.ClassDef):
                signatures.setdefault(node.name, set()).add(_class_parameters(node))
    unique = {name: next(iter(options)) for name, options in signatures.items() if len(options) == 1}
    return {**unique, **LIBRARY_PARAMETERS}


def is_code(text: str) -> bool:
    """Return whether a text is one word, SQL, style, a pattern, a grammar, JSON or an option."""
    return bool(" " not in text.strip() or _SQL.match(text) or _NO_PROSE.search(text))


def _function_parameters(node: Function) -> tuple[str, ...]:
    names = tuple(argument.arg for argument in (*node.args.posonlyargs, *node.args.args))
    return names[1:] if names[:1] in {("self",), ("cls",)} else names


def _class_parameters(node: ast.ClassDef) -> tuple[str, ...]:
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            return _function_parameters(statement)
    return tuple(
        statement.target.id
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    )


def uses(node: ast.AST, module: Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield each node around a string with the node inside it, up to the end of its statement.

    The function around a `return` is part of its use, for its name says what it returns.
    """
    inner = node
    for outer in module.ancestors(node):
        yield inner, outer
        if isinstance(outer, ast.Return):
            function = next(
                scope
                for scope in module.ancestors(outer)
                if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef)
            )
            yield outer, function
        if isinstance(outer, ast.stmt):
            return
        inner = outer


def is_no_text_for_the_user(inner: ast.AST, outer: ast.AST) -> bool:
    """Return whether this use of a string is its translation, or one that no user sees."""
    if isinstance(outer, ast.Compare | ast.Assert | ast.Subscript | ast.match_case):
        return True
    if isinstance(outer, ast.Expr):
        return isinstance(inner, ast.Constant | ast.JoinedStr)
    if isinstance(outer, ast.Assign | ast.AnnAssign):
        return any(name.endswith("CSS") for name in _target_names(outer))
    if isinstance(outer, ast.Attribute):
        return outer.attr == "split"
    if isinstance(outer, ast.Dict):
        return any(isinstance(key, ast.Constant) and key.value in LANGUAGES for key in outer.keys)
    if isinstance(outer, ast.Raise) and isinstance(inner, ast.Call) and inner is outer.exc:
        return _function_name(inner) in PROGRAM_ERRORS
    if isinstance(outer, ast.Call) and inner is not outer.func:
        owner = outer.func.value if isinstance(outer.func, ast.Attribute) else None
        logs = isinstance(owner, ast.Name) and owner.id.lstrip("_") in LOGS
        return logs or _function_name(outer) in TRANSLATORS | COMPARING_METHODS
    return False


def names_for(inner: ast.AST, outer: ast.AST, parameters: Parameters) -> list[str]:
    """Return the names that one use gives to a string: of the parameter, of the target, of the function."""
    if isinstance(outer, ast.keyword) and outer.arg:
        return [outer.arg]
    if isinstance(outer, ast.Assign | ast.AnnAssign):
        return _target_names(outer)
    if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
        return [outer.name]
    if isinstance(outer, ast.Call) and isinstance(inner, ast.expr) and inner in outer.args:
        names = parameters.get(_function_name(outer), ())
        position = outer.args.index(inner)
        return [names[position]] if position < len(names) else []
    return []


def _is_raised(inner: ast.AST, outer: ast.AST, module: Module, exceptions: set[str]) -> bool:
    return (
        isinstance(outer, ast.Call)
        and inner in outer.args
        and _function_name(outer) in exceptions
        and isinstance(module.parents.get(outer), ast.Raise)
    )


def _is_text_name(name: str) -> bool:
    return name.lower().rpartition("_")[2] in TEXT_NAMES


def _function_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _target_names(statement: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return [
        target.id if isinstance(target, ast.Name) else target.attr
        for target in targets
        if isinstance(target, ast.Name | ast.Attribute)
    ]
