import math
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.i18n import use_language
from tui.units import (
    GIB,
    KIB,
    MIB,
    TIB,
    format_bytes,
    format_count,
    format_date,
    format_duration,
    format_energy,
    format_iso_date,
    format_number,
    format_rate,
    format_tokens,
    localized,
    parse_bytes,
    parse_number,
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


@pytest.mark.usefixtures("in_spanish")
def test_spanish_has_a_decimal_comma_and_a_narrow_space_between_thousands():
    assert format_bytes(int(2.93 * GIB)) == "2,93 GiB"
    assert format_rate(23.14) == "23,1 tok/s"
    assert format_duration(3.2) == "3,2 s"
    assert format_energy(54, watt_hours=True) == "54 J (15 mWh)"
    assert format_energy(1250) == "1,25 kJ"
    assert format_count(3.2e9) == "3,2B"
    assert [format_tokens(count) for count in (512, 8192, 32768, 262_144)] == [
        "512",
        "8192",
        "32\u202f768",
        "262\u202f000",
    ]
    assert format_number(1234567.25, ",.2f") == "1\u202f234\u202f567,25"
    assert [localized(text) for text in (" +3.5%", "-8,192", "inf", "7")] == [" +3,5%", "-8192", "inf", "7"]


def test_english_numbers_are_as_python_formats_them():
    assert format_number(1234567.25, ",.2f") == "1,234,567.25"
    assert format_number(8192, ",") == "8,192"
    assert format_number(0.5) == "0.5"


def test_dates_have_the_order_of_the_language(in_spanish: None, monkeypatch: pytest.MonkeyPatch):
    dates = ("2026-12-01", "2026-12", "2026", "soon", "", "2026-13-01", "1-2-3-4")
    assert [format_iso_date(date) for date in dates] == [
        *("01/12/2026", "12/2026", "2026", "soon", "", "2026-13-01", "1-2-3-4"),
    ]
    noon = 1_000_000_000 // 86_400 * 86_400 + 43_200
    monkeypatch.setattr(time, "localtime", time.gmtime)
    assert format_date(noon) == "09/09/2001"
    use_language("en")
    assert format_date(noon) == "2001-09-09"
    assert [format_iso_date(date) for date in dates] == list(dates)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("8,192", 8192),
        ("8 192", 8192),
        ("32\u202f768", 32768),
        ("1,5k", 1536),
        ("1.5k", 1536),
        ("0,5M", 1 << 19),
    ],
)
def test_tokens_may_be_written_as_any_language_does(text: str, tokens: int):
    assert parse_tokens(text) == tokens


@pytest.mark.parametrize("text", ["8.192", "8,19", "8,1925", "8,192,1", "1,", ",5"])
def test_tokens_that_may_mean_two_numbers_are_refused(text: str):
    with pytest.raises(ValueError, match="no count"):
        parse_tokens(text)


def test_sizes_and_numbers_may_have_a_decimal_comma():
    assert parse_bytes("5,5 GiB") == parse_bytes("5.5 GiB")
    assert parse_bytes("0,1234 GiB") == parse_bytes("0.1234 GiB")
    assert (parse_number(" 0,8 "), parse_number("0.8"), parse_number("-1")) == (0.8, 0.8, -1)
    with pytest.raises(ValueError, match="no size"):
        parse_bytes("1,024 MiB")
    with pytest.raises(ValueError, match="could not convert"):
        parse_number("1,024.5")
    with pytest.raises(ValueError, match="two meanings"):
        parse_number("1,024")
    assert parse_number("0,950") == 0.95
