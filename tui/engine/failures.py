"""The engine's failures in words: what happened and what to do."""

import re
import signal
from collections.abc import Sequence
from pathlib import Path

from tui.engine.protocol import Failed

_UNKNOWN_ARCHITECTURE = re.compile(r"unknown model architecture: '([^']*)'")
_SIGNALS = {
    "SIGKILL": "It was killed from outside; most often the system does that when memory runs out.",
    "SIGABRT": "It aborted on an error that it cannot recover from.",
    "SIGSEGV": "It crashed in native code.",
    "SIGBUS": "The model's file changed or could not be read while it was in use.",
    "SIGILL": "It was built for another processor.",
    "SIGTERM": "It was ended from outside.",
}
_REMEDIES = {
    "SIGKILL": "Close other programs, or choose a shorter context or a smaller model, then load it again.",
    "SIGBUS": "Check the file and its disk, then load it again.",
    "SIGILL": "Reinstall llama-cpp-python on this machine so that it is built for it.",
}


def explain(request_id: int, path: str, reason: str) -> Failed:
    """Why a file could not be planned or loaded, from the file itself and the engine's last words."""
    name = Path(path).name
    if path and not Path(path).exists():
        return Failed(
            request_id, "missing", f"{name} is not there.", "Check the path, or look for it again with r."
        )
    architecture = _UNKNOWN_ARCHITECTURE.search(reason)
    if architecture:
        return Failed(
            request_id,
            "not_a_model",
            f"This engine does not know the architecture {architecture[1]!r} of {name}.",
            "A newer llama-cpp-python may know it.",
        )
    if "allocat" in reason or "out of memory" in reason.lower():
        return Failed(
            request_id,
            "memory",
            f"The engine could not get the memory for {name}: {reason}.",
            "Choose a shorter context, a smaller KV type or a smaller model.",
        )
    return Failed(
        request_id,
        "unreadable",
        f"The engine cannot load {name}: {reason}.",
        "The file may be damaged or incomplete: download it again.",
    )


def explain_death(request_id: int, code: int | None, log: Sequence[str]) -> Failed:
    """Why the engine's process ended, from its exit code and the last lines of its log."""
    name = ""
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
    what = _SIGNALS.get(name, f"It ended with {name or f'code {code}'}.")
    last = _last_words(log)
    return Failed(
        request_id,
        "died",
        f"The engine's process ended. {what}" + (f" Its last words: {last}" if last else ""),
        _REMEDIES.get(name, "Load the model again; the log file has the whole story."),
    )


def _last_words(log: Sequence[str]) -> str:
    telling = [line for line in log if re.search(r"assert|error|fail|abort|terminate", line, re.IGNORECASE)]
    return telling[-1].strip()[:200] if telling else ""
