"""Lines of a model's figures: by task, with score, mode, source and date."""

import pytest

from tests.services.picks.samples import CODING, INDEX, MAKERS_OWN, UNFAITHFUL, figure
from tui.models.evidence.evidence_files import shipped_evidence
from tui.ui.picks.figure_lines import figure_lines, head_text


def plain(*figures: object) -> list[str]:
    return [line.plain.rstrip() for line in figure_lines(figures, 120)]  # pyright: ignore[reportArgumentType]


def test_each_task_has_its_figures_in_the_order_of_the_ladder():
    lines = plain(
        figure("a", INDEX, 5, estimated=True), figure("a", CODING, 7, "thinking"), figure("a", MAKERS_OWN, 9)
    )
    start = lines.index("code")
    assert [line.split()[0] for line in lines[start + 1 : start + 4]] == ["Coding", "Index", "Contest"]
    assert lines[start + 1].split() == ["Coding", "7", "thinking", "2026-07", "Lab"]
    assert lines[start + 2].endswith("2026-07    Lab (in part estimated)")


def test_a_figure_of_no_task_is_not_lost():
    lines = plain(figure("a", UNFAITHFUL, 4), figure("a", CODING, 7))
    assert "summarise" in lines
    shipped = shipped_evidence().figures_of("Qwen3-8B")
    text = "\n".join(plain(*shipped))
    assert all(item.benchmark.name[:12] in text for item in shipped)


def test_a_source_that_does_not_fit_stands_in_a_line_of_its_own():
    item = figure("a", INDEX, 5, estimated=True)
    first, second = figure_lines([item], 80)[1:3]
    assert first.plain.rstrip().endswith(" 2026-07")
    assert second.plain == "    Lab (in part estimated)"


def test_sources_begin_below_each_other():
    figures = [figure("a", CODING, 7, "thinking"), figure("a", INDEX, 5)]
    lines = [line for line in plain(*figures) if "Lab" in line]
    assert len({line.index("Lab") for line in lines}) == 1


def test_says_where_there_is_no_figure():
    assert head_text(()) == "No published figure of this model comes with the program."
    assert plain() == []


@pytest.mark.usefixtures("in_spanish")
def test_benchmarks_modes_and_sources_are_in_the_language_of_the_user():
    figures = shipped_evidence().figures_of("granite-4.0-350m")
    lines = [line.plain for line in figure_lines(figures, 120)]
    assert any("llamadas sueltas" in line for line in lines)
    assert any("fichas de Granite 4.0" in line and "sin razonar" in line for line in lines)
