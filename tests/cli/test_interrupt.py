"""Ctrl+C in a plain command: what one press ends, what a second one does, and where it is ignored."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator

import pytest

from tui.cli.interrupt import stop_on_interrupt

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there the first Ctrl+C ends the command")


@pytest.fixture(autouse=True)
def _interrupts_as_in_a_terminal() -> Iterator[None]:
    """Ctrl+C raises, as it does while a command runs, and everything is as before afterwards."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


async def until_stopped(stopped: asyncio.Event) -> None:
    await asyncio.wait_for(stopped.wait(), 30)


def test_first_ctrl_c_stops_the_work_and_the_command_continues():
    async def command() -> str:
        stopped = asyncio.Event()
        with stop_on_interrupt(stopped.set):
            press_ctrl_c()
            await until_stopped(stopped)
        return "what there is"

    assert asyncio.run(command()) == "what there is"


def test_the_second_ctrl_c_ends_the_command():
    stops: list[str] = []

    async def command() -> None:
        stopped = asyncio.Event()

        def stop() -> None:
            stops.append("stop")
            stopped.set()

        with stop_on_interrupt(stop):
            press_ctrl_c()
            await until_stopped(stopped)
            press_ctrl_c()
            await asyncio.sleep(30)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(command())
    assert stops == ["stop"]


def test_after_the_block_ctrl_c_ends_the_command():
    stops: list[str] = []

    async def command() -> None:
        with stop_on_interrupt(lambda: stops.append("stop")):
            pass
        press_ctrl_c()
        await asyncio.sleep(30)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(command())
    assert stops == []


def test_handler_is_removed_after_a_failure_too():
    async def command() -> None:
        with pytest.raises(ValueError, match="no answer"), stop_on_interrupt(lambda: None):
            raise ValueError("no answer")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    asyncio.run(command())


def test_ignored_ctrl_c_stays_ignored():
    # GIVEN a command in the background of a script, as a shell starts it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stops: list[str] = []

    async def command() -> None:
        with stop_on_interrupt(lambda: stops.append("stop")):
            press_ctrl_c()
            for _turn in range(3):
                await asyncio.sleep(0)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN

    asyncio.run(command())
    assert stops == []


def test_block_runs_in_a_loop_without_signal_handlers(monkeypatch: pytest.MonkeyPatch):
    steps: list[str] = []

    async def command() -> None:
        loop = asyncio.get_running_loop()

        def refuse(*_arguments: object) -> None:
            raise NotImplementedError

        monkeypatch.setattr(loop, "add_signal_handler", refuse)
        monkeypatch.setattr(loop, "remove_signal_handler", refuse)
        with stop_on_interrupt(lambda: None):
            steps.append("in the block")
        steps.append("after it")

    asyncio.run(command())
    assert steps == ["in the block", "after it"]
