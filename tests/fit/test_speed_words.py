"""Speeds and signs of sizes in words."""

import msgspec
import pytest

from tests.fit.machines import RAM_NAME, SMALL
from tui.engine.options import LoadSettings
from tui.fit.judge import judge
from tui.fit.speed_words import (
    ESTIMATED,
    MEASURED,
    pace,
    prompt_sentence,
    reading_in_short,
    size_sign,
    speed_in_short,
    speed_sentence,
    speed_word,
)
from tui.fit.verdict import Pool, Speed
from tui.sentences import reason
from tui.units import GIB

FIT = judge(SMALL, [Pool(RAM_NAME, "ram", 16 * GIB, 10 * GIB, GIB)], LoadSettings())
BY_FORMULA = msgspec.structs.replace(FIT, footprint=msgspec.structs.replace(SMALL, source="formula"))


@pytest.mark.parametrize(
    ("fit", "sign"),
    [
        (FIT, ""),
        (BY_FORMULA, ESTIMATED),
        (msgspec.structs.replace(BY_FORMULA, measured_bytes=GIB), MEASURED),
        (msgspec.structs.replace(FIT, footprint=None), ""),
    ],
)
def test_a_size_has_the_sign_of_its_source(fit, sign: str) -> None:
    assert size_sign(fit) == sign


def test_a_speed_in_a_column_has_as_many_digits_as_it_deserves() -> None:
    assert speed_word(Speed(128.4, "estimated", 110, 140)) == "~128"
    assert speed_word(Speed(9.96, "measured", 9.96, 9.96)) == "10"
    assert speed_word(Speed(5.44, "measured", 5.44, 5.44)) == "5.4"
    assert speed_word(None) == speed_word(Speed(None, None)) == "n/a"


def test_a_sentence_says_the_range_or_that_it_was_measured() -> None:
    assert (
        speed_sentence(Speed(13.0, "estimated", 11.05, 14.95))
        == "about 13 tok/s (11–15), faster than reading"
    )
    assert speed_sentence(Speed(2.0, "measured", 2, 2)) == "2.0 tok/s measured here, slower than reading"


def test_no_speed_gives_the_reason() -> None:
    no_speed = Speed(None, None, reason=reason("fit.machine_not_measured"))

    assert speed_sentence(no_speed) == "speed n/a: this machine is not measured yet"
    assert speed_sentence(None) == "speed n/a: not measured yet"
    assert prompt_sentence(no_speed) == "reading a prompt n/a: this machine is not measured yet"


@pytest.mark.parametrize(
    ("tokens_per_second", "description"),
    [
        (8.0, "faster than reading"),
        (7.9, "as fast as reading"),
        (4.0, "as fast as reading"),
        (3.9, "slower than reading"),
    ],
)
def test_pace_is_compared_with_reading(tokens_per_second: float, description: str) -> None:
    assert pace(tokens_per_second) == description


def test_prompt_speed_in_a_sentence() -> None:
    assert (
        prompt_sentence(Speed(210.4, "estimated", 160, 260))
        == "reads 1,000 words in 6.2 s, at about 210 tok/s (160–260)"
    )
    assert (
        prompt_sentence(Speed(8.04, "measured", 8.04, 8.04))
        == "reads 1,000 words in 2 min 42 s, at 8.0 tok/s measured here"
    )
    assert prompt_sentence(None) == "reading a prompt n/a: not measured yet"
    assert reading_in_short(Speed(210.4, "estimated", 160, 260)) == "reads 1,000 words in 6.2 s"
    assert reading_in_short(None) == ""


@pytest.mark.parametrize(
    ("speed", "headline"),
    [
        (Speed(21.3, "estimated", 18, 25), "about 21 tok/s"),
        (Speed(21.3, "measured", 21.3, 21.3), "21 tok/s"),
        (Speed(1.72, "estimated", 1, 2), "about 1.7 tok/s, slower than reading"),
        (Speed(1.72, "measured", 1.72, 1.72), "1.7 tok/s, slower than reading"),
        (Speed(None, None), ""),
        (None, ""),
    ],
)
def test_speed_in_a_headline_warns_only_where_it_is_slow(speed: Speed | None, headline: str) -> None:
    assert speed_in_short(speed) == headline
