import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.units import (
    GIB,
    KIB,
    MIB,
    TIB,
    format_bytes,
    format_count,
    format_duration,
    format_rate,
    format_tokens,
    parse_bytes,
    parse_tokens,
)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "n/a"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "0.98 KiB"),
        (KIB, "1.00 KiB"),
        (int(9.994 * MIB), "9.99 MiB"),
        (int(9.996 * MIB), "10.0 MiB"),
        (int(99.96 * MIB), "100 MiB"),
        (999 * MIB, "999 MiB"),
        (1023 * MIB, "1.00 GiB"),
        (int(2.93 * GIB), "2.93 GiB"),
        (2 * TIB, "2.00 TiB"),
        (-3 * GIB, "-3.00 GiB"),
    ],
)
def test_sizes_have_three_digits_and_a_binary_unit(count: int | None, text: str):
    assert format_bytes(count) == text


@given(st.integers(0, 999 * TIB))
def test_no_size_takes_more_than_three_digits(count: int):
    value, unit = format_bytes(count).split(" ")
    assert len(value.replace(".", "")) <= 3
    assert unit in ("B", "KiB", "MiB", "GiB", "TiB")


@given(st.integers(0, 999 * TIB))
def test_a_size_read_back_is_the_same_to_its_last_digit(count: int):
    text = format_bytes(count)
    value, unit = text.split(" ")
    digits = len(value.partition(".")[2])
    factor = {"B": 1, "KiB": KIB, "MiB": MIB, "GiB": GIB, "TiB": TIB}[unit]
    assert abs(parse_bytes(text) - count) <= factor * 10**-digits / 2 + 1


@given(st.integers(0, 2**63), st.integers(0, 2**63))
def test_a_larger_size_is_never_shown_smaller(first_size: int, second_size: int):
    small, large = sorted((first_size, second_size))
    assert parse_bytes(format_bytes(small)) <= parse_bytes(format_bytes(large))


@given(st.integers(0, 2**40), st.sampled_from(["", "B", "b"]), st.sampled_from(["", " "]))
def test_plain_number_is_read_as_bytes(count: int, unit: str, blank: str):
    assert parse_bytes(f" {count}{blank}{unit} ") == count


@pytest.mark.parametrize(
    ("text", "count"), [("8GB", 8 * GIB), ("5.5 GiB", int(5.5 * GIB)), ("512M", 512 * MIB), ("1t", TIB)]
)
def test_sizes_are_read_as_people_write_them(text: str, count: int):
    assert parse_bytes(text) == count


@pytest.mark.parametrize("text", ["", "GB", "-1", "1.2.3G", "8 apples", "1e9"])
def test_text_that_is_no_size_is_refused(text: str):
    with pytest.raises(ValueError, match="no size"):
        parse_bytes(text)


@pytest.mark.parametrize(
    ("rate", "text"),
    [(None, "n/a"), (0.04, "0.0 tok/s"), (23.14, "23.1 tok/s"), (99.94, "99.9 tok/s"), (99.96, "100 tok/s")],
)
def test_rates(rate: float | None, text: str):
    assert format_rate(rate) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "n/a"),
        (0, "0 ms"),
        (0.04, "40 ms"),
        (0.0994, "99 ms"),
        (0.0996, "0.1 s"),
        (3.24, "3.2 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (80, "1 min 20 s"),
        (3599.6, "1 h 0 min"),
        (7380, "2 h 3 min"),
        (math.inf, "n/a"),
        (math.nan, "n/a"),
    ],
)
def test_durations(seconds: float | None, text: str):
    assert format_duration(seconds) == text


@given(st.floats(0, 1e6))
def test_no_duration_shows_sixty_of_a_unit(seconds: float):
    numbers = [int(number) for number in re.findall(r"(\d+) (?:s|min)\b", format_duration(seconds))]
    assert all(number < 60 for number in numbers)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "n/a"),
        (8192, "8192"),
        (134_515_008, "135M"),
        (999_600_000, "1.0B"),
        (3_212_749_888, "3.2B"),
        (70_553_706_496, "71B"),
        (1.2e12, "1.2T"),
    ],
)
def test_counts(count: float | None, text: str):
    assert format_count(count) == text


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("8192", 8192),
        (" 8_192 ", 8192),
        ("1,048,576", 1 << 20),
        ("32k", 32768),
        ("0.5M", 1 << 19),
        ("2 K", 2048),
    ],
)
def test_numbers_of_tokens_are_read_as_people_write_them(text: str, tokens: int):
    assert parse_tokens(text) == tokens


@pytest.mark.parametrize(
    "text", ["", "k", "-5", "1e9", "32kb", "32 tokens", "8,19", "0.3k", "1.5", "٣", "nan", "1k2", "9" * 5000]
)
def test_what_is_no_whole_number_of_tokens_is_refused(text: str):
    with pytest.raises(ValueError, match="no count"):
        parse_tokens(text)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (8192, "8,192"), (99_999, "99,999"), (262_144, "262,000"), (1_048_576, "1,050,000")],
)
def test_large_numbers_of_tokens_have_three_digits(count: int, text: str):
    assert format_tokens(count) == text
