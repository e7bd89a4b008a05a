import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.chat.transcript.layout.test_markdown_rows import DOCUMENT
from tui.ui.chat.transcript.layout.block_splitter import TAIL_LIMIT, BlockSplitter


def split(text: str, size: int) -> tuple[list[str], str]:
    splitter = BlockSplitter()
    pieces = [piece for at in range(0, len(text), size) for piece in splitter.feed(text[at : at + size])]
    return [piece.text for piece in pieces], splitter.tail


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_blocks_end_at_blank_lines_and_closed_fences_however_the_text_arrives(size: int):
    blocks, tail = split(DOCUMENT, size)
    assert blocks == [
        "# Title",
        "A paragraph\nof two lines.",
        "1. one\n\n   continued\n2. two",
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
def test_nothing_is_lost_and_how_text_arrives_does_not_matter(text: str, size: int):
    blocks, tail = split(text, size)
    assert (blocks, tail) == split(text, 1)
    assert "".join("".join(blocks).split()) + "".join(tail.split()) == "".join(text.split())


def test_a_line_without_end_is_cut_into_plain_pieces():
    splitter = BlockSplitter()
    text = "x" * 100_000
    pieces = splitter.feed(text)
    assert "".join(piece.text for piece in pieces) + splitter.tail == text
    assert all(piece.plain for piece in pieces)
    assert [piece.continues for piece in pieces] == [False] + [True] * (len(pieces) - 1)
    assert len(splitter.tail) <= TAIL_LIMIT


def test_text_after_a_cut_block_is_markdown_again():
    splitter = BlockSplitter()
    splitter.feed("word " * 1000)
    pieces = splitter.feed("end\n\n**next**\n\nx")
    assert [(piece.plain, piece.continues) for piece in pieces] == [(True, True), (False, False)]
