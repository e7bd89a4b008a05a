"""Gates: what keeps a model out, and with which reason."""

from typing import Any

import pytest

from tests.services.picks.samples import CODE, candidate
from tui.fit.verdict import Verdict
from tui.services.picks.gates import closed_gate
from tui.services.picks.wish import Wish
from tui.services.sentences import sentence

CHAT = Wish("chat", "es", 8192)


@pytest.mark.parametrize(
    ("wish", "facts", "why"),
    [
        (CHAT, {"uses": ("translate",)}, "it is made for something else: translate"),
        (CODE, {"uses": ("translate",)}, "it is made for something else: translate"),
        (Wish("translate", "en", 8192), {"uses": ("code",)}, "it is made for something else: code"),
        (Wish("tools", "en", 8192), {"tools": None}, "it was not trained to call tools"),
        (CHAT, {"languages": ()}, "its languages are not known"),
        (CHAT, {"languages": ("en", "zh")}, "it does not know this language, but en, zh"),
        (CHAT, {"superseded_by": "New"}, "New took its place"),
        (CHAT, {"quant": "Q2_K"}, "Q2_K loses too much"),
        (CHAT, {"context": 4096}, "it was trained for 4096 tokens, and 8192 are wanted"),
        (CHAT, {"verdict": Verdict.TOO_BIG}, "needs 2.93 GiB; at most 2.00 GiB of unified memory can"),
        (CHAT, {"speed": 4.9}, "it writes about 4.9 tokens a second, and 5 are wanted"),
        (CHAT, {"thinking": "yes", "speed": 10.0}, "it thinks first, about 1 min 40 s for each 1,000"),
    ],
)
def test_keeps_out_what_does_not_suit(wish: Wish, facts: dict[str, Any], why: str):
    gate = closed_gate(candidate("a", wish, **facts), wish)
    assert gate is not None
    assert sentence(gate).startswith(why)


@pytest.mark.parametrize("verdict", [Verdict.TIGHT, Verdict.UNKNOWN, Verdict.NO_CHAT])
def test_keeps_out_what_may_swap_or_is_not_known(verdict: Verdict):
    assert closed_gate(candidate("a", CHAT, verdict=verdict), CHAT) is not None


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"speed": None},
        {"speed": 5.0},
        {"quant": "Q3_K_M"},
        {"verdict": Verdict.SPLIT},
        {"uses": ()},
        {"thinking": "both", "speed": 5.0},
        {"commercial": "no"},
        {"languages": (), "uses": ("translate", "chat")},
    ],
)
def test_lets_through_what_may_suit(facts: dict[str, Any]):
    assert closed_gate(candidate("a", CHAT, **facts), CHAT) is None


def test_a_licence_counts_only_where_it_is_wanted():
    wish = Wish("chat", "es", 8192, commercial=True)
    commercial = {
        use: closed_gate(candidate("a", wish, commercial=use), wish)
        for use in ("yes", "conditions", "no", None)
    }
    assert [use for use, gate in commercial.items() if gate is None] == ["yes", "conditions"]


def test_any_speed_passes_where_none_is_wanted():
    wish = Wish("chat", "es", 8192, least_speed=0)
    assert closed_gate(candidate("a", wish, speed=0.3), wish) is None
