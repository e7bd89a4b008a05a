"""Marks and blank lines, as all readers of thinking find them."""

import pytest

from tui.engine.thinking.reader import first_mark, without_blank_lines


@pytest.mark.parametrize(
    ("text", "stripped"),
    [("\n\n  two", "  two"), ("  one", "  one"), (" \n\t\n", ""), ("", ""), ("a\n\nb", "a\n\nb")],
)
def test_blank_lines_are_removed_and_the_indent_stays(text: str, stripped: str) -> None:
    assert without_blank_lines(text) == stripped


@pytest.mark.parametrize(
    ("marks", "position", "mark"),
    [(("</b>", "</a>"), 5, "</a>"), (("</c>",), 13, ""), ((), 13, "")],
)
def test_the_first_mark_in_the_text_counts(marks: tuple[str, ...], position: int, mark: str) -> None:
    assert first_mark("think</a></b>", marks) == (position, mark)
