"""The files of figures: what they must hold, and what a mistake costs."""

from pathlib import Path

import pytest

from tui.models.evidence.evidence import NO_EVIDENCE, Evidence
from tui.models.evidence.evidence_files import EvidenceProblem, load_evidence, shipped_evidence
from tui.services.sentences import sentence

BENCHMARKS = (
    "id\tkind\tunit\tbetter\tnoise\tlanguage\tname\tmeasures\n"
    "quiz\tindependent\t%\thigher\t3\t\tQuiz\tquestions\n"
    "own\tmaker\t%\thigher\t3\t\tOwn\tquestions\n"
)
SOURCES = (
    "id\tkind\tdate\tname\tlicence\taddress\tattribution\n"
    "lab\tindependent\t2026-01\tLab\tMIT\thttps://lab.example\tThe lab\n"
)
FIGURES = "model\tbenchmark\tscore\tmode\tsource\tnote\n"
GOOD = "One\tquiz\t50\tany\tlab\t\n"


def load(
    folder: Path, figures: str, benchmarks: str = BENCHMARKS, sources: str = SOURCES
) -> tuple[Evidence, tuple[EvidenceProblem, ...]]:
    (folder / "benchmarks.tsv").write_text(benchmarks, encoding="utf-8")
    (folder / "sources.tsv").write_text(sources, encoding="utf-8")
    (folder / "figures.tsv").write_text(figures, encoding="utf-8")
    return load_evidence(folder)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("One\tquiz\t50\tany\tlab", "figures.tsv, line 2: One quiz 50 any lab; expected the columns model,"),
        ("One\tquizz\t50\tany\tlab\t", "line 2: quizz; expected an id out of benchmarks.tsv"),
        ("One\tquiz\tgood\tany\tlab\t", "line 2: good; expected a number"),
        ("One\tquiz\tnan\tany\tlab\t", "line 2: nan; expected a number"),
        ("One\tquiz\t50\talways\tlab\t", "line 2: always; expected one of thinking, "),
        ("One\tquiz\t50\tany\tlib\t", "line 2: lib; expected an id out of sources.tsv"),
        ("One\town\t50\tany\tlab\t", "line 2: lab; expected a source of the kind maker"),
        ("One\tquiz\t50\tany\tlab\tguessed", "line 2: guessed; expected nothing, or estimated"),
        ("\tquiz\t50\tany\tlab\t", "line 2: ; expected the name of a model"),
    ],
)
def test_costs_a_wrong_line_alone_and_names_it(line: str, problem: str, tmp_path: Path):
    evidence, problems = load(tmp_path, FIGURES + line + "\n# a remark\n\n" + GOOD)
    assert [figure.score for figure in evidence.figures_of("One")] == [50]
    assert [problem in sentence(item.reason) for item in problems] == [True]


def test_refuses_a_figure_that_stands_there_twice(tmp_path: Path):
    evidence, problems = load(tmp_path, FIGURES + GOOD + "One\tquiz\t60\tany\tlab\t\n")
    assert [figure.score for figure in evidence.figures_of("One")] == [50]
    assert "line 3: One; expected it once: line 2 has it already" in sentence(problems[0].reason)


def test_takes_lines_that_end_as_on_windows(tmp_path: Path):
    evidence, problems = load(tmp_path, (FIGURES + GOOD).replace("\n", "\r\n"))
    assert (len(evidence.figures_of("One")), problems) == (1, ())


def test_refuses_a_file_without_a_header(tmp_path: Path):
    evidence, problems = load(tmp_path, GOOD)
    assert (evidence.figures, len(problems)) == ({}, 1)


def test_names_the_line_of_a_wrong_benchmark(tmp_path: Path):
    wrong = BENCHMARKS.replace("higher\t3\t\tQuiz", "more\t3\t\tQuiz")
    evidence, problems = load(tmp_path, FIGURES + GOOD, wrong)
    assert "own" in evidence.benchmarks
    assert [item.line for item in problems] == [2, 2]


def test_has_no_figures_without_files(tmp_path: Path):
    evidence, problems = load_evidence(tmp_path)
    assert evidence == NO_EVIDENCE
    assert [item.line for item in problems] == [None, None]


def test_names_a_file_that_is_not_text(tmp_path: Path):
    load(tmp_path, FIGURES)
    (tmp_path / "figures.tsv").write_bytes(b"\xff\xfe\xff")
    evidence, problems = load_evidence(tmp_path)
    assert (evidence.figures, len(problems)) == ({}, 1)


def test_reads_every_shipped_line():
    evidence, problems = load_evidence(Path(shipped_evidence.__wrapped__.__code__.co_filename).parent)
    assert problems == ()
    assert sum(map(len, evidence.figures.values())) > 2000
    assert shipped_evidence() is shipped_evidence()
