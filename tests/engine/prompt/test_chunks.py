"""Sizes of the decode calls of a prompt, on machines with given times."""

from collections.abc import Callable

from tui.engine.prompt.chunks import PromptChunks


def sizes(total: int, seconds_of: Callable[[int], float], batch: int = 512) -> list[int]:
    """Return the sizes of the calls that read so many tokens."""
    chunks, used, sizes = PromptChunks(batch), 0, []
    while used < total:
        count = min(chunks.size, total - used)
        sizes.append(count)
        chunks.add(count, seconds_of(count))
        used += count
    return sizes


def test_a_fast_machine_soon_reads_whole_batches() -> None:
    assert sizes(2000, lambda count: count / 10_000) == [16, 64, 256, 512, 512, 512, 128]


def test_a_slow_machine_reports_every_few_seconds() -> None:
    speed = 13
    calls = sizes(700, lambda count: count / speed)
    assert calls[0] / speed < 2
    assert max(calls) / speed < 10
    assert calls.count(64) >= len(calls) - 3


def test_calls_with_a_fixed_cost_become_large_although_they_are_long() -> None:
    # Below 32 tokens the processor computes; a larger call costs 1.5 seconds before its first token.
    calls = sizes(3000, lambda count: count / 13 if count < 32 else 1.5 + count / 1000)
    assert calls[:5] == [16, 64, 128, 256, 512]
    assert calls[-2] == 512


def test_no_call_is_larger_than_the_batch() -> None:
    assert sizes(40, lambda _count: 0.0, batch=8) == [8] * 5
