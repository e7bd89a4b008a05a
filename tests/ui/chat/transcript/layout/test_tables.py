import pytest

from tui.ui.chat.transcript.layout.tables import begins_table, cells_of, fitted_cells, has_nested_table


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("| a | b |\n", ["a", "b"]),
        ("a|b", ["a", "b"]),
        ("| a \\| b |", ["a | b"]),
        ("| a | |", ["a", ""]),
        ("|", []),
    ],
)
def test_line_is_split_into_its_cells(line: str, cells: list[str]) -> None:
    assert cells_of(line) == cells


@pytest.mark.parametrize(
    ("header", "delimiter", "begins"),
    [
        ("| a | b |", "|---|:-:|\n", True),
        ("a | b", "- | -", True),
        ("| a |", "|---|", True),
        ("| a | b |", "|---|", False),
        ("- a | b", "---|---", False),
        ("a", "---", False),
        ("| a | b |", "| 1 | 2 |", False),
    ],
)
def test_a_table_begins_with_a_header_and_a_line_below_it(header: str, delimiter: str, begins: bool) -> None:
    assert begins_table(header, delimiter) is begins


def test_extra_cells_stay_in_the_last_cell() -> None:
    assert fitted_cells(["a", "b", "c"], 2) == ["a", "b | c"]
    assert fitted_cells(["a"], 2) == ["a", ""]


def test_a_table_in_a_list_or_a_quotation_is_found() -> None:
    assert has_nested_table("  | a |\n  |---|---|\n")
    assert has_nested_table("> |---|---|")
    assert not has_nested_table("| a |\n|---|\n- b\n---\n")
