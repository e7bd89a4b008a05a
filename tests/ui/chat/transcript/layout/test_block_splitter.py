import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.chat.transcript.layout.test_markdown_rows import DOCUMENT
from tui.ui.chat.transcript.layout.block_splitter import BlockSplitter


def split(text: str, size: int) -> tuple[list[str], str]:
    splitter = BlockSplitter()
    pieces = [
        piece for start in range(0, len(text), size) for piece in splitter.feed(text[start : start + size])
    ]
    return [piece.text for piece in pieces], splitter.tail


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_blocks_end_at_blank_lines_and_closed_fences_however_the_text_arrives(size: int):
    blocks, tail = split(DOCUMENT, size)
    assert blocks == [
        "# Title",
        "A paragraph\nof two lines.",
        "1. one\n\n   continued",
        "2. two",
        "```py\nx = 1\n\ny = 2\n```",
        "Right after.",
    ]
    assert tail == "Tail"


def test_a_fence_that_is_open_stays_in_the_tail():
    blocks, tail = split("Before\n\n```\ncode\n\nmore\n", 4)
    assert blocks == ["Before"]
    assert tail == "```\ncode\n\nmore\n"


def test_a_longer_fence_is_not_closed_by_a_shorter_one():
    blocks, _ = split("````\n```\nx\n````\n", 2)
    assert blocks == ["````\n```\nx\n````"]


@settings(max_examples=60)
@given(st.text(alphabet="ab`~ \n-1.", max_size=300), st.integers(1, 40))
def test_no_text_is_lost_however_it_arrives(text: str, size: int):
    blocks, tail = split(text, size)
    assert (blocks, tail) == split(text, 1)
    assert "".join("".join(blocks).split()) + "".join(tail.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("- a\n- b\n  - c\n- d\n\nx\n", ["- a", "- b\n  - c", "- d", "x"]),
        (" 1. a\n 2. b\n", [" 1. a", " 2. b"]),
        ("text\n- a\nlazy\n* b\n", ["text\n- a\nlazy\n* b"]),
        ("* a\n* * *\n", ["* a\n* * *"]),
        ("- ```py\n  x\n\n  y\n  ```\n- b\n", ["- ```py\n  x\n\n  y\n  ```", "- b"]),
        ("```x``` is code\n\ny\n", ["```x``` is code", "y"]),
        ("Look:\n| a |\n|---|\n| 1 |\nAfter\n", ["Look:", "| a |\n|---|\n| 1 |", "After"]),
        ("a | b\n--|--\n1 | 2\n\nx\n", ["a | b\n--|--\n1 | 2", "x"]),
        ("| a | b |\n|---|\nx\n", ["| a | b |\n|---|\nx"]),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_items_of_a_list_and_tables_are_blocks(text: str, blocks: list[str], size: int) -> None:
    splitter = BlockSplitter()
    parts = [
        part for start in range(0, len(text), size) for part in splitter.feed(text[start : start + size])
    ]
    assert [part.text for part in parts + splitter.finish()] == blocks


def test_an_item_right_below_another_has_no_gap_before_it() -> None:
    splitter = BlockSplitter()
    parts = splitter.feed("- a\n- b\n\n- c\n\nx\n") + splitter.finish()
    assert [part.is_tight for part in parts] == [False, True, False, False]
