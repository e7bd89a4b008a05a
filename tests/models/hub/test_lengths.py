"""Lengths of files as servers state them: what no file can have is refused."""

import pytest

from tui.models.hub.lengths import ContentRange, is_possible_length, parse_content_range, parse_length

NINES = "9" * 5000


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0", 0),
        (" 1000 ", 1000),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("9" * 15, None),
        (NINES, None),
        ("٣", None),
    ],
)
def test_length_is_a_plain_number_of_a_possible_size(text: str, length: int | None) -> None:
    assert parse_length(text) == length


@pytest.mark.parametrize("value", [0, -5, 1.5, "big", True, None, 10**18, 10**40, {}])
def test_file_of_an_impossible_size_is_recognised(value: object) -> None:
    assert not is_possible_length(value)


def test_size_of_a_large_model_is_possible() -> None:
    assert is_possible_length(1_300_000_000_000)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("bytes 0-99/1000", ContentRange(0, 1000)),
        ("Bytes  5-9/*", ContentRange(5, None)),
        ("", None),
        ("bytes */1000", None),
        ("items 0-99/1000", None),
        ("bytes 99-0/1000", None),
        ("bytes 0-0/0", None),
        ("bytes 0-1000/1000", None),
        (f"bytes {NINES}-5/1000", None),
        (f"bytes 0-99/{NINES}", None),
        ("bytes 0-99/9000000000000000000", None),
        ("bytes 0-99/999999999999999", None),
    ],
)
def test_content_range_is_read_strictly(text: str, parsed: ContentRange | None) -> None:
    assert parse_content_range(text) == parsed
