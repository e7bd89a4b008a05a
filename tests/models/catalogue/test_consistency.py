"""Values of an entry that contradict one another."""

import pytest

from tui.models.catalogue.consistency import contradictions
from tui.services.sentences import sentence

PLAIN: dict[str, object] = {
    "architecture": "llama",
    "layers": 16,
    "embedding": 2048,
    "heads": 32,
    "kv_heads": 8,
    "quants": ["Q4_K_M", "Q8_0"],
    "default_quant": "Q4_K_M",
}


def test_values_that_go_together_have_no_contradiction() -> None:
    assert list(contradictions(PLAIN)) == []


@pytest.mark.parametrize(
    ("changes", "key", "expected"),
    [
        ({"kv_heads": 5}, "kv_heads", "a divisor of heads (32)"),
        ({"default_quant": "Q6_K"}, "default_quant", "one of its quants: Q4_K_M, Q8_0"),
        ({"window": 512}, "window_pattern", "a whole number from 2, since window is given"),
        ({"dense_layers": 1, "dense_feed_forward": 9}, "dense_layers", "nothing, since experts is not given"),
        ({"experts": 8, "experts_used": 9}, "experts_used", "at most experts (8)"),
        ({"latent": {"kv_rank": 1}}, "latent", "nothing: it has no place in a llama model"),
    ],
)
def test_a_contradiction_names_the_key_and_the_value_that_was_expected(
    changes: dict[str, object], key: str, expected: str
) -> None:
    assert (key, expected) in [(name, sentence(why)) for name, why in contradictions(PLAIN | changes)]
