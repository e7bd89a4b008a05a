"""Speed of this machine: its memory, and a model's decode calls, timed in the engine's process."""

import ctypes
import sys
import threading
import time
from typing import NamedTuple

from tui.engine import llama, process
from tui.engine.cpu_share import ComputeClock
from tui.engine.protocol import Bandwidth, BandwidthRequest, Timed, TimeRequest
from tui.units import MIB

_BUFFER_BYTES = 64 * MIB
"""Read repeatedly by each thread: far more than a core's share of any cache."""
_BANDWIDTH_SECONDS = 0.4
_PROMPT_TOKENS = 128
_MIN_CALLS = 5
_TOKEN = 7
"""Any token: the time of a decode does not depend on it."""


def measure_bandwidth(request: BandwidthRequest) -> Bandwidth:
    """Measure the bytes per second that all threads together read from memory.

    Every thread calls libc's `memchr` for a byte that is absent, which reads as fast as a core can.
    """
    threads = request.threads or process.usable_cores()
    libc = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
    libc.memchr.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    libc.memchr.restype = ctypes.c_void_p
    buffers = [ctypes.create_string_buffer(_BUFFER_BYTES) for _ in range(threads)]
    for buffer in buffers:
        # Untouched pages are all the same page of zeros, which fits any cache.
        ctypes.memset(buffer, 1, _BUFFER_BYTES)
    passes = [0] * threads
    clock = ComputeClock(threads, on_processor=True)
    clock.start()
    end = time.monotonic() + _BANDWIDTH_SECONDS

    def read(number: int) -> None:
        while time.monotonic() < end:
            libc.memchr(buffers[number], 0xFF, _BUFFER_BYTES)
            passes[number] += 1

    readers = [threading.Thread(target=read, args=(number,)) for number in range(threads)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    seconds = clock.stop()
    return Bandwidth(request.id, sum(passes) * _BUFFER_BYTES / seconds, clock.share)


def time_model(request: TimeRequest, stop: llama.StopFlag) -> Timed:
    """Load a file, read a prompt, generate for the requested time, and unload the file.

    Raises:
        llama.EngineError: the file cannot be loaded, or the engine failed or was stopped.
    """
    threads = request.settings.threads or process.usable_cores()
    model = llama.LlamaModel(request.path, request.settings, dry=False, skip=request.skip)
    try:
        context = llama.LlamaContext(model, request.settings, threads, stop)
        try:
            # The first use of each weight reads the file, which must not be timed.
            _decode(context, 1)
            prompt = _prompt_token_time(context, request.seconds)
            token = _token_time(context, request.seconds)
            return Timed(request.id, token.seconds, 1 / prompt.seconds, token.share)
        finally:
            context.close()
    finally:
        model.close()


class _CallTime(NamedTuple):
    """Time of a call, and the share of it in which the threads ran; None where that is not known."""

    seconds: float
    share: float | None


def _prompt_token_time(context: llama.LlamaContext, time_limit: float) -> _CallTime:
    """Return the time per token of a prompt: the faster of two, unless one takes the time limit."""
    tokens = min(_PROMPT_TOKENS, context.batch)
    fastest = _decode(context, tokens)
    if fastest.seconds < time_limit and 2 * tokens <= context.size // 2:
        fastest = min(fastest, _decode(context, tokens))
    return _CallTime(fastest.seconds / tokens, fastest.share)


def _token_time(context: llama.LlamaContext, seconds: float) -> _CallTime:
    """Return the time of the fastest call, because other programs can only slow one down."""
    times: list[_CallTime] = []
    end = time.monotonic() + seconds
    free_tokens = context.size - context.last_position() - 1
    while len(times) < free_tokens and (time.monotonic() < end or len(times) < _MIN_CALLS):
        times.append(_decode(context, 1))
    return min(times)


def _decode(context: llama.LlamaContext, tokens: int) -> _CallTime:
    context.clock.clear()
    status = context.decode([_TOKEN] * tokens)
    if status != llama.DECODED:
        raise llama.EngineError(f"llama_decode={status}")
    return _CallTime(context.clock.seconds, context.clock.share)
