"""Ctrl+C in a plain command: the first one ends what is under way and keeps what there is."""

import asyncio
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

INTERRUPTED = 130
"""Exit code after Ctrl+C, as shells have it: 128 and the number of the signal."""


@contextmanager
def stop_on_interrupt(stop: Callable[[], None]) -> Generator[None]:
    """Call `stop` at the first Ctrl+C in the block; a second one ends the command.

    Windows has no such handlers; there the first one ends the command. A command that was started to ignore
    Ctrl+C, as a shell script starts one in the background, goes on ignoring it.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return
    loop = asyncio.get_running_loop()

    def on_interrupt() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        stop()

    with suppress(NotImplementedError):
        loop.add_signal_handler(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)
