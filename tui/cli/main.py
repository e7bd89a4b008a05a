"""`llmtui`: what was asked for, and who does it."""

import gc
import importlib
import io
import logging
import logging.handlers
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from tui.cli.arguments import parse
from tui.cli.interrupt import INTERRUPTED
from tui.cli.options import Arguments
from tui.cli.output import UserError, drop_output, explained, fail, print_note, unwritable
from tui.i18n import _
from tui.sentences import ReasonedError
from tui.settings.app_folders import log_file
from tui.settings.toml_reader import load_settings
from tui.text import without_secrets

log = logging.getLogger(__name__)

_LOG_BYTES = 1_000_000
_TALKATIVE = ("httpx", "httpx2", "httpcore", "httpcore2", "huggingface_hub")
"""Loggers that write a line about each request."""


class _PrivateFileHandler(logging.handlers.RotatingFileHandler):
    """Log file that only the user can read."""

    def _open(self) -> io.TextIOWrapper:
        return open(
            self.baseFilename,
            "a",
            encoding=self.encoding,
            errors=self.errors,
            opener=lambda path, flags: os.open(path, flags, 0o600),
        )


class _SafeFormatter(logging.Formatter):
    """Log lines without passwords, tokens and the queries of addresses, whoever logs them."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with its traceback."""
        return without_secrets(super().format(record))


def main(argv: Sequence[str] | None = None) -> int:
    """Run llmtui and return its exit code.

    That is 0, or 1 for a failure the user can act on, 2 for wrong usage, 130 for Ctrl+C.
    """
    closed = _stand_in_for_closed()
    try:
        try:
            if "_ARGCOMPLETE" in os.environ:
                # A shell asks for words while the user types; that ends the process.
                from tui.cli.completion import complete

                complete()
            arguments = parse(sys.argv[1:] if argv is None else argv)
            if closed:
                return fail(UserError(_("The output cannot be written: it is closed.")))
            _print_anywhere()
            _keep_log()
            return _told(arguments)
        finally:
            # Also when the help or a wrong usage ends it: Python's own last flush would tell of a failure.
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        drop_output(sys.stdout)
        return 1
    except OSError as error:
        drop_output(sys.stdout)
        return fail(unwritable(error))
    finally:
        try:
            sys.stderr.flush()
        except OSError:
            # Notes that nobody can read cost neither the result nor the exit code.
            drop_output(sys.stderr)


def _told(arguments: Arguments) -> int:
    """Run the command; what goes wrong is told in one line, in full in the log."""
    quiet = signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    try:
        if quiet:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return _run(arguments)
    except UserError as error:
        return fail(error)
    except ReasonedError as error:
        return fail(explained(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception:
        log.exception("unexpected")
        return fail(
            UserError(
                _("Something went wrong that should not."), _("{file} has it all.").format(file=log_file())
            )
        )
    finally:
        if quiet:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


def _run(arguments: Arguments) -> int:
    settings, problems = load_settings()
    # Each command imports its own rooms: a plain one must not pay for the screen.
    if arguments.command is None:
        # Before the dashboard is imported, which is much of its start.
        gc.disable()
        from tui.cli.dashboard import run_dashboard

        # What was imported stays; `tui/ui/kit/gc_freeze.py` has the objects of the start collected later.
        gc.freeze()
        return run_dashboard(arguments, settings, problems)
    if problems:
        from tui.services.sentences import sentence

        for problem in problems:
            print_note(sentence(problem))
    module = importlib.import_module(f"tui.cli.{arguments.command}")
    gc.enable()
    return module.run(arguments, settings)


def _stand_in_for_closed() -> bool:
    """Open what the caller closed of the three streams, in their order; True when stdout was among them.

    Left closed, its number would be given to the next file or pipe, which would then be written to.
    """
    missing = [name for name in ("stdin", "stdout", "stderr") if getattr(sys, name) is None]
    for name in missing:
        mode = "r" if name == "stdin" else "w"
        setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - it stays open
    return "stdout" in missing


def _print_anywhere() -> None:
    """A terminal whose encoding lacks a character shows a question mark in its place."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _keep_log() -> None:
    """Everything goes to the log file; a folder that cannot be written costs only the log."""
    # A log that cannot be written must not fill the screen with its own troubles.
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = _PrivateFileHandler(
            path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True, errors="backslashreplace"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_SafeFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
