"""Prompts that are far too long: their tokens are counted without tokenizing them at once."""

from tui.engine.prompt.length import tokens_beyond

LONGEST_PIECE = 1 << 16
WORDS = "seven wizards brew coffee " * 20_000


def test_a_text_that_is_too_long_is_counted_in_pieces_that_end_at_blanks():
    sizes: list[int] = []

    def tokenize(piece: str) -> list[str]:
        sizes.append(len(piece))
        return piece.split()

    assert tokens_beyond(WORDS, 8192, tokenize) == 80_000
    assert sum(sizes) == len(WORDS)
    assert max(sizes) <= LONGEST_PIECE


def test_text_without_blanks_is_cut_too():
    assert tokens_beyond("x" * 300_000, 8192, list) == 300_000


def test_text_that_may_fit_is_not_counted_in_pieces():
    def fail(_piece: str) -> list[int]:
        raise AssertionError("tokenized twice")

    assert tokens_beyond("word " * 1000, 512, fail) is None
    assert tokens_beyond(WORDS, 1 << 20, fail) is None
    # AND a count that is only just beyond may be the cuts'
    assert tokens_beyond(WORDS, 79_990, str.split) is None
