"""`llmtui completion`: the script that has a shell complete the arguments of `llmtui`."""

from tui.cli.options import Arguments
from tui.cli.output import write
from tui.settings.settings import Settings


def run(arguments: Arguments, settings: Settings) -> int:
    """Print the script for a shell."""
    # Here, since nothing else needs it but the completion itself.
    import argcomplete

    del settings
    write(argcomplete.shellcode(["llmtui"], shell=arguments.shell) + "\n")
    return 0
