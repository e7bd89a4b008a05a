"""Texts for people in files of data."""

from pathlib import Path

from tests.locale.data_texts import CATALOGUE, TABLES, data_texts
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.evidence.evidence_files import shipped_evidence

PROJECT = Path(__file__).resolve().parents[2]


def test_names_of_benchmarks_are_collected_where_they_have_words(tmp_path: Path) -> None:
    for table in TABLES:
        path = tmp_path / table
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# name\nid\tname\ngpqa\tGPQA Diamond\nb\tBFCL v4, single calls\n", encoding="utf-8")
    assert list(data_texts(tmp_path)) == [(table, 4, "BFCL v4, single calls") for table in TABLES]


def test_each_sentence_of_the_catalogue_is_collected() -> None:
    texts = {text for file, _line, text in data_texts(PROJECT) if file == CATALOGUE}
    assert texts == {entry.use for entry in load_catalogue().entries}


def test_names_are_those_that_the_program_reads() -> None:
    evidence = shipped_evidence()
    names = {item.name for item in (*evidence.benchmarks.values(), *evidence.sources.values())}
    collected = {text for file, _line, text in data_texts(PROJECT) if file in TABLES}
    assert {"BFCL v4, single calls", "Google, card of Gemma 4", "EuroEval Spanish"} <= collected <= names
