"""Rates that the metrics of a reply give."""

import msgspec

from tui.engine.reply_metrics import ReplyMetrics

METRICS = ReplyMetrics(10, 4, 0.5, 3, 0.25, 0.7, 13, 512, 1 << 33)


def test_rates_count_only_tokens_that_were_computed() -> None:
    assert METRICS.prompt_tps == 6 / 0.5
    assert METRICS.generation_tps == 2 / 0.25


def test_rates_without_tokens_are_unknown() -> None:
    cached = msgspec.structs.replace(METRICS, cached_tokens=10, generated_tokens=1, generation_seconds=0.0)

    assert cached.prompt_tps is None
    assert cached.generation_tps is None


def test_prompt_rate_is_unknown_without_the_number_of_cached_tokens():
    without_cache_figures = msgspec.structs.replace(METRICS, cached_tokens=None, prompt_seconds=None)
    assert (without_cache_figures.read_tokens, without_cache_figures.prompt_tps) == (None, None)
