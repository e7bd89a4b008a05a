"""`python -m tui`, and what the command `llmtui` calls."""

import gc
import signal
import sys


def start() -> int:
    """Run llmtui and return its exit code.

    While its modules are read and after it is done, Ctrl+C ends the process without a word; in between it is
    an exception, as `cli.main` needs it. Where it is ignored it stays so.
    """
    # While modules are read nothing becomes garbage; `cli.main` enables the collection again.
    gc.disable()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Before any text is translated, which modules do while they are read.
    from tui.settings.language import choose_language

    choose_language()
    # Only now, for this is what takes time.
    from tui.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(start())
