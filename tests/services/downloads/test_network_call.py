"""Calls that wait for the network."""

import asyncio
import threading

import pytest

from tui.services.downloads.network_call import call_network


async def test_result_comes_back() -> None:
    assert await call_network(lambda first, second: first + second, 1, second=2) == 3
    assert await call_network(lambda: None) is None


async def test_failure_is_raised_where_it_is_awaited() -> None:
    def fail() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await call_network(fail)


def test_silent_server_does_not_hold_up_the_end() -> None:
    answered = threading.Event()

    async def ask() -> None:
        await asyncio.wait_for(call_network(answered.wait), 0.1)

    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(ask())
    # The call comes back when the loop has ended, and disturbs nobody.
    answered.set()
