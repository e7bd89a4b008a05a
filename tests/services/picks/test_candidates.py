"""Models as they would be used: with thinking or without."""

import pytest

from tests.services.picks.samples import CODE, candidate
from tui.services.picks.candidates import quant_bits
from tui.services.picks.wish import Wish

CHAT = Wish("chat", "en", 8192)


@pytest.mark.parametrize(
    ("wish", "thinking", "speed", "thinks"),
    [
        (CODE, "both", 20.0, True),
        (CODE, "both", 5.0, False),
        (CODE, "both", None, False),
        (CHAT, "both", 100.0, False),
        (CHAT, "yes", 1.0, True),
        (CHAT, "no", 1.0, False),
        (CHAT, None, 1.0, None),
    ],
)
def test_thinks_where_that_helps_and_is_fast_enough(
    wish: Wish, thinking: str | None, speed: float | None, thinks: bool | None
):
    assert candidate("a", wish, thinking=thinking, speed=speed).thinks is thinks


def test_waits_for_thinking_by_its_speed():
    assert candidate("a", thinking="yes", speed=20.0).thinking_seconds == 50
    assert candidate("a", thinking="no", speed=20.0).thinking_seconds is None
    assert candidate("a", thinking="yes", speed=None).thinking_seconds is None


def test_reads_the_bits_of_a_quantization():
    names = ("Q4_K_M", "IQ3_XXS", "MXFP4", "Q8_0", "BF16", "")
    assert [quant_bits(name) for name in names] == [4, 3, 4, 8, 16, None]
