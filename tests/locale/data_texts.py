"""Texts for people in files of data: sentences of the catalogue, names of benchmarks and of their sources."""

import re
from collections.abc import Iterator
from pathlib import Path

CATALOGUE = "models.toml"
TABLES = ("tui/models/evidence/benchmarks.tsv", "tui/models/evidence/sources.tsv")
_USE = re.compile(r'use = "(.+)"')
_COMMON_WORD = re.compile(r"(?<![\w-])[a-z]{3,}(?![\w@-])|English|Spanish")
"""Mark of a name with words in it; `GPQA Diamond` is the same in every language."""


def data_texts(project: Path) -> Iterator[tuple[str, int, str]]:
    """Yield file, line and text of each text that the program translates when it shows it."""
    for number, line in _lines(project, CATALOGUE):
        if match := _USE.fullmatch(line):
            yield CATALOGUE, number, match[1]
    for table in TABLES:
        column: int | None = None
        for number, line in _lines(project, table):
            cells = line.split("\t")
            if line.startswith("#") or not line:
                continue
            if column is None:
                column = cells.index("name")
            elif _COMMON_WORD.search(cells[column]):
                yield table, number, cells[column]


def _lines(project: Path, file: str) -> Iterator[tuple[int, str]]:
    path = project / file
    if path.exists():
        yield from enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
