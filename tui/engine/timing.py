"""How fast this machine is: its memory, and a model's decode calls, timed in the engine's process."""

import ctypes
import sys
import threading
import time

from tui.engine import llama, process
from tui.engine.protocol import Bandwidth, BandwidthRequest, Timed, TimeRequest
from tui.units import MIB

_BUFFER_BYTES = 64 * MIB
"""Read by each thread over and over: far more than a core's share of any cache."""
_BANDWIDTH_SECONDS = 0.4
_PROMPT_TOKENS = 128
_LEAST_CALLS = 5
_TOKEN = 7
"""Any token will do: the time of a decode does not depend on which it is."""


def measure_bandwidth(request: BandwidthRequest) -> Bandwidth:
    """Bytes a second that all threads together read from memory.

    Every thread lets libc's `memchr` look for a byte that is not there, which reads as fast as a core can.
    """
    threads = request.threads or process.usable_cores()
    libc = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
    libc.memchr.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    libc.memchr.restype = ctypes.c_void_p
    buffers = [ctypes.create_string_buffer(_BUFFER_BYTES) for _ in range(threads)]
    for buffer in buffers:
        # Untouched pages are one and the same page of zeros, which fits any cache.
        ctypes.memset(buffer, 1, _BUFFER_BYTES)
    passes = [0] * threads
    start = time.monotonic()
    end = start + _BANDWIDTH_SECONDS

    def read(number: int) -> None:
        while time.monotonic() < end:
            libc.memchr(buffers[number], 0xFF, _BUFFER_BYTES)
            passes[number] += 1

    readers = [threading.Thread(target=read, args=(number,)) for number in range(threads)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    spent = time.monotonic() - start
    return Bandwidth(request.id, sum(passes) * _BUFFER_BYTES / spent)


def time_model(request: TimeRequest, stop: llama.StopFlag) -> Timed:
    """Load a file, read a prompt, generate for the time that was asked for, and let go of it again.

    Raises:
        llama.EngineError: the file cannot be loaded, or the engine failed or was stopped.
    """
    threads = request.settings.threads or process.usable_cores()
    model = llama.LlamaModel(request.path, request.settings, dry=False, skip=request.skip)
    try:
        context = llama.LlamaContext(model, request.settings, threads, stop)
        try:
            # The first touch of each weight reads the file, which is not what is timed.
            _decode(context, 1)
            prompt = _prompt_seconds(context, request.seconds)
            return Timed(request.id, _token_seconds(context, request.seconds), 1 / prompt)
        finally:
            context.close()
    finally:
        model.close()


def _prompt_seconds(context: llama.LlamaContext, seconds: float) -> float:
    """Per token of a prompt; the faster of two readings, unless one takes as long as there is."""
    tokens = min(_PROMPT_TOKENS, context.batch)
    read = _decode(context, tokens)
    if read < seconds and 2 * tokens <= context.size // 2:
        read = min(read, _decode(context, tokens))
    return read / tokens


def _token_seconds(context: llama.LlamaContext, seconds: float) -> float:
    """The fastest call: what others do on the machine meanwhile only ever slows one down."""
    times: list[float] = []
    end = time.monotonic() + seconds
    room = context.size - context.last_position() - 1
    while len(times) < room and (time.monotonic() < end or len(times) < _LEAST_CALLS):
        times.append(_decode(context, 1))
    return min(times)


def _decode(context: llama.LlamaContext, tokens: int) -> float:
    start = time.monotonic()
    status = context.decode([_TOKEN] * tokens)
    if status != llama.DECODED:
        raise llama.EngineError(f"llama_decode returned {status}")
    return time.monotonic() - start
