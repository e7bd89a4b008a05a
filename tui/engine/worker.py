"""The engine's process: `python -m tui.engine.worker`.

Requests come on standard input, events leave on the original standard output. Before native code runs,
standard output is pointed to standard error, so that a library that prints cannot break the protocol. A
closed input means that the dashboard is gone, and ends the process at once: no orphan holds memory.
"""

import os
import queue
import sys
import threading
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from tui.engine import process
from tui.engine.protocol import (
    BandwidthRequest,
    CountRequest,
    EngineReady,
    Event,
    Failed,
    LoadRequest,
    Planned,
    PlanRequest,
    Request,
    StopRequest,
    Task,
    TimeRequest,
)
from tui.sentences import reason

if TYPE_CHECKING:
    from tui.engine.llama import StopFlag
    from tui.engine.planner import DryRunPlanner
    from tui.engine.session import Session


class Worker:
    """Carries out requests in order, one at a time; a stop overtakes them."""

    def __init__(self, events: BinaryIO, stop: "StopFlag") -> None:
        self._events = events
        self._stop = stop
        self._encode = msgspec.json.Encoder().encode
        self._pending: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._planner: DryRunPlanner | None = None
        self._session: Session | None = None
        self._lock = threading.Lock()
        self._current = 0
        self._stopped: set[int] = set()

    def emit(self, event: Event) -> None:
        """Send one event; end this process when the dashboard is gone."""
        try:
            self._events.write(self._encode(event) + b"\n")
            self._events.flush()
        except OSError:
            os._exit(0)

    def read_requests(self, requests: BinaryIO) -> None:
        """Read requests from the pipe for as long as the dashboard keeps its end open."""
        decoder = msgspec.json.Decoder(Request)
        code = 1
        try:
            for line in requests:
                self._queue(decoder.decode(line))
            code = 0
        finally:
            # Also after a line that is no request: a process that reads no further could not be ended.
            if code:
                sys.stderr.write("error: unreadable request\n")
                sys.stderr.flush()
            os._exit(code)

    def _queue(self, request: Request) -> None:
        if not isinstance(request, StopRequest):
            self._pending.put(request)
            return
        with self._lock:
            self._stopped.add(request.id)
            if request.id == self._current:
                self._stop.set()

    def run(self) -> None:
        """Carry out requests for ever."""
        while True:
            request = self._pending.get()
            with self._lock:
                self._current = request.id
                if request.id in self._stopped:
                    self._stop.set()
            self._carry_out(request)
            with self._lock:
                self._current = 0
                # Stops of requests that still wait are kept.
                self._stopped = {stopped for stopped in self._stopped if stopped > request.id}
                self._stop.clear()

    def _carry_out(self, request: Task) -> None:
        from tui.engine.failures import load_failure
        from tui.engine.llama import EngineError
        from tui.engine.load_check import ContextTooLargeError

        try:
            if isinstance(request, PlanRequest):
                self._plan(request)
            elif isinstance(request, LoadRequest):
                self._load(request)
            elif isinstance(request, BandwidthRequest | TimeRequest):
                self._time(request)
            elif self._session is None:
                self.emit(
                    Failed(
                        request.id, "internal", reason("engine.no_model"), reason("engine.load_model_first")
                    )
                )
            elif isinstance(request, CountRequest):
                self._session.count(request)
            else:
                self._session.generate(request.id, request.answer)
        except ContextTooLargeError as error:
            self.emit(Failed(request.id, "memory", error.reason, reason("engine.shorter_context_or_kv")))
        except EngineError as error:
            if self._stop:
                self.emit(
                    Failed(
                        request.id,
                        "stopped",
                        reason("engine.load_stopped"),
                        reason("engine.load_again_anytime"),
                    )
                )
            else:
                path, offset = getattr(request, "path", ""), getattr(request, "offset", 0)
                self.emit(load_failure(request.id, path, str(error), offset))
        except MemoryError:
            self.emit(
                Failed(request.id, "memory", reason("engine.out_of_memory"), reason("engine.shorter_context"))
            )

    def _plan(self, request: PlanRequest) -> None:
        from tui.engine.planner import DryRunPlanner

        if self._planner is None:
            self._planner = DryRunPlanner()
        self.emit(
            Planned(
                request.id, self._planner.plan(request.path, request.settings, request.skip, request.offset)
            )
        )

    def _time(self, request: BandwidthRequest | TimeRequest) -> None:
        from tui.engine.timing import measure_bandwidth, time_model

        if isinstance(request, BandwidthRequest):
            self.emit(measure_bandwidth(request))
        else:
            self.emit(time_model(request, self._stop))

    def _load(self, request: LoadRequest) -> None:
        from tui.engine.session import Session

        if self._session is not None:
            self.emit(
                Failed(
                    request.id,
                    "internal",
                    reason("engine.already_loaded"),
                    reason("engine.unload_first"),
                )
            )
            return
        self._session = Session(request, self.emit, self._stop)
        # Memory that was freed after the header was read is not needed again.
        process.give_back_free_memory()


def _engine_missing() -> Failed:
    # Imported here, because a process with an engine does not need it.
    from tui.engine.install import install_command

    return Failed(
        0,
        "engine_missing",
        reason("engine.not_installed"),
        reason("engine.install", command=install_command()),
    )


def main() -> None:
    """Run the engine's process until its input closes."""
    events = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # On an abort, ggml would start a debugger and print its whole trace.
    os.environ["GGML_NO_BACKTRACE"] = "1"
    process.lower_priority()
    try:
        from tui.engine import llama
    except Exception as error:  # noqa: BLE001 - a broken native library raises anything.
        sys.stderr.write(f"import of llama_cpp: {error!r}\n")
        sys.stderr.flush()
        events.write(msgspec.json.encode(_engine_missing()) + b"\n")
        events.flush()
        return
    worker = Worker(events, llama.StopFlag())
    worker.emit(
        EngineReady(
            os.getpid(),
            llama.version(),
            llama.supports_gpu_offload(),
            llama.devices(),
            llama.instructions(),
        )
    )
    threading.Thread(target=worker.read_requests, args=(sys.stdin.buffer,), daemon=True).start()
    worker.run()


if __name__ == "__main__":
    main()
