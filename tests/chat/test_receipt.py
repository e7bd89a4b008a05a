"""Figures that follow from those of a receipt."""

import msgspec
import pytest

from tests.chat.conversations import RECEIPT
from tui.chat.receipt import Energy


def test_energy_is_also_given_in_watt_hours() -> None:
    assert Energy(3600.0).watt_hours == pytest.approx(1.0)
    assert Energy(None, reason="for root only").watt_hours is None


def test_a_single_part_ends_its_seconds_after_its_start() -> None:
    assert RECEIPT.ended == RECEIPT.started + RECEIPT.seconds
    assert msgspec.structs.replace(RECEIPT, parts=2, ended_at=2e9).ended == 2e9


@pytest.mark.parametrize(("prompt", "cached", "read"), [(12, 5, 7), (None, 5, None), (12, None, None)])
def test_cached_tokens_were_not_read(prompt: int | None, cached: int | None, read: int | None) -> None:
    receipt = msgspec.structs.replace(RECEIPT, prompt_tokens=prompt, cached_tokens=cached)
    assert receipt.read_tokens == read
