"""Calls that wait for the network, on threads that nobody has to wait for."""

import asyncio
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def call_network(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return the result of a call that may wait long for a server.

    It runs on a thread of its own that does not hold up the end of the program. When the caller is
    cancelled, the thread goes on until its server answers, and its result is dropped.

    Raises:
        Exception: what the call raises.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            # The call's own result, which may be None itself.
            future.set_result(result)  # pyright: ignore[reportArgumentType]

    def run() -> None:
        result, error = None, None
        try:
            result = function(*args, **kwargs)
        except BaseException as caught:  # noqa: BLE001 - it is raised where it is awaited
            error = caught
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:
            # The loop has ended meanwhile, and with it whoever waited.
            return

    threading.Thread(target=run, name="network", daemon=True).start()
    return await future
