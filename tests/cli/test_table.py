"""Tables of plain output: the layout for a width, what is wrapped, and the colours of a terminal."""

import sys

import pytest

from tui.cli.table import TableColumn, has_colors, output_columns, table_lines

NAMES = TableColumn("model", ["Short", "A-name-of-a-model-that-is-very-long"], wraps=True)
SIZES = TableColumn("needs at 8k", ["1.00 GiB", "12.0 GiB"], "needs", right=True, colors=["32", "31"])
LOSSES = TableColumn("quality lost", ["none", "much"], "lost", rank=1)
EXTRA = TableColumn("licence", ["mit", "apache-2.0"], rank=1, is_extra=True)
TABLE = [NAMES, SIZES, LOSSES, EXTRA]


def header(width: int) -> str:
    return " ".join(table_lines(TABLE, width)[0].split())


def test_width_is_used_for_columns_then_headings_then_blanks():
    full = max(map(len, table_lines(TABLE, 200)))
    assert header(full) == "model needs at 8k quality lost licence"
    assert header(full - 1) == "model needs at 8k quality lost"
    without_extra = max(map(len, table_lines([NAMES, SIZES, LOSSES], 200)))
    assert header(without_extra - 1) == "model needs lost"
    # AND at last what can be done without
    assert header(45) == "model needs"
    for width in range(45, 120):
        assert max(map(len, table_lines(TABLE, width))) <= width


def test_no_cell_is_cut_in_a_pipe_or_on_a_terminal():
    assert any(NAMES.cells[1] in line for line in table_lines(TABLE, 30))
    lines = table_lines(TABLE, 30, wrap=True)
    assert max(map(len, lines)) <= 30
    assert "".join(line[:21].strip() for line in lines[2:]) == NAMES.cells[1]


def test_colours_take_no_cells_and_are_written_only_on_request():
    plain, colored = table_lines([SIZES], 80), table_lines([SIZES], 80, colored=True)
    assert colored[1] == f"\x1b[32m{plain[1]}\x1b[0m"
    assert colored[0] == plain[0]
    # AND a name steers no terminal
    assert table_lines([TableColumn("model", ["\x1b[2Jx\ny"])], 80)[1] == "x y"


@pytest.mark.parametrize(
    ("terminal", "variables", "colored"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": ""}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
    ],
)
def test_colours_need_a_terminal_and_no_setting_against_them(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, variables: dict[str, str], colored: bool
):
    for name, value in ({"NO_COLOR": "", "TERM": "xterm", "WT_SESSION": "1"} | variables).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    assert has_colors() == colored


def test_a_pipe_is_80_columns_wide_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "__stdout__", None)
    assert output_columns() == 80
    monkeypatch.setenv("COLUMNS", "120")
    assert output_columns() == 120
