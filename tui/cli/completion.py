"""`llmtui completion`: the script that has a shell complete the arguments of `llmtui`."""

from tui.cli.options import Arguments
from tui.cli.output import write
from tui.settings.settings import Settings


def run(arguments: Arguments, settings: Settings) -> int:
    """Print the script for a shell."""
    # Here, since nothing else needs it but the completion itself.
    from argcomplete.shell_integration import shellcode

    del settings
    write(shellcode(["llmtui"], shell=arguments.shell) + "\n")
    return 0
