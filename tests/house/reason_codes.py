"""Codes of reasons against the tables of sentences: each has a sentence, with the facts that it names."""

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.class_names import last_name
from tests.house.rule import Finding, Result
from tests.house.source import Module, Program

_CODE = re.compile(r"[a-z]+(?:\.[a-z0-9_]+)+")
_KEY_ID = re.compile(r"\{[a-z_]+\.[a-z_]+\}")


@dataclass(frozen=True, eq=False)
class Sentence:
    """One entry of a table."""

    module: Module
    line: int
    code: str
    fields: frozenset[str]
    """Names of the facts that its texts mention."""


def check_reason_codes(program: Program) -> Result:
    """Find reasons without a sentence, fields without a fact, and sentences that no code asks for."""
    sentences = {sentence.code: sentence for sentence in _sentences(program)}
    findings = [finding for module in program.modules for finding in _wrong_reasons(module, sentences)]
    mentions = _mentioned_codes(program)
    patterns = [re.compile(pattern) for module in program.modules for pattern in _code_patterns(module)]
    findings += [
        Finding(sentence.module.path, sentence.line, f"{code}: no reason has this code")
        for code, sentence in sentences.items()
        if mentions.get(code, 0) < 2 and not any(pattern.fullmatch(code) for pattern in patterns)
    ]
    return Result(tuple(findings))


def _sentences(program: Program) -> Iterator[Sentence]:
    """Yield the entries of every dictionary that is declared as a `Table`."""
    for module in program.modules:
        for node in module.nodes:
            if not (isinstance(node, ast.AnnAssign) and last_name(node.annotation) == "Table"):
                continue
            if not isinstance(node.value, ast.Dict):
                continue
            for key, entry in zip(node.value.keys, node.value.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield Sentence(module, key.lineno, key.value, frozenset(_fields(entry)))


def _fields(entry: ast.expr) -> Iterator[str]:
    """Yield the names of the fields in the texts of an entry; keys of actions are none."""
    for node in ast.walk(entry):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = _KEY_ID.sub("", node.value)
            yield from (field for _text, field, _spec, _conversion in string.Formatter().parse(text) if field)


def _wrong_reasons(module: Module, sentences: dict[str, Sentence]) -> Iterator[Finding]:
    for node in module.nodes:
        if not _is_reason(node):
            continue
        code = node.args[0]
        if not (isinstance(code, ast.Constant) and isinstance(code.value, str)):
            continue
        sentence = sentences.get(code.value)
        if sentence is None:
            yield Finding(module.path, node.lineno, f"{code.value}: no table has a sentence for it")
            continue
        facts = {keyword.arg for keyword in node.keywords}
        if None not in facts and (absent := sentence.fields - facts):
            names = ", ".join(sorted(absent))
            yield Finding(module.path, node.lineno, f"{code.value}: its sentence names {names}")


def _code_patterns(module: Module) -> Iterator[str]:
    """Yield a pattern for each code that is put together from pieces: `fit.split.*_layers`."""
    for node in module.nodes:
        if isinstance(node, ast.JoinedStr):
            pieces = [
                re.escape(str(piece.value)) if isinstance(piece, ast.Constant) else "[a-z0-9_.]+"
                for piece in node.values
            ]
            pattern = "".join(pieces)
            if "_" in pattern.replace("[a-z0-9_.]+", "") or r"\." in pattern:
                yield pattern


def _mentioned_codes(program: Program) -> dict[str, int]:
    """Count the strings that look like a code, its entry in the table included."""
    counts: dict[str, int] = {}
    for module in program.modules:
        for node in module.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
                counts[node.value] = counts.get(node.value, 0) + 1
    return counts


def _is_reason(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == "reason" and bool(node.args)
