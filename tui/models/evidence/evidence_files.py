"""Reader of the files of figures beside this module: a mistake costs only its own line."""

import functools
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, cast, get_args

import msgspec

from tui.models.evidence.evidence import (
    NO_EVIDENCE,
    Benchmark,
    Evidence,
    EvidenceSource,
    Mode,
    PublishedFigure,
)
from tui.sentences import Fact, Reason, reason
from tui.system_errors import system_error

log = logging.getLogger(__name__)

_MODES = get_args(Mode)
_ESTIMATED = "estimated"
_FIGURE_COLUMNS = ("model", "benchmark", "score", "mode", "source", "note")

_Row = TypeVar("_Row", bound=msgspec.Struct)


class EvidenceProblem(msgspec.Struct, frozen=True):
    """One mistake in a file of figures; the other lines are used all the same."""

    path: Path
    line: int | None
    """Counted from 1; None when the file as a whole cannot be used."""
    value: Fact
    """The value as written, or what stands there instead of one."""
    expected: Reason

    @property
    def reason(self) -> Reason:
        """The mistake as a reason: file and line, the value, and the expected one."""
        place: Fact = self.path.name
        if self.line is not None:
            place = reason("models.catalogue_line", file=self.path.name, line=self.line)
        mistake = reason("models.catalogue_mistake", value=self.value, expected=self.expected)
        return reason("models.catalogue_problem", place=place, mistake=mistake)


@functools.lru_cache(maxsize=1)
def shipped_evidence() -> Evidence:
    """Return the figures that come with the program, read at the first call; problems go to the log."""
    evidence, problems = load_evidence(Path(__file__).parent)
    for problem in problems:
        log.error("%s", problem.reason)
    return evidence


def load_evidence(folder: Path) -> tuple[Evidence, tuple[EvidenceProblem, ...]]:
    """Read the figures of a folder, and every mistake in its files. Never raises."""
    problems: list[EvidenceProblem] = []
    benchmarks = _by_id(folder / "benchmarks.tsv", Benchmark, problems)
    sources = _by_id(folder / "sources.tsv", EvidenceSource, problems)
    if not benchmarks or not sources:
        return NO_EVIDENCE, tuple(problems)
    figures: dict[str, list[PublishedFigure]] = {}
    path = folder / "figures.tsv"
    lines: dict[tuple[str, ...], int] = {}
    for line, values in _rows(path, _FIGURE_COLUMNS, problems):
        wrong = _wrong_figure(values, benchmarks, sources)
        key = (values[0], values[1], values[3], values[4])
        if wrong is None and key in lines:
            wrong = (values[0], reason("models.expect_once", line=lines[key]))
        if wrong is not None:
            problems.append(EvidenceProblem(path, line, *wrong))
            continue
        lines[key] = line
        name, benchmark, score, mode, source, note = values
        figure = PublishedFigure(
            name,
            benchmarks[benchmark],
            float(score),
            cast(Mode, mode),
            sources[source],
            estimated=note == _ESTIMATED,
        )
        figures.setdefault(name, []).append(figure)
    by_model = {name: tuple(own_figures) for name, own_figures in figures.items()}
    return Evidence(benchmarks, sources, by_model), tuple(problems)


def _wrong_figure(
    values: Sequence[str], benchmarks: Mapping[str, Benchmark], sources: Mapping[str, EvidenceSource]
) -> tuple[str, Reason] | None:
    """Return the first value of a line that is wrong, with the expected one; None for a good line."""
    name, benchmark, score, mode, source, note = values
    if not name:
        return name, reason("models.expect_model_name")
    if benchmark not in benchmarks:
        return benchmark, reason("models.expect_id_of", file="benchmarks.tsv")
    if not _is_number(score):
        return score, reason("models.expect_score")
    if mode not in _MODES:
        return mode, reason("models.expect_one_of", names=", ".join(_MODES))
    if source not in sources:
        return source, reason("models.expect_id_of", file="sources.tsv")
    if benchmarks[benchmark].kind != sources[source].kind:
        return source, reason("models.expect_kind", kind=benchmarks[benchmark].kind)
    if note not in ("", _ESTIMATED):
        return note, reason("models.expect_note", note=_ESTIMATED)
    return None


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _by_id(path: Path, kind: type[_Row], problems: list[EvidenceProblem]) -> dict[str, _Row]:
    """Return the rows of a file by the id in their first column."""
    columns = kind.__struct_fields__
    rows: dict[str, _Row] = {}
    lines: dict[str, int] = {}
    for line, values in _rows(path, columns, problems):
        try:
            row = msgspec.convert(dict(zip(columns, values, strict=True)), kind, strict=False)
        except msgspec.ValidationError as error:
            value = "\t".join(values)
            problems.append(EvidenceProblem(path, line, value, reason("models.expect_row", why=str(error))))
            continue
        if values[0] in rows:
            expected = reason("models.expect_once", line=lines[values[0]])
            problems.append(EvidenceProblem(path, line, values[0], expected))
            continue
        rows[values[0]], lines[values[0]] = row, line
    return rows


def _rows(
    path: Path, columns: Sequence[str], problems: list[EvidenceProblem]
) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the lines of a table below its header, without comments, each as its values."""
    text = _text(path, problems)
    header = reason("models.expect_columns", names=", ".join(columns))
    has_header = False
    for line, content in enumerate(text.split("\n"), 1):
        content = content.removesuffix("\r")
        if not content.strip() or content.startswith("#"):
            continue
        values = content.split("\t")
        if not has_header:
            has_header = True
            if tuple(values) != tuple(columns):
                problems.append(EvidenceProblem(path, line, content, header))
                return
        elif len(values) != len(columns):
            problems.append(EvidenceProblem(path, line, content, header))
        else:
            yield line, values
    if not has_header and text:
        problems.append(EvidenceProblem(path, None, reason("models.no_entry"), header))


def _text(path: Path, problems: list[EvidenceProblem]) -> str:
    """Return the content of a file; empty where it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        value, expected = reason("models.found_not_utf8"), reason("models.expect_utf8")
        problems.append(EvidenceProblem(path, None, value, expected))
    except OSError as error:
        value, expected = (
            reason("models.found_unreadable", why=system_error(error)),
            reason("models.expect_readable"),
        )
        problems.append(EvidenceProblem(path, None, value, expected))
    return ""
