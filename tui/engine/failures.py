"""The engine's failures in words: what happened and what to do."""

import re
import signal
from collections.abc import Sequence
from pathlib import Path

from tui.engine.options import CONTEXT_MOST
from tui.engine.protocol import Failed
from tui.engine.schema import SchemaError
from tui.units import format_bytes

_UNKNOWN_ARCHITECTURE = re.compile(r"unknown model architecture: '([^']*)'")
_PREFIX = re.compile(r"^(?:\w+: +)+(?:error loading model: +)?")
"""Names of the engine's functions, which say nothing to the user."""
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
            request_id, "missing", f"{name} is not there.", "Check the path, or look for models again."
        )
    unusable = _unusable(request_id, Path(path)) if path else None
    if unusable is not None:
        return unusable
    reason = _PREFIX.sub("", reason)
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
    if "flash_attn" in reason:
        return Failed(
            request_id,
            "internal",
            "A quantized KV cache needs flash attention.",
            "Turn flash attention on, or choose the KV type f16.",
        )
    if "cache type" in reason:
        return Failed(
            request_id,
            "internal",
            f"This KV type does not go with {name}: {reason.rstrip('.')}.",
            "Choose the KV type f16.",
        )
    return Failed(
        request_id,
        "unreadable",
        f"The engine cannot load {name}: {reason.rstrip('.')}.",
        "The file may be damaged or incomplete: download it again.",
    )


def no_room(request_id: int, context: int, needed_bytes: int, free_bytes: int) -> Failed:
    """Why a load was not even begun."""
    return Failed(
        request_id,
        "memory",
        f"A context of {context:,} tokens needs {format_bytes(needed_bytes)} besides the weights, "
        f"and {format_bytes(free_bytes)} is free.",
        "Choose a shorter context or a smaller KV type.",
    )


def refused(request_id: int, error: Exception) -> Failed:
    """Why a request was not sent: a setting out of its range, or a text that is none."""
    if "settings.context" in str(error):
        return Failed(
            request_id,
            "internal",
            "The engine cannot hold a context of this length.",
            f"Choose a context between 1 and {CONTEXT_MOST:,} tokens.",
        )
    if isinstance(error, UnicodeError):
        return Failed(
            request_id,
            "internal",
            "The text or the file's name has characters that are not valid Unicode.",
            "Remove them, or rename the file.",
        )
    return Failed(
        request_id, "internal", f"The engine cannot take this request: {error}.", "Check the settings."
    )


def _unusable(request_id: int, path: Path) -> Failed | None:
    """What a look at the file itself says."""
    if path.is_dir():
        return Failed(
            request_id,
            "unreadable",
            f"{path.name} is a folder, not a file.",
            "Choose one of the GGUF files inside it.",
        )
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        why = (error.strerror or "it cannot be read").lower()
        return Failed(
            request_id, "unreadable", f"{path.name} cannot be read: {why}.", "Check the file and its disk."
        )
    if not start:
        return Failed(request_id, "unreadable", f"{path.name} is empty.", "Download it again.")
    if start != b"GGUF":
        return Failed(
            request_id,
            "not_a_model",
            f"{path.name} is not a GGUF file.",
            "The engine needs the model as GGUF: look for a GGUF version of it.",
        )
    return None


def explain_death(request_id: int, code: int | None, log: Sequence[str]) -> Failed:
    """Why the engine's process ended, from its exit code and the last lines of its log."""
    name = ""
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
    what = _SIGNALS.get(name, f"It ended with {name or f'code {code}'}.")
    # Who was ended from outside has nothing to say about it.
    last = "" if name in ("SIGKILL", "SIGTERM") else _last_words(log)
    return Failed(
        request_id,
        "died",
        f"The engine's process ended. {what}" + (f" Its last words: {last}" if last else ""),
        _REMEDIES.get(name, "Load the model again; the log file has the whole story."),
    )


def _last_words(log: Sequence[str]) -> str:
    telling = [line for line in log if re.search(r"assert|error|fail|abort|terminate", line, re.IGNORECASE)]
    return telling[-1].strip()[:200] if telling else ""


def too_long(request_id: int, tokens: int, context: int) -> Failed:
    """The prompt does not fit the context and leave room for a token of the answer."""
    return Failed(
        request_id,
        "prompt_too_long",
        f"The conversation is {tokens:,} tokens long and the context holds {context:,}.",
        f"Shorten it by {tokens - context + 1:,} tokens, start a new chat, or load with a longer context.",
    )


def not_held(request_id: int, error: Exception) -> Failed:
    """The answer cannot be held to its schema."""
    if isinstance(error, SchemaError):
        message = str(error)
    else:
        message = f"The engine cannot hold an answer to this schema ({error})."
    return Failed(request_id, "schema", message, "Change the schema, or take it away for a free answer.")


def dead_end(request_id: int) -> Failed:
    """The schema wants what no token of the vocabulary can write."""
    return Failed(
        request_id,
        "internal",
        "The model has no token for what the schema wants next.",
        "Leave rare characters out of the schema's names and values.",
    )


def engine_failed(request_id: int, status: int) -> Failed:
    """A decode failed; `status` is what the engine returned."""
    return Failed(
        request_id,
        "internal",
        f"The engine could not go on with this text (code {status}).",
        "Load the model again; if it fails again, choose a shorter context.",
    )
