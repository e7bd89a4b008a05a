"""Failures of the engine: what happened and what to do, as codes with facts."""

import re
import signal
from collections.abc import Sequence
from pathlib import Path

from tui.engine.options import MAX_CONTEXT
from tui.engine.protocol import Failed
from tui.engine.schema_document import SchemaError
from tui.sentences import ReasonedError, reason
from tui.system_errors import system_error

_UNKNOWN_ARCHITECTURE = re.compile(r"unknown model architecture: '([^']*)'")
_FUNCTION_NAMES = re.compile(r"^(?:\w+: +)+(?:error loading model: +)?")
"""Names of the engine's functions, which mean nothing to the user."""
_TROUBLE = re.compile(r"assert|error|fail|abort|terminate", re.IGNORECASE)
_LOG_LINE_LENGTH = 200
_CAUSES = {
    "SIGKILL": "engine.killed",
    "SIGABRT": "engine.aborted",
    "SIGSEGV": "engine.crashed",
    "SIGBUS": "engine.file_changed",
    "SIGILL": "engine.wrong_processor",
    "SIGTERM": "engine.terminated",
}
_REMEDIES = {
    "SIGKILL": "engine.free_memory",
    "SIGBUS": "engine.check_disk_and_load",
    "SIGILL": "engine.reinstall",
}


class EngineFailure(ReasonedError):
    """A request failed; `failed` is the event that ended it."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.reason, failed.hint)
        self.failed = failed


def load_failure(request_id: int, path: str, error: str, offset: int = 0) -> Failed:
    """Explain why a file could not be planned or loaded, by the file itself and the engine's log.

    `offset` is the byte of the file where the model starts.
    """
    name = Path(path).name
    if path and not Path(path).exists():
        why = reason("engine.file_missing", file=name)
        return Failed(request_id, "missing", why, reason("engine.check_path"))
    unusable = _file_failure(request_id, Path(path), offset) if path else None
    if unusable is not None:
        return unusable
    error = _FUNCTION_NAMES.sub("", error)
    architecture = _UNKNOWN_ARCHITECTURE.search(error)
    if architecture:
        why = reason("engine.unknown_architecture", architecture=architecture[1], file=name)
        return Failed(request_id, "not_a_model", why, reason("engine.newer_engine"))
    if "allocat" in error or "out of memory" in error.lower():
        why = reason("engine.no_memory", file=name, error=error)
        return Failed(request_id, "memory", why, reason("engine.choose_smaller"))
    if "ggml_backend_cpu_buffer_type" in error:
        why = reason("engine.no_expert_offload")
        return Failed(request_id, "internal", why, reason("engine.update_engine"))
    if "byte aligned" in error:
        why = reason("engine.misaligned", file=name)
        return Failed(request_id, "unreadable", why, reason("engine.unpack_model"))
    if "flash_attn" in error:
        why = reason("engine.needs_flash_attention")
        return Failed(request_id, "internal", why, reason("engine.turn_on_flash_attention"))
    error = error.rstrip(".")
    if "cache type" in error:
        why = reason("engine.kv_type_unsuitable", file=name, error=error)
        return Failed(request_id, "internal", why, reason("engine.choose_f16"))
    why = reason("engine.not_loadable", file=name, error=error)
    return Failed(request_id, "unreadable", why, reason("engine.maybe_damaged"))


def request_refusal(request_id: int, error: Exception) -> Failed:
    """Explain why a request was not sent: a setting out of its range, or text that is not valid."""
    if "settings.context" in str(error):
        why, hint = (
            reason("engine.context_out_of_range"),
            reason("engine.context_range", longest=MAX_CONTEXT),
        )
    elif isinstance(error, UnicodeError):
        why, hint = reason("engine.invalid_unicode"), reason("engine.remove_invalid_characters")
    else:
        why, hint = reason("engine.request_invalid", error=str(error)), reason("engine.check_settings")
    return Failed(request_id, "internal", why, hint)


def _file_failure(request_id: int, path: Path, offset: int) -> Failed | None:
    """Explain what is wrong with the file itself; None when its model begins as a GGUF file does."""
    if path.is_dir():
        why = reason("engine.is_a_folder", file=path.name)
        return Failed(request_id, "unreadable", why, reason("engine.choose_file_inside"))
    try:
        with path.open("rb") as file:
            file.seek(offset)
            start = file.read(4)
    except OSError as error:
        why = reason("engine.file_unreadable", file=path.name, error=system_error(error))
        return Failed(request_id, "unreadable", why, reason("engine.check_disk"))
    if not start:
        why = reason("engine.file_empty", file=path.name)
        return Failed(request_id, "unreadable", why, reason("engine.download_again"))
    if start != b"GGUF":
        why = reason("engine.not_gguf", file=path.name)
        return Failed(request_id, "not_a_model", why, reason("engine.find_gguf"))
    return None


def death(code: int | None, log: Sequence[str], request_id: int = 0) -> Failed:
    """Explain the end of the engine's process by its exit code and the last lines of its log.

    Args:
        code: negative for a signal, as in `asyncio.subprocess.Process.returncode`; None for not known.
        log: the newest line comes last.
        request_id: the request that is answered with it, 0 for none.
    """
    name = ""
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = ""
    if name in _CAUSES:
        cause = reason(_CAUSES[name])
    elif name:
        cause = reason("engine.ended_with_signal", signal=name)
    elif code is not None and code < 0:
        cause = reason("engine.ended_with_signal_number", number=-code)
    else:
        cause = reason("engine.ended_with_code", code=str(code))
    # After a kill from outside the log does not explain the end.
    log_line = "" if name in ("SIGKILL", "SIGTERM") else _last_error(log)
    if log_line:
        why = reason("engine.died_saying", cause=cause, log_line=log_line)
    else:
        why = reason("engine.died", cause=cause)
    return Failed(request_id, "died", why, reason(_REMEDIES.get(name, "engine.load_again")))


def _last_error(log: Sequence[str]) -> str:
    lines = [line for line in log if _TROUBLE.search(line)]
    return lines[-1].strip()[:_LOG_LINE_LENGTH] if lines else ""


def prompt_too_long(request_id: int, tokens: int, context: int) -> Failed:
    """Explain that the prompt does not leave room in the context for a token of the answer."""
    why = reason("engine.prompt_too_long", tokens=tokens, context=context)
    return Failed(
        request_id, "prompt_too_long", why, reason("engine.shorten_prompt", tokens=tokens - context + 1)
    )


def schema_failure(request_id: int, error: Exception) -> Failed:
    """Explain that the answer cannot be held to its schema."""
    why = (
        error.reason if isinstance(error, SchemaError) else reason("engine.schema_refused", error=str(error))
    )
    return Failed(request_id, "schema", why, reason("engine.change_schema"))
