from tui.services.draft_cost import DraftCost
from tui.services.token_counts import Tokens
from tui.ui.chat.prompt.draft_words import cost_text, tokens_text


def test_the_text_of_a_cost_is_as_long_as_its_place():
    cost = DraftCost(Tokens(1840), 1200, 87.0)
    assert cost_text(cost, 60) == "1,840 new tokens, about 21 s; 1,200 already in the cache"
    assert cost_text(cost, 55) == "1,840 new tokens, about 21 s"
    assert cost_text(cost, 20) == "1,840 new tokens"
    assert cost_text(cost, 3) == ""


def test_the_text_of_a_cost_leaves_out_unknown_figures():
    assert cost_text(DraftCost(Tokens(1)), 80) == "1 new token"
    assert cost_text(DraftCost(Tokens(12), tokens_per_second=100), 80) == "12 new tokens, under 1 s"
    assert cost_text(DraftCost(Tokens(90_000), tokens_per_second=100), 80) == (
        "90,000 new tokens, about 15 min 0 s"
    )
    # Nobody counted, so nothing is said of time and cache.
    assert cost_text(DraftCost(Tokens(460, exact=False), 3, 10), 80) == "about 460 tokens"
    assert tokens_text(Tokens(1)) == "1 token"
