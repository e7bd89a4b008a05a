"""Replies that repeat themselves without end."""

import random

import pytest

from tui.engine.repetition import RepetitionDetector, repeated_end

WORDS = list(range(100, 180))


def reported_at(tokens: list[int]) -> int | None:
    """The number of tokens after which a repetition is reported; None for never."""
    detector = RepetitionDetector()
    reports = [index for index, token in enumerate(tokens, 1) if detector.add(token)]
    assert len(reports) <= 1
    return reports[0] if reports else None


@pytest.mark.parametrize("unit", [[7], [7, 8, 9], WORDS], ids=["letter", "emoji", "paragraph"])
def test_endless_repetition_is_reported_once(unit: list[int]) -> None:
    tokens = [1, 2, 3, *unit * (900 // len(unit))]
    position = reported_at(tokens)

    assert position is not None
    assert position <= 3 + max(224, 5 * len(unit))
    assert repeated_end(tokens[:position]) is not None
    assert sorted(repeated_end(tokens) or ()) == sorted(unit)


def test_few_tokens_in_any_order_are_a_repetition_too() -> None:
    draw = random.Random(1)

    assert reported_at([draw.randrange(4) for _ in range(400)]) is not None


@pytest.mark.parametrize(
    "tokens",
    [
        list(range(1000)),
        [*WORDS, *WORDS, *WORDS, *range(500, 700)],
        # A table: each row is of the same tokens but one.
        [token for row in range(100) for token in (1, 2, 3, 1000 + row, 4, 5, 6)],
        [*[7] * 150, *range(1000, 1400)],
    ],
    ids=["no", "three-times", "table", "ended"],
)
def test_texts_without_repetition_are_not_reported(tokens: list[int]) -> None:
    assert reported_at(tokens) is None


def test_tokens_of_a_repetition_that_goes_on_are_counted_from_where_it_was_noticed() -> None:
    detector = RepetitionDetector()
    for token in range(100):
        detector.add(token)
    assert detector.further_tokens == 0
    for _ in range(1000):
        detector.add(7)
    # The first look after the 160th equal token is that after token 320.
    assert detector.further_tokens == 1100 - 320
    for token in range(200):
        detector.add(token)
    assert detector.further_tokens == 0


def test_a_second_repetition_is_counted_and_not_reported_again() -> None:
    detector = RepetitionDetector()
    tokens = [*[7] * 300, *range(200, 500), *[8, 9] * 300]
    reports = [index for index, token in enumerate(tokens) if detector.add(token)]
    assert len(reports) == 1
    assert 300 < detector.further_tokens < 600


def test_repetition_up_to_the_end_is_distinguished_from_an_earlier_one() -> None:
    detector = RepetitionDetector()
    assert not detector.goes_on()
    for token in [7] * 300:
        detector.add(token)
    assert detector.goes_on()
    for token in range(200):
        detector.add(token)
    assert not detector.goes_on()
