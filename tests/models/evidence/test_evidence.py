"""The shipped figures: of models of the catalogue, in their modes, each from a source with a permission."""

from collections import Counter

from tui.models.catalogue.catalogue import load_catalogue
from tui.models.evidence.evidence import PublishedFigure
from tui.models.evidence.evidence_files import shipped_evidence

EVIDENCE = shipped_evidence()
FIGURES: list[PublishedFigure] = [figure for own in EVIDENCE.figures.values() for figure in own]
ENTRIES = {entry.name: entry for entry in load_catalogue().entries}


def test_every_figure_is_of_a_model_in_the_catalogue():
    assert set(EVIDENCE.figures) <= set(ENTRIES)


def test_no_figure_is_of_a_mode_that_the_model_does_not_have():
    wrong = [
        (figure.model, figure.mode)
        for figure in FIGURES
        if (ENTRIES[figure.model].thinking == "no" and figure.mode.startswith("thinking"))
        or (ENTRIES[figure.model].thinking == "yes" and figure.mode == "non-thinking")
    ]
    assert wrong == []


def test_every_score_is_within_its_unit():
    limits = {"%": (0, 100), "rank": (1, 10), "Elo": (100, 2500), "index": (0, 100), "score": (-100, 100)}
    assert [
        figure
        for figure in FIGURES
        if not limits[figure.benchmark.unit][0] <= figure.score <= limits[figure.benchmark.unit][1]
    ] == []


def test_every_source_says_what_allows_its_figures_and_whom_to_name():
    for source in EVIDENCE.sources.values():
        assert source.licence, source.id
        assert source.attribution, source.id
        assert source.address.startswith("https://"), source.id


def test_every_benchmark_and_source_has_figures():
    assert {figure.benchmark.id for figure in FIGURES} == set(EVIDENCE.benchmarks)
    assert {figure.source.id for figure in FIGURES} == set(EVIDENCE.sources)


def test_an_independent_figure_is_of_one_source_alone():
    counts = Counter(
        (figure.model, figure.benchmark.id, figure.mode)
        for figure in FIGURES
        if figure.benchmark.kind == "independent"
    )
    assert counts.most_common(1)[0][1] == 1


def test_a_model_without_figures_has_an_empty_row():
    assert EVIDENCE.figures_of("no such model") == ()
